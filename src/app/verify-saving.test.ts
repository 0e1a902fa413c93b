import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { allocationFact, capacityFact, runFact, samplesOf, workloadFact } from '../../test/support/facts.ts';
import { flatPrices } from '../../test/support/flat-prices.ts';
import { scoreFact, trafficFact } from '../../test/support/serving-facts.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import type { FactBatch } from '../domain/facts/facts.ts';
import { createChance } from '../domain/simulation/chance.ts';
import { DAY_MS, HOUR_MS } from '../domain/time/window.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { Tare, VerifyRequest } from './tare.ts';

const AT = Date.UTC(2026, 9, 14, 9);
const DAYS = 28;
const FROM = AT - DAYS * DAY_MS;
const UNTIL = AT + DAYS * DAY_MS;

const TWO_DOLLARS = flatPrices({ source: 'price_book', reference: 'flat' });

type Planted = Readonly<{
  endpoint: string;
  /** Devices before and after. */
  devices: readonly [before: number, after: number];
  /** Factors of latency and of the mean score after the change. */
  latency?: number;
  score?: number;
}>;

/** An endpoint with a week in its traffic, a device that comes and goes by chance, and latencies and scores with noise. */
function endpointFacts({ endpoint, devices, latency = 1, score = 1 }: Planted): FactBatch {
  const chance = createChance(7, endpoint);
  const noise = () => chance.fraction() + chance.fraction() + chance.fraction() - 1.5;
  const workload = `app/${endpoint}`;
  const hold = (device: string, startMs: number, endMs: number) => ({
    capacity: [capacityFact(`${endpoint}-${device}`, { startMs, endMs, node: endpoint })],
    allocations: [allocationFact(workload, `${endpoint}-${device}`, { startMs, endMs })],
  });
  const always = devices.flatMap((count, side) =>
    Array.from({ length: count }, (_, index) =>
      hold(`d${index}`, side === 0 ? FROM : AT, side === 0 ? AT : UNTIL),
    ),
  );
  const days = Array.from({ length: 2 * DAYS }, (_, index) => FROM + index * DAY_MS);
  const extra = days.map((dayMs) =>
    hold('x', dayMs, dayMs + Math.floor(24 * chance.fraction()) * HOUR_MS + HOUR_MS),
  );
  const traffic = days.flatMap((dayMs, day) => {
    const slow = 1 + 0.06 * noise();
    return Array.from({ length: 24 }, (_, hour) => {
      const isAfter = day >= DAYS;
      const requests = Math.round((day % 7 >= 5 ? 400 : 1_000) * (1 + 0.1 * noise()));
      const tail = 0.4 * slow * (isAfter ? latency : 1);
      return trafficFact(`${endpoint}-0`, {
        endpoint,
        workloadId: workload,
        startMs: dayMs + hour * HOUR_MS,
        endMs: dayMs + (hour + 1) * HOUR_MS,
        requests,
        latencySeconds: {
          upperBounds: [tail / 4, tail * 0.9, tail * 1.1],
          counts: [
            Math.round(requests * 0.8),
            Math.round(requests * 0.12),
            requests - Math.round(requests * 0.8) - Math.round(requests * 0.12),
            0,
          ],
          sum: requests * tail * 0.4,
        },
      });
    });
  });
  const scores = days.flatMap((dayMs, day) =>
    Array.from({ length: 40 }, (_, index) =>
      scoreFact(`${endpoint}-${day}-${index}`, {
        endpoint,
        value: (0.8 + 0.1 * noise()) * (day >= DAYS ? score : 1),
        atMs: dayMs + index * 30 * 60_000,
      }),
    ),
  );
  return {
    capacity: [...always, ...extra].flatMap(({ capacity }) => capacity),
    workloads: [workloadFact(workload, { name: endpoint, kind: 'inference' })],
    allocations: [...always, ...extra].flatMap(({ allocations }) => allocations),
    traffic,
    scores,
  };
}

/** Trainings by one name on one GPU, each an hour or so, a tenth shorter after the change. */
function runFacts(): FactBatch {
  const chance = createChance(3, 'runs');
  const runs = Array.from({ length: 40 }, (_, index) => {
    const startMs = FROM + Math.floor(index * 1.4 * 24) * HOUR_MS;
    const minutes = Math.round(100 * (1 + 0.05 * (chance.fraction() - 0.5)) * (startMs >= AT ? 0.9 : 1));
    return { id: `r${index}`, startMs, endMs: startMs + minutes * 60_000 };
  });
  return {
    capacity: [capacityFact('trainer', { startMs: FROM, endMs: UNTIL, node: 'trainer' })],
    workloads: runs.map(({ id }) => workloadFact(id)),
    allocations: runs.map(({ id, ...span }) => allocationFact(id, 'trainer', span)),
    usage: samplesOf('trainer', { fromMs: FROM, toMs: UNTIL, intervalMs: HOUR_MS, engineActive: 1 }),
    runs: runs.map(({ id, ...span }, index) =>
      runFact(id, {
        ...span,
        name: 'ranker',
        workloadId: id,
        metrics: { accuracy: 0.9 },
        state: index === 5 ? 'failed' : 'succeeded',
      }),
    ),
  };
}

let tare: Tare;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  const planted: readonly Planted[] = [
    { endpoint: 'smaller', devices: [10, 9] },
    { endpoint: 'slower', devices: [10, 9], latency: 1.05 },
    { endpoint: 'worse', devices: [10, 10], score: 0.93 },
    { endpoint: 'same', devices: [10, 10] },
  ];
  for (const one of planted) {
    const header = { name: `file:${one.endpoint}`, kind: 'test', importedAtMs: AT };
    await store.importDataset(header, once(endpointFacts(one)));
  }
  await store.importDataset({ name: 'file:runs', kind: 'test', importedAtMs: AT }, once(runFacts()));
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [TWO_DOLLARS],
    settings: { currency: 'USD', shared: 'none', maxHoldIntervals: 2, exchangeRates: {}, owners: {} },
    clock: { nowMs: () => UNTIL },
    listFiles: async (paths) => paths,
  });
}, 120_000);
afterAll(() => tare.close());

const request = (change: string, given: Partial<VerifyRequest> = {}): VerifyRequest => ({
  change,
  atMs: AT,
  window: null,
  confidence: 0.95,
  tolerance: 0,
  unit: null,
  lowerIsBetter: [],
  metrics: [],
  ...given,
});

describe('an endpoint', () => {
  test.each([
    { change: 'endpoint:smaller', verdict: 'saved' },
    { change: 'endpoint:slower', verdict: 'degraded' },
    { change: 'endpoint:worse', verdict: 'degraded' },
    { change: 'endpoint:same', verdict: 'no_difference' },
    { change: 'workload:same', verdict: 'no_difference' },
  ])('$change: $verdict', async ({ change, verdict }) => {
    const report = await tare.verifySaving(request(change));
    expect(report).toMatchObject({ verdict, unit: 'requests', skipped: [], notes: [] });
    expect(report.measures.map(({ name }) => name)).toEqual(['cost', 'latency p95', 'helpfulness']);
    expect(report.before.blocks).toBe(DAYS);
    expect(report.after.blocks).toBe(DAYS);
  });

  it('that saved says how much, with the planted tenth inside', async () => {
    const { saving, measures, sentence, confidenceOfEach } = await tare.verifySaving(
      request('endpoint:smaller'),
    );
    // A device at 2.00 an hour, for 730 of them.
    expect(Number(saving!.low)).toBeLessThan(1_460);
    expect(Number(saving!.high)).toBeGreaterThan(1_460);
    expect(Number(saving!.low)).toBeGreaterThan(0);
    const [cost] = measures;
    expect(cost!.changePercent!.low).toBeLessThan(-9);
    expect(cost!.changePercent!.high).toBeLessThan(0);
    expect(confidenceOfEach).toBeCloseTo(1 - 0.05 / 3, 12);
    expect(sentence).toMatch(
      /^Saved \$[\d,.]+ a month \(\$[\d,.]+ to \$[\d,.]+\): cost per 1,000 requests that ended well /,
    );
  });

  it('that slipped says by how much, and what it saved beside it', async () => {
    const { measures, sentence } = await tare.verifySaving(request('endpoint:slower'));
    const latency = measures.find(({ kind }) => kind === 'latency')!;
    expect(latency.judgement).toBe('worse');
    expect(latency.changePercent!.low).toBeLessThan(5);
    expect(latency.changePercent!.high).toBeGreaterThan(5);
    expect(sentence).toMatch(/^Degraded: latency p95 [3-7].* % higher .*, while it saved \$/);
  });

  it('may get worse by what is tolerated', async () => {
    const { verdict } = await tare.verifySaving(request('endpoint:slower', { tolerance: 0.1 }));
    expect(verdict).toBe('saved');
  });

  it('whose score is better when it is lower did not get worse', async () => {
    const { verdict, measures } = await tare.verifySaving(
      request('endpoint:worse', { lowerIsBetter: ['helpfulness'] }),
    );
    expect(verdict).toBe('no_difference');
    expect(measures.at(-1)!.judgement).toBe('better');
  });

  it('of yesterday has too little to compare', async () => {
    const window = { fromMs: FROM, toMs: AT + 2 * DAY_MS };
    const report = await tare.verifySaving(request('endpoint:smaller', { window }));
    expect(report).toMatchObject({ verdict: 'not_enough_data', saving: null });
    expect(report.sentence).toBe('Too little to compare: 28 before and 2 after, and 4 of each are needed.');
  });
});

it('runs by one name are compared one with the other, without those that broke off', async () => {
  const report = await tare.verifySaving(request('run:ranker', { metrics: ['accuracy'] }));
  expect(report).toMatchObject({
    verdict: 'saved',
    unit: 'runs',
    subject: { dimension: 'run', values: ['ranker'] },
    skipped: [{ reason: 'it ended failed', blocks: 1 }],
  });
  expect(report.measures.map(({ name, judgement }) => [name, judgement])).toEqual([
    ['cost', 'better'],
    ['duration', 'better'],
    ['accuracy', 'no_difference'],
  ]);
  expect(report.measures[0]!.changePercent!.low).toBeLessThan(-9);
  expect(report.measures[0]!.changePercent!.high).toBeGreaterThan(-11);
});

describe('a lever that was taken', () => {
  it('is told from what it promised, and the same record again is one', async () => {
    const take = { changeId: 'scale-to-zero/smaller', atMs: AT, takenBy: 'amara', promised: '2000' };
    expect(await tare.takeLever(take)).toMatchObject({ isNew: true, promised: { expected: '2000.00' } });
    expect(await tare.takeLever(take)).toMatchObject({ isNew: false });
    await tare.takeLever({ ...take, changeId: 'share/same, worse', takenBy: null, promised: '100' });
    const { rows, total, sentence } = await tare.reportTaken();
    expect(rows.map(({ change, takenBy, state, verdict }) => [change, takenBy, state, verdict])).toEqual([
      ['scale-to-zero/smaller', 'amara', 'short', 'saved'],
      ['share/same, worse', null, 'not_shown', 'degraded'],
    ]);
    const realised = Number(rows[0]!.realised!.expected);
    expect(Number(rows[0]!.drift)).toBeCloseTo(realised - 2_000, 2);
    expect(total.promised).toBe('2100.00');
    expect(sentence).toMatch(
      /^2 changes recorded; of \$2,100\.00 a month promised, \$1,\d{3}\.\d\d was realised\.$/,
    );
  });

  it('needs no time to be verified', async () => {
    const report = await tare.verifySaving(request('scale-to-zero/smaller', { atMs: null }));
    expect(report).toMatchObject({
      at: '2026-10-14T09:00:00Z',
      verdict: 'saved',
      promise: { state: 'short' },
    });
  });
});

test.each([
  { change: 'endpoint:smaller', message: 'when "endpoint:smaller" was made is not recorded' },
  { change: 'smaller', message: '"smaller" names no change' },
])('$change without a time is refused', async ({ change, message }) => {
  await expect(tare.verifySaving(request(change, { atMs: null }))).rejects.toMatchObject({ message });
});

test.each([
  { changeId: 'smaller', promised: '1', message: '"smaller" is no lever' },
  { changeId: 'share/a', promised: '-1', message: '"-1" is no amount' },
  { changeId: 'share/a', promised: null, message: 'the plan before 2026-10-14T09:00:00Z has no "share/a"' },
])('taking $changeId for $promised is refused', async ({ changeId, promised, message }) => {
  const take = { changeId, atMs: AT, takenBy: null, promised };
  await expect(tare.takeLever(take)).rejects.toMatchObject({ message });
});
