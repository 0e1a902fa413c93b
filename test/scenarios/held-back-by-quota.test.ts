import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { LeversReport } from '../../src/app/results/levers.ts';
import type { Tare } from '../../src/app/tare.ts';
import type { QueueFact } from '../../src/domain/facts/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { allocationFact, capacityFact, samplesOf, workloadFact } from '../support/facts.ts';
import { flatPrices } from '../support/flat-prices.ts';
import { once } from '../support/weigh-in-store.ts';

/** Four GPUs for four days, two of them held; a queue whose quota is two GPUs, and one more workload that waits for two by day. */
const START = Date.UTC(2026, 9, 12);
const WINDOW = { fromMs: START, toMs: START + 4 * DAY_MS };
const WHOLE = { startMs: WINDOW.fromMs, endMs: WINDOW.toMs };
const HOURS = Array.from({ length: 96 }, (_, hour) => hour);

const TWO_DOLLARS = flatPrices({ source: 'price_book', reference: 'flat' });

function queue(hour: number): QueueFact {
  const isDay = hour % 24 >= 8 && hour % 24 < 20;
  return {
    queue: 'kueue:ranking',
    startMs: START + hour * HOUR_MS,
    endMs: START + (hour + 1) * HOUR_MS,
    waitingMs: isDay ? HOUR_MS : 0,
    pendingWorkloads: isDay ? 1 : 0,
    pendingGpus: isDay ? 2 : 0,
    reservedGpus: 2,
    usedGpus: 2,
    nominalGpus: 2,
  };
}

let tare: Tare;
let plan: LeversReport;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  const facts = {
    capacity: ['a', 'b', 'c', 'd'].map((device) => capacityFact(device, { ...WHOLE, node: 'node-1' })),
    workloads: [workloadFact('ml/train', { kind: 'training', name: 'train' })],
    allocations: ['a', 'b'].map((device) => allocationFact('ml/train', device, WHOLE)),
    usage: ['a', 'b', 'c', 'd'].flatMap((device) =>
      samplesOf(device, {
        fromMs: WINDOW.fromMs,
        toMs: WINDOW.toMs,
        intervalMs: 10 * MINUTE_MS,
        engineActive: device < 'c' ? 0.9 : 0,
      }),
    ),
    queues: HOURS.map(queue),
  };
  await store.importDataset({ name: 'test:fleet', kind: 'test', importedAtMs: 0 }, once(facts));
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [TWO_DOLLARS],
    settings: { currency: 'USD', shared: 'proportional', maxHoldIntervals: 2, exchangeRates: {}, owners: {} },
    clock: { nowMs: () => WINDOW.toMs },
    listFiles: async (paths) => paths,
  });
  plan = await tare.planSavings({ window: WINDOW, seed: 42, sloMs: {} });
}, 60_000);
afterAll(() => tare.close());

it('says that work waited for its quota while GPUs were free, first of all', () => {
  // Two GPUs were free in all of the 48 hours of day, and two were waited for; those that were held stood idle for a tenth of it.
  expect(plan.whileOthersWaited).toEqual({
    gpuHours: 105.6,
    cost: '211.20',
    runs: 1,
    heldBackByQuota: { gpuHours: 96, cost: '192.00' },
  });
});

it('proposes to lend the quota, for what the free hours of day cost', () => {
  // 192.00 in four days is 1,460.00 in 730 hours.
  expect(plan.rows).toMatchObject([
    {
      lever: 'quota',
      target: 'kueue:ranking',
      aloneSaving: { expected: '1460.00' },
      evidence: { cause: 'did-not-fit' },
      changes: [
        { file: 'quota-pool-1.resourceflavor.yaml' },
        { file: 'quota-ranking.clusterqueue.yaml', document: { kind: 'ClusterQueue' } },
        { file: 'quota-ranking.localqueue.yaml' },
      ],
    },
  ]);
});

it('tells the hours of day from those of night', async () => {
  const { rows } = await tare.reportIdle({ window: WINDOW, by: ['cause'], filters: [], top: null });
  const unallocated = new Map(rows.map((row) => [row['cause'], row.gpuHours.unallocated]));
  expect(unallocated.get('did-not-fit')).toBe(96);
  expect(unallocated.get('nobody-asked')).toBe(96);
});

it('does not say that nothing tells who waited', () => {
  expect(plan.missing.filter(({ lever }) => lever === 'release')).toEqual([]);
});
