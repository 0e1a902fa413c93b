import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { importFleet } from '../support/weigh-in-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-migrations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const url = () => `duckdb:${join(folder, 'tare.duckdb')}`;

it('opens what it made, with everything in it', async () => {
  const first = await openDuckDbStore(url());
  await importFleet(first, {
    capacity: [],
    allocations: [],
    usage: [],
    charges: [],
    workloads: [{ workloadId: 'a', kind: 'batch', name: 'a', attributes: {} }],
  });
  await first.close();
  const again = await openDuckDbStore(url());
  expect((await again.datasets()).map(({ facts }) => facts)).toEqual([1]);
  expect(await again.readNote('schema-version')).toBe('4');
  await again.close();
});

it('refuses a store that a later version has changed, and says what to do', async () => {
  const store = await openDuckDbStore(url());
  await store.writeNote('schema-version', '999');
  await store.close();
  await expect(openDuckDbStore(url())).rejects.toMatchObject({
    code: 'store-too-new',
    remedy: expect.stringContaining('update Tare'),
  });
});
