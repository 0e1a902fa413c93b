import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LedgerDimension, Store } from '../../src/ports/store.ts';
import { openDuckDbEngine } from '../../src/stores/duckdb/duckdb-engine.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { capacityFact } from '../support/facts.ts';
import { buildAll, importFleet } from '../support/weigh-in-store.ts';
import { textsOf } from '../support/whole-ledger.ts';

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

it('adds up what an earlier version left by the hour', async () => {
  const window = { fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 9, 20) };
  const first = await openDuckDbStore(url());
  await importFleet(first, {
    capacity: ['a', 'b'].map((node) =>
      capacityFact(`gpu-${node}`, { node, startMs: window.fromMs, endMs: window.toMs }),
    ),
    allocations: [],
    usage: [],
    charges: [],
    workloads: [],
  });
  await buildAll(first, window.toMs);
  const ask = async (store: Store) => {
    const by: LedgerDimension[][] = [['team'], ['node'], ['day'], ['workload']];
    return Promise.all(by.map(async (dimensions) => textsOf(await store.ledger({ window, by: dimensions }))));
  };
  const expected = await ask(first);
  expect(expected.flat().length).toBeGreaterThan(20);
  await first.writeNote('schema-version', '3');
  await first.close();

  const engine = await openDuckDbEngine(url());
  for (const table of ['ledger_day_owner', 'ledger_span_node']) await engine.run(`DROP TABLE ${table}`);
  await engine.close();
  const again = await openDuckDbStore(url());
  expect(await ask(again)).toEqual(expected);
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
