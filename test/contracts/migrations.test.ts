import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunFact } from '../../src/domain/facts/facts.ts';
import { DAY_MS } from '../../src/domain/time/window.ts';
import type { LedgerDimension, Store } from '../../src/ports/store.ts';
import { openDuckDbEngine } from '../../src/stores/duckdb/duckdb-engine.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { capacityFact } from '../support/facts.ts';
import { HELD_WINDOW, heldExample } from '../support/held-example.ts';
import { trafficFact } from '../support/serving-facts.ts';
import { buildAll, importFleet, once } from '../support/weigh-in-store.ts';
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
  expect(await again.readNote('schema-version')).toBe('11');
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
  await first.writeNote('schema-version', '8');
  await first.close();

  const engine = await openDuckDbEngine(url());
  for (const table of ['ledger_day_owner', 'ledger_span_node']) await engine.run(`DROP TABLE ${table}`);
  await engine.close();
  const again = await openDuckDbStore(url());
  expect(await ask(again)).toEqual(expected);
  await again.close();
});

it('adds up the traffic by the hour that a store before it had only by the minute', async () => {
  const window = { fromMs: 0, toMs: 86_400_000 };
  const ask = async (store: Awaited<ReturnType<typeof openDuckDbStore>>) => [
    await store.calls({ window, by: ['endpoint', 'hour'] }),
    await store.latencies({ window, by: ['endpoint'] }),
    await store.servingPeaks(window),
  ];
  const first = await openDuckDbStore(url());
  const latencySeconds = { upperBounds: [1, 2], counts: [3, 4, 0], sum: 9 };
  const traffic = [0, 60_000, 3_600_000].map((startMs) =>
    trafficFact('pod', { startMs, requests: 7, latencySeconds, tokens: { input: 5 } }),
  );
  await first.importDataset({ name: 't', kind: 'test', importedAtMs: 0 }, once({ traffic }));
  const before = await ask(first);
  expect(before[0]).toHaveLength(2);
  await first.writeNote('schema-version', '3');
  await first.close();

  const database = await DuckDBInstance.create(join(folder, 'tare.duckdb'));
  const connection = await database.connect();
  for (const table of ['traffic_hour', 'traffic_hour_peak', 'stale_traffic']) {
    await connection.run(`DROP TABLE ${table}`);
  }
  connection.closeSync();
  database.closeSync();

  const again = await openDuckDbStore(url());
  expect(await ask(again)).toEqual(before);
  await again.close();
});

it('adds queues, and what runs say of their gangs, to a store before it', async () => {
  const window = { fromMs: 0, toMs: 86_400_000 };
  const first = await openDuckDbStore(url());
  await first.importDataset({ name: 'r', kind: 'test', importedAtMs: 0 }, once({ runs: [run('test:1')] }));
  await first.writeNote('schema-version', '4');
  await first.close();

  const database = await DuckDBInstance.create(join(folder, 'tare.duckdb'));
  const connection = await database.connect();
  await connection.run('DROP TABLE queue');
  await connection.run('ALTER TABLE run DROP COLUMN gang_until_ms');
  connection.closeSync();
  database.closeSync();

  const again = await openDuckDbStore(url());
  const runs = [run('test:2', 7_200_000)];
  const queues = [{ ...QUEUE, queue: 'kueue:a' }];
  await again.importDataset({ name: 's', kind: 'test', importedAtMs: 0 }, once({ runs, queues }));
  expect((await again.runSpans(window)).map(({ gangUntilMs }) => gangUntilMs)).toEqual([null, 7_200_000]);
  expect(await again.queueSlots(window)).toEqual(queues);
  await again.close();
});

it('adds what bills say of commitments to a store before it, and a bill that is imported again says it', async () => {
  const first = await openDuckDbStore(url());
  const bill = heldExample();
  const plain = { ...bill, charges: bill.charges!.map(({ commitment: _, ...charge }) => charge) };
  await first.importDataset({ name: 'bill', kind: 'test', importedAtMs: 0 }, once(plain));
  await first.writeNote('schema-version', '9');
  await first.close();

  const engine = await openDuckDbEngine(url());
  for (const column of ['name', 'type', 'category', 'quantity', 'unit'])
    await engine.run(`ALTER TABLE charge DROP COLUMN commitment_${column}`);
  await engine.close();

  const again = await openDuckDbStore(url());
  const before = await again.commitmentLines(HELD_WINDOW, DAY_MS);
  expect(before).toHaveLength(12);
  expect(before[0]).toMatchObject({ type: null, category: null, unit: null, quantityPicos: null });
  const counts = await again.importDataset({ name: 'bill', kind: 'test', importedAtMs: 1 }, once(bill));
  expect(counts).toMatchObject({ imported: bill.charges!.length, removed: bill.charges!.length });
  const after = await again.commitmentLines(HELD_WINDOW, DAY_MS);
  expect(after).toHaveLength(12);
  expect(after[1]).toMatchObject({ category: 'Spend', unit: 'USD', costPicos: before[1]!.costPicos });
  await again.close();
});

const QUEUE = {
  startMs: 0,
  endMs: 3_600_000,
  waitingMs: 0,
  pendingWorkloads: 0,
  pendingGpus: null,
  reservedGpus: 4,
  usedGpus: 4,
  nominalGpus: 8,
};

function run(runId: string, gangUntilMs: number | null = null): RunFact {
  return {
    runId,
    attempt: 1,
    name: 'train',
    experiment: null,
    state: 'running',
    stateDetail: null,
    queue: null,
    queuedMs: null,
    startMs: 0,
    endMs: null,
    gangUntilMs,
    workloadId: null,
    parentRunId: null,
    fingerprint: null,
    parameters: {},
    metrics: {},
    attributes: {},
  };
}

it('refuses a store that a later version has changed, and says what to do', async () => {
  const store = await openDuckDbStore(url());
  await store.writeNote('schema-version', '999');
  await store.close();
  await expect(openDuckDbStore(url())).rejects.toMatchObject({
    code: 'store-too-new',
    remedy: expect.stringContaining('update Tare'),
  });
});
