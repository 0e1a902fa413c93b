import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDbStore } from '../../../src/stores/duckdb/duckdb-store.ts';
import { CHANGING_OWNERS, CHANGING_UNTIL, datasetsAfter, factsIn } from '../../support/changing-datasets.ts';
import { whyNoClickHouse } from '../../support/engines.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';
import { wholeLedger } from '../../support/whole-ledger.ts';

/** A real process with the real engine and its data on disk, killed without warning. `every-statement` looks between the statements. */
const WORKER = fileURLToPath(new URL('../../support/clickhouse-kill-worker.ts', import.meta.url));
const TSX = new URL('../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
const LIVES_MS = fc.sample(fc.integer({ min: 0, max: 5_000 }), { numRuns: 4, seed: 20_261_014 });

const missing = whyNoClickHouse();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-killed-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(missing !== null)(
  `a ClickHouse store whose process is killed at any moment${missing ? ` (${missing})` : ''}`,
  () => {
    it('opens, holds every acknowledged import whole and no other in part, and builds the same ledger', async () => {
      let version = 0;
      for (const lifeMs of LIVES_MS) {
        const said = await run(['import', folder, String(version)], lifeMs);
        const acknowledged = Number([...said.matchAll(/^imported (\d+)\n/gm)].at(-1)?.[1] ?? version);
        const held: Held = JSON.parse(await run(['look', folder]));
        version = Math.max(-1, ...held.datasets.map(({ importedAtMs }) => importedAtMs)) + 1;
        expect([acknowledged, acknowledged + 1]).toContain(version);
        expect(held).toEqual(await heldAfter(version));
      }
      // The worker must have got somewhere, or nothing was put to the test.
      expect(version).toBeGreaterThan(1);
    });
  },
);

/** Runs the worker; with a life, kills it so long after its first word. Resolves to what it said. */
function run(words: readonly string[], lifeMs?: number): Promise<string> {
  const worker = spawn(process.execPath, ['--import', TSX, WORKER, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  worker.stdout.on('data', (text) => {
    if (said === '' && lifeMs !== undefined) setTimeout(() => worker.kill('SIGKILL'), lifeMs);
    said += text;
  });
  worker.stderr.on('data', (text) => (complaint += text));
  return new Promise((resolve, reject) =>
    worker.on('close', (code, signal) => {
      const isDue = lifeMs === undefined ? code === 0 : signal === 'SIGKILL';
      if (isDue) resolve(said);
      else reject(new Error(`the worker ended by itself (${words[0]}): ${complaint}`));
    }),
  );
}

type Held = Readonly<{
  datasets: readonly Readonly<{ name: string; facts: number; importedAtMs: number }>[];
  ledger: readonly string[];
}>;

/** What a store holds that was never killed, after the first versions. */
async function heldAfter(version: number): Promise<Held> {
  const store = await openDuckDbStore('duckdb::memory:');
  try {
    const last = datasetsAfter(version);
    for (const { name, facts } of last) {
      await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
    }
    await settle(store, new Map(), CHANGING_OWNERS);
    await buildAll(store, CHANGING_UNTIL);
    const datasets = last.map(({ name, facts }, index) => ({
      name,
      facts: factsIn(facts),
      importedAtMs: version - last.length + index,
    }));
    return { datasets, ledger: await wholeLedger(store) };
  } finally {
    await store.close();
  }
}
