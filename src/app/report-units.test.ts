import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allocationFact, capacityFact, samplesOf, workloadFact } from '../../test/support/facts.ts';
import { requestFact, scoreFact, trafficFact } from '../../test/support/serving-facts.ts';
import { UNIT_DRIVERS } from '../domain/economics/explain-unit-change.ts';
import type { FactBatch } from '../domain/facts/facts.ts';
import { PICOS_PER_UNIT, parsePicos } from '../domain/money/picos.ts';
import { DEFAULT_OWNER_RULES } from '../domain/ownership/owner.ts';
import { DAY_MS, HOUR_MS } from '../domain/time/window.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { Store } from '../ports/store.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { Tare, UnitsRequest } from './tare.ts';

const NOW = Date.UTC(2026, 9, 16);
const TODAY = { fromMs: NOW - DAY_MS, toMs: NOW };
const YESTERDAY = NOW - 2 * DAY_MS;

/** 2.00 a GPU-hour yesterday, 3.00 today. */
const RISING: PriceBook = {
  name: 'test',
  rates: (_, { fromMs, toMs }) =>
    [
      { fromMs: Math.min(fromMs, TODAY.fromMs), toMs: Math.min(toMs, TODAY.fromMs), perGpuHourPicos: 2n },
      { fromMs: Math.max(fromMs, TODAY.fromMs), toMs, perGpuHourPicos: 3n },
    ]
      .filter((rate) => rate.fromMs < rate.toMs)
      .map((rate) => ({
        ...rate,
        perGpuHourPicos: rate.perGpuHourPicos * PICOS_PER_UNIT,
        source: 'price_book' as const,
        priceDate: '2026-10-01',
        reference: 'rising',
      })),
};

let store: Store;
let tare: Tare;
beforeEach(async () => {
  store = await openDuckDbStore('duckdb::memory:');
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [RISING],
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
  await store.importDataset({ name, kind: 'test', importedAtMs: NOW }, batches());
}

/** `chat` holds a GPU for two days and answers 2,400 requests a day of 300 tokens; a kernel runs in half of the time. */
async function bringFleet(requestsToday = 2_400): Promise<void> {
  const days = { startMs: YESTERDAY, endMs: NOW };
  const day = (startMs: number, requests: number) =>
    Array.from({ length: 24 }, (_, hour) =>
      trafficFact('chat-0', {
        startMs: startMs + hour * HOUR_MS,
        requests: requests / 24,
        batchSize: 4,
        tokens: { input: (requests / 24) * 200, cachedInput: 0, output: (requests / 24) * 100 },
      }),
    );
  await bring('fleet', {
    capacity: [capacityFact('gpu-a', days)],
    workloads: [workloadFact('chat-0', { name: 'chat', kind: 'inference' })],
    allocations: [allocationFact('chat-0', 'gpu-a', days)],
    usage: samplesOf('gpu-a', { fromMs: YESTERDAY, toMs: NOW, engineActive: 0.5 }),
    traffic: [...day(YESTERDAY, 2_400), ...day(TODAY.fromMs, requestsToday)],
  });
}

function report(given: Partial<UnitsRequest> = {}) {
  return tare.reportUnits({
    window: TODAY,
    filters: [],
    basis: 'allocated',
    sloMs: null,
    minQuality: [],
    tokenWeight: null,
    training: [],
    ...given,
  });
}

describe('what changed', () => {
  it('a dearer GPU-hour is price, and the evidence says so', async () => {
    await bringFleet();
    const { change, total, previous, sentence, comparison } = await report();
    // 24 h × 2.00 and × 3.00 for 2,400 requests.
    expect([change!.before, change!.now, change!.amount]).toEqual(['20.00', '30.00', '10.00']);
    expect(amounts(change!.drivers)).toEqual({
      price: '10.00',
      traffic: '0.00',
      batch: '0.00',
      cache: '0.00',
      length: '0.00',
      mix: '0.00',
    });
    expect(change!.drivers.map(({ evidence }) => evidence && [evidence.before, evidence.now])).toEqual([
      ['2.00', '3.00'],
      [0.5, 0.5],
      [4, 4],
      [0, 0],
      [300, 300],
      [1, 1],
    ]);
    expect([previous!.costPer1kRequests, total.costPer1kRequests]).toEqual(['20.00', '30.00']);
    expect(sentence).toContain('$30.00 per 1,000.');
    expect(comparison).toBe('That is $10.00 more per 1,000 than in the same time before: price +$10.00.');
  });

  it('twice the requests of the same GPU are batch, beside its price', async () => {
    await bringFleet(4_800);
    const { change } = await report();
    const told = amounts(change!.drivers);
    expect(told).toMatchObject({ traffic: '0.00', cache: '0.00', length: '0.00', mix: '0.00' });
    expect(Number(told['price'])).toBeGreaterThan(6);
    expect(Number(told['batch'])).toBeLessThan(-11);
    expect(sum(told)).toBe(parsePicos(change!.amount)!.picos);
  });

  it('says nothing of a time before of which nothing is known', async () => {
    await bringFleet();
    const { change, previous, points, comparison } = await report({
      window: { fromMs: YESTERDAY, toMs: TODAY.fromMs },
    });
    expect([change, previous]).toEqual([null, null]);
    expect(points.every(({ drivers }) => drivers === null)).toBe(true);
    expect(comparison).toBeNull();
  });
});

it('has the hours of a day and the days of a longer window, each less the time before', async () => {
  await bringFleet();
  const { step, points, change } = await report();
  expect([step, points.length, points[0]!.at]).toEqual(['hour', 24, '2026-10-15T00:00:00Z']);
  for (const { drivers, costPer1kRequests } of points) {
    expect(sum(drivers!)).toBe(parsePicos(costPer1kRequests!)!.picos - parsePicos(change!.before)!.picos);
  }
  const week = await report({ window: { fromMs: NOW - 7 * DAY_MS, toMs: NOW } });
  expect([week.step, week.points.map(({ at, requests }) => [at, requests])]).toEqual([
    'day',
    [
      ['2026-10-14', 2_400],
      ['2026-10-15', 2_400],
    ],
  ]);
});

it('is the total of the inference report, filtered alike', async () => {
  await bringFleet();
  await bring('calls', {
    requests: [
      requestFact('r1', { endpoint: 'gpt', serving: 'api', startMs: TODAY.fromMs, costPicos: 10n ** 10n }),
    ],
    scores: [scoreFact('s1', { atMs: TODAY.fromMs, endpoint: 'chat', value: 0.9 })],
  });
  const filters = [{ dimension: 'endpoint' as const, values: ['chat'] }];
  const asked = { sloMs: 500, minQuality: ['helpfulness=0.8'], basis: 'used' as const };
  for (const filter of [[], filters]) {
    const { total } = await tare.reportInference({
      window: TODAY,
      by: ['endpoint'],
      top: null,
      apiPrice: null,
      tokenWeight: null,
      training: [],
      ...asked,
      filters: filter,
    });
    expect((await report({ ...asked, filters: filter })).total).toEqual(total);
  }
});

describe('the receipt of an endpoint', () => {
  const receipt = (endpoint: string, apiPrice: string | null = null) =>
    tare.explainServing({
      endpoint,
      window: TODAY,
      sloMs: 500,
      minQuality: [],
      tokenWeight: null,
      apiPrice,
      training: [],
    });

  it('goes from devices and prices to the cost of a thousand requests', async () => {
    await bringFleet();
    const { devices, direct, shared, figures, costByBucket, size, parts } = await receipt('chat', '3/15');
    expect(devices).toEqual([
      {
        gpuModel: 'H100-SXM5-80GB',
        lifecycle: 'on_demand',
        priceSource: 'price_book',
        gpuHours: 24,
        perGpuHour: '3.00',
        amount: '72.00',
      },
    ]);
    expect([direct, shared, figures.cost, figures.costPer1kRequests]).toEqual([
      '0.00',
      '0.00',
      '72.00',
      '30.00',
    ]);
    expect([costByBucket!.gross, costByBucket!.idle]).toEqual(['72.00', '36.00']);
    expect(size).toMatchObject({
      requests: 2_400,
      breakEven: { apiCostPer1kRequests: '2.10', cheaper: 'api' },
    });
    expect(parts).toEqual([]);
  });

  it('says in lines what explain says, also of a window with two ends', async () => {
    await bringFleet();
    const { row, lines, title, figures } = await receipt('chat');
    expect(row).toBe('endpoint:chat@2026-10-15T00:00:00Z..2026-10-16T00:00:00Z');
    const said = await tare.explain(row);
    expect(said).toMatchObject({ row, title, lines, cost: figures.cost });
  });

  it('takes apart what serves several models', async () => {
    await bringFleet();
    await bring('more', {
      traffic: [trafficFact('chat-0', { model: 'llama-70b', startMs: TODAY.fromMs, requests: 100 })],
    });
    const { parts } = await receipt('chat');
    expect(parts.map(({ by, rows }) => [by, rows.map(({ value }) => value).sort()])).toEqual([
      ['model', ['llama-70b', 'llama-8b']],
    ]);
  });

  it('names the nearest endpoint where there is none of that name', async () => {
    await bringFleet();
    await expect(receipt('chta')).rejects.toMatchObject({
      remedy: expect.stringContaining('did you mean chat?'),
    });
  });
});

function amounts(drivers: readonly Readonly<{ driver: string; amount: string }>[]): Record<string, string> {
  expect(drivers.map(({ driver }) => driver)).toEqual([...UNIT_DRIVERS]);
  return Object.fromEntries(drivers.map(({ driver, amount }) => [driver, amount]));
}

function sum(told: Readonly<Record<string, string>>): bigint {
  return Object.values(told).reduce((total, text) => total + parsePicos(text)!.picos, 0n);
}
