import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOON, SMALL_SETTINGS } from '../../test/support/small-fleet.ts';
import type { Store } from '../ports/store.ts';
import { createHardwareCatalog } from '../price-books/bundled/create-hardware-catalog.ts';
import { createUsageSource } from '../sources/csv/usage-source.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { importFacts } from './import-facts.ts';
import type { ImportRequest, ProgressEvent } from './tare.ts';

const HEADER = 'time,device,engineActive';
const GOOD = [HEADER, '2026-10-14T09:00:00Z,gpu-a,0.5', '2026-10-14T09:01:00Z,gpu-a,0.6'].join('\n');
const { signal } = new AbortController();
let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-import-'));
  store = await openDuckDbStore('duckdb::memory:');
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

function importing(request: Partial<ImportRequest>, progress = (_: ProgressEvent) => {}, asked = signal) {
  const parts = {
    store,
    fileSources: [createUsageSource({ catalog: createHardwareCatalog() })],
    settings: SMALL_SETTINGS,
    clock: { nowMs: () => NOON },
    listFiles: async (paths: readonly string[]) => paths,
  };
  const whole = { kind: 'usage', paths: [], map: {}, set: {}, fields: null, isDryRun: false, ...request };
  return importFacts(parts, whole, progress, asked);
}

describe('importFacts', () => {
  it('imports, and changes nothing the second time', async () => {
    const paths = [await file('a.csv', GOOD)];
    expect(await importing({ paths })).toMatchObject({
      files: 1,
      rowsRead: 2,
      rowsImported: 2,
      rowsUnchanged: 0,
    });
    expect(await importing({ paths })).toMatchObject({ rowsRead: 2, rowsImported: 0, rowsUnchanged: 2 });
    expect((await store.datasets()).map(({ name }) => name)).toEqual([`usage:${paths[0]}`]);
  });

  it('takes a corrected file for the one it replaces', async () => {
    await importing({ paths: [await file('a.csv', GOOD)] });
    const corrected = GOOD.replace('0.6', '0.7').replace('2026-10-14T09:00:00Z,gpu-a,0.5\n', '');
    const result = await importing({ paths: [await file('a.csv', corrected)] });
    expect(result).toMatchObject({ rowsRead: 1, rowsImported: 1, rowsRemoved: 1 });
  });

  it('lists what is wrong and takes the rest', async () => {
    const path = await file('a.csv', `${GOOD}\n2026-10-14T09:02:00Z,gpu-a,busy`);
    const result = await importing({ paths: [path] });
    expect(result).toMatchObject({ rowsRead: 3, rowsImported: 2, rowsRejected: 1 });
    expect(result.rejects[0]?.where).toBe(`${path}:4:engineActive`);
    const [dataset] = await store.datasets();
    expect(dataset).toMatchObject({ rowsRead: 3, rejects: [{ where: `${path}:4:engineActive` }] });
  });

  it('keeps nothing of a dry run', async () => {
    const result = await importing({ paths: [await file('a.csv', GOOD)], isDryRun: true });
    expect(result).toMatchObject({ rowsRead: 2, rowsImported: 0 });
    expect(await store.datasets()).toEqual([]);
  });

  it('says which file failed, and which are in', async () => {
    const good = await file('a.csv', GOOD);
    const missing = join(folder, 'gone.csv');
    const failed = importing({ paths: [good, missing] });
    await expect(failed).rejects.toThrow(new RegExp(`gone.csv.*1 of 2 files is in: ${good}`));
    expect((await store.datasets()).map(({ name }) => name)).toEqual([`usage:${good}`]);
  });

  it('reads the same file once, however it is spelt', async () => {
    const path = await file('a.csv', GOOD);
    expect(await importing({ paths: [path, join(folder, '.', 'a.csv')] })).toMatchObject({
      files: 1,
      rowsRead: 2,
    });
  });

  it('stops where it is asked to, and keeps the files before', async () => {
    const paths = [await file('a.csv', GOOD), await file('b.csv', GOOD)];
    const controller = new AbortController();
    const stopAtB = ({ task }: ProgressEvent) => task.endsWith('b.csv') && controller.abort();
    await expect(importing({ paths }, stopAtB, controller.signal)).rejects.toMatchObject({
      code: 'TARE-9001',
      exitCode: 130,
      message: expect.stringContaining('1 of 2 files is in'),
    });
    expect(await store.datasets()).toHaveLength(1);
  });

  it.each([
    [{ kind: 'usge' }, 'TARE-2002', 'did you mean usage? kinds: usage'],
    [{ kind: 'wages' }, 'TARE-2002', 'kinds: usage'],
    [{ paths: [] }, 'TARE-2005', 'name a file'],
  ])('%o → %s', async (request, code, remedy) => {
    await expect(importing(request)).rejects.toMatchObject({ code, remedy: expect.stringContaining(remedy) });
  });
});
