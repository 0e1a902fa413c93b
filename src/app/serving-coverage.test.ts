import { afterEach, beforeEach, expect, it } from 'vitest';
import { allocationFact, capacityFact, workloadFact } from '../../test/support/facts.ts';
import { requestFact, trafficFact } from '../../test/support/serving-facts.ts';
import type { FactBatch } from '../domain/facts/facts.ts';
import { PICOS_PER_UNIT } from '../domain/money/picos.ts';
import { DEFAULT_OWNER_RULES } from '../domain/ownership/owner.ts';
import { DAY_MS, HOUR_MS } from '../domain/time/window.ts';
import type { Store } from '../ports/store.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { Tare } from './tare.ts';

const T0 = Date.UTC(2026, 9, 14);
const WINDOW = { fromMs: T0, toMs: T0 + 2 * DAY_MS };
const NOW = WINDOW.toMs + HOUR_MS;

let store: Store;
let tare: Tare;
beforeEach(async () => {
  store = await openDuckDbStore('duckdb::memory:');
  const rate = {
    perGpuHourPicos: PICOS_PER_UNIT,
    source: 'price_book',
    priceDate: '2026-10-01',
    reference: 'a dollar',
  } as const;
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [{ name: 'test', rates: (_, { fromMs, toMs }) => [{ ...rate, fromMs, toMs }] }],
    settings: {
      currency: 'USD',
      shared: 'proportional',
      maxHoldIntervals: 2,
      exchangeRates: {},
      owners: DEFAULT_OWNER_RULES,
    },
    clock: { nowMs: () => NOW },
    listFiles: async (paths) => [...paths],
  });
});
afterEach(() => tare.close());

async function bring(name: string, batch: FactBatch): Promise<void> {
  async function* batches() {
    yield batch;
  }
  await store.importDataset({ name, kind: 'test', importedAtMs: T0 }, batches());
}

/** Two endpoints with a GPU each for two days, 48.00 each. */
const held = { startMs: WINDOW.fromMs, endMs: WINDOW.toMs };
const fleet: FactBatch = {
  capacity: [capacityFact('gpu-a', held), capacityFact('gpu-b', held)],
  workloads: ['chat', 'old'].map((name) => workloadFact(`${name}-0`, { name, kind: 'inference' })),
  allocations: [allocationFact('chat-0', 'gpu-a', held), allocationFact('old-0', 'gpu-b', held)],
};

async function findings() {
  await tare.buildLedger(() => {}, new AbortController().signal);
  const report = await tare.doctor(new AbortController().signal);
  return new Map(report.findings.map((finding) => [finding.subject, finding]));
}

it('is of endpoints and days: one of four is told of, and asked for nothing is told as well', async () => {
  await bring('fleet', fleet);
  await bring('traffic', { traffic: [trafficFact('chat-0', { startMs: T0 + HOUR_MS, requests: 0 })] });
  const { serving, freshness } = await tare.reportCoverage(WINDOW);
  expect(serving).toEqual({
    cost: '96.00',
    costWithTraffic: 0.25,
    withoutTraffic: [
      { endpoint: 'old', cost: '48.00' },
      { endpoint: 'chat', cost: '24.00' },
    ],
    paidCalls: 0,
    unpricedCalls: 0,
    unpricedModels: [],
  });
  expect(freshness.at(-1)).toEqual({
    fact: 'traffic',
    newest: '2026-10-14T01:01:00Z',
    ageSeconds: (2 * DAY_MS - 60_000) / 1000,
    state: 'current',
  });
  expect((await findings()).get('serving')).toMatchObject({
    status: 'look',
    message: '25 % of what serving cost has traffic beside it; none of old, chat',
  });
});

it('counts paid calls without a price, and no calls of servers of its own', async () => {
  const paid = (id: string, model: string, costPicos: bigint | null) =>
    requestFact(id, { endpoint: 'openai', serving: 'api', model, startMs: T0, costPicos });
  const own = requestFact('own', { startMs: T0 });
  await bring('calls', {
    requests: [paid('a', 'gpt', 1n), paid('b', 'tuned', null), paid('c', 'tuned', null), own],
  });
  const { serving, freshness } = await tare.reportCoverage(WINDOW);
  expect(serving).toMatchObject({
    costWithTraffic: null,
    paidCalls: 3,
    unpricedCalls: 2,
    unpricedModels: [{ model: 'tuned', calls: 2 }],
  });
  expect(freshness.at(-1)).toMatchObject({ fact: 'requests', newest: '2026-10-14T00:00:00Z' });
});

it('is told by the doctor', async () => {
  await bring('fleet', fleet);
  const calls = [
    requestFact('x', { endpoint: 'openai', serving: 'api', model: 'tuned', startMs: T0 }),
    requestFact('y', { endpoint: 'chat', startMs: T0 }),
    requestFact('z', { endpoint: 'old', startMs: T0 + DAY_MS }),
  ];
  await bring('calls', { requests: calls });
  const found = await findings();
  expect(found.get('requests')).toMatchObject({
    status: 'fine',
    message: 'newest 2026-10-15T00:00:00Z, 25 h old',
  });
  expect(found.get('calls')).toMatchObject({
    status: 'look',
    message: '1 of 1 paid calls have no price (tuned)',
    remedy: expect.stringContaining('prices.models') as string,
  });
  expect(found.get('serving')).toMatchObject({
    status: 'look',
    message: expect.stringMatching(/^50 %/) as string,
  });
});

it('says nothing where nothing is served', async () => {
  await bring('fleet', { ...fleet, workloads: [], allocations: [] });
  expect((await tare.reportCoverage(WINDOW)).serving).toBeNull();
  const subjects = [...(await findings()).keys()];
  expect(subjects).not.toContain('serving');
  expect(subjects).not.toContain('traffic');
});
