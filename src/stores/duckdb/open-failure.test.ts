import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDuckDbStore } from './duckdb-store.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tare-open-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

it('says that another process has the file', async () => {
  const path = join(directory, 'held.duckdb');
  const hold = `import('@duckdb/node-api').then(async ({ DuckDBInstance }) => {
    globalThis.held = await DuckDBInstance.create(${JSON.stringify(path)});
    await globalThis.held.connect();
    console.log('held');
    setInterval(() => {}, 1000);
  })`;
  const holder = spawn(process.execPath, ['-e', hold], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  try {
    await expect(openDuckDbStore(`duckdb:${path}`)).rejects.toMatchObject({
      code: 'store-in-use',
      message: expect.stringContaining(`another process (${holder.pid})`),
    });
  } finally {
    holder.kill('SIGKILL');
  }
});

it.each([
  ['is no store', 'text.duckdb', 'hello, this is a text and no store at all'.repeat(100)],
  ['cannot be there', 'text.duckdb/below.duckdb', null],
])('says that the file %s', async (_, name, text) => {
  if (text !== null) writeFileSync(join(directory, name), text);
  await expect(openDuckDbStore(`duckdb:${join(directory, name)}`)).rejects.toMatchObject({
    code: 'store-not-openable',
    message: expect.stringContaining(name.split('/')[0]!),
    remedy: expect.stringContaining('--store'),
  });
});
