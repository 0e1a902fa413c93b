import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mergeSpans, type Spans, spanOfMicros, spansOf } from '../../../src/domain/economics/spans.ts';
import type { FactBatch, TrafficFact } from '../../../src/domain/facts/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time/window.ts';
import type { CallAggregate } from '../../../src/ports/serving.ts';
import type { Store } from '../../../src/ports/store.ts';
import { allocationFact, capacityFact, workloadFact } from '../../support/facts.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { requestFact, scoreFact, trafficFact } from '../../support/serving-facts.ts';

const T0 = Date.UTC(2026, 9, 14);
const WINDOW = { fromMs: T0, toMs: T0 + DAY_MS };

onEveryEngine('calls and traffic', ({ open, effort }) => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const bring = (name: string, batch: FactBatch) =>
    store.importDataset({ name, kind: 'requests', importedAtMs: T0 }, oneBatch(batch));

  it('come out as they were added up', async () => {
    await bring('a', {
      requests: [
        requestFact('r1', {
          startMs: T0 + 1,
          durationMs: 1234.567,
          tokens: { input: 100, cachedInput: 40, output: 10 },
          labels: { promptName: "it's", step: 'generate' },
          serving: 'api',
          costPicos: 123_456_789_012_345_678_901n,
        }),
        requestFact('r2', { startMs: T0 + 2, error: 'timeout', serving: 'api', costPicos: 1n }),
        requestFact('r3', { startMs: T0 + 2, serving: 'api' }),
      ],
    });
    expect(await store.calls({ window: WINDOW, by: ['endpoint', 'serving'] })).toEqual([
      {
        key: { endpoint: 'chat', serving: 'api' },
        source: 'calls',
        requests: 3,
        errors: 1,
        tokens: { input: 100, cachedInput: 40, cacheWrittenInput: null, output: 10, reasoning: null },
        prefillMicros: null,
        decodeMicros: null,
        queueMicros: null,
        runningRequests: null,
        waitingRequests: null,
        cacheUse: null,
        batchSize: null,
        costPicos: 123_456_789_012_345_678_902n,
        pricedRequests: 2,
      },
    ]);
    const byPrompt = await store.calls({ window: WINDOW, by: ['prompt', 'step', 'hour', 'day'] });
    expect(byPrompt.map(({ key, requests }) => [...Object.values(key), requests])).toEqual([
      ["it's", 'generate', '2026-10-14T00:00:00Z', '2026-10-14', 1],
      ['none', 'none', '2026-10-14T00:00:00Z', '2026-10-14', 2],
    ]);
    const [timed] = await store.latencies({ window: WINDOW, by: ['endpoint'] });
    expect(timed!.duration).toEqual([{ low: 1_230_000, high: 1_239_999, count: 1 }]);
  });

  it('are counted once where a server counts and its calls are traced too', async () => {
    await bring('traces', {
      requests: [
        requestFact('r1', { startMs: T0 + 1, labels: { promptName: 'p' } }),
        requestFact('r2', { startMs: T0 + HOUR_MS + 1 }),
        requestFact('r3', { startMs: T0 + 2, endpoint: 'other' }),
      ],
    });
    await bring('counters', {
      traffic: [trafficFact('pod-a', { startMs: T0, requests: 5, prefillSeconds: 1.5 })],
    });
    const found = await store.calls({ window: WINDOW, by: ['endpoint'] });
    expect(found.map(({ key, source, requests }) => [key['endpoint'], source, requests])).toEqual([
      ['chat', 'calls', 1],
      ['chat', 'counters', 5],
      ['chat', 'labels', 1],
      ['other', 'calls', 1],
    ]);
    expect(found[1]!.prefillMicros).toBe(1_500_000);
  });

  it('add up to what plain sums say, in any order, brought twice, and late', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(anyTraffic, anyCalls, fc.boolean(), async (traffic, calls, isLate) => {
        round += 1;
        const own = round * 10 * DAY_MS;
        const moved = {
          traffic: traffic.map((fact) => ({ ...fact, startMs: fact.startMs + own, endMs: fact.endMs + own })),
          requests: calls.map((fact) => ({
            ...fact,
            requestId: `${round} ${fact.requestId}`,
            startMs: fact.startMs + own,
          })),
        };
        const half = Math.floor(moved.traffic.length / 2);
        if (isLate)
          await bring(`late ${round}`, { traffic: moved.traffic.slice(half), requests: moved.requests });
        await bring(`first ${round}`, isLate ? { traffic: moved.traffic.slice(0, half) } : moved);
        const again = await bring(
          `first ${round}`,
          isLate ? { traffic: moved.traffic.slice(0, half) } : moved,
        );
        expect(again.imported).toBe(0);

        const window = { fromMs: T0 + own, toMs: T0 + own + DAY_MS };
        const found = await store.calls({ window, by: ['endpoint', 'model'] });
        const counted = new Map(moved.traffic.map((fact) => [keyOf(fact), fact]));
        expect(sumOf(found, 'counters')).toEqual(plainSums([...counted.values()]));
        const timed = await store.latencies({ window, by: ['endpoint'] });
        for (const endpoint of ['a', 'b']) {
          const own = [...counted.values()].filter((fact) => fact.endpoint === endpoint);
          const spans = timed.find(
            ({ key, source }) => key['endpoint'] === endpoint && source === 'counters',
          );
          expect(spans?.duration ?? []).toEqual(
            mergeSpans(
              ...own.map(({ latencySeconds }) => spansOf(latencySeconds!, 1_000_000).map(wholeMicros)),
            ),
          );
          const ofCalls = timed.filter(
            ({ key, source }) => key['endpoint'] === endpoint && source !== 'counters',
          );
          expect(mergeSpans(...ofCalls.map(({ duration }) => duration))).toEqual(
            mergeSpans(
              moved.requests
                .filter((fact) => fact.endpoint === endpoint && fact.durationMs !== null)
                .map((fact) => ({ ...spanOfMicros(Math.round(fact.durationMs! * 1000)), count: 1 })),
            ),
          );
        }
      }),
      { numRuns: Math.ceil(15 * effort) },
    );
  });

  it('replace what they were, even where it moved in time, and change no hour of the ledger', async () => {
    await bring('gpus', {
      capacity: [capacityFact('gpu-a', { startMs: T0, endMs: T0 + HOUR_MS })],
      workloads: [workloadFact('w', { name: 'chat', kind: 'inference' })],
      allocations: [allocationFact('w', 'gpu-a', { startMs: T0, endMs: T0 + HOUR_MS })],
    });
    for (const window of await store.staleWindows(WINDOW.toMs)) await store.buildHours(window, WINDOW.toMs);
    await bring('a', { requests: [requestFact('r1', { startMs: T0 })] });
    await bring('b', {
      requests: [requestFact('r1', { startMs: T0 + 5 * HOUR_MS, durationMs: 3 })],
      traffic: [trafficFact('pod', { startMs: T0, requests: 1, endpoint: 'x' })],
      scores: [scoreFact('s', { atMs: T0 })],
      revenues: [{ endpoint: 'chat', model: null, fromMs: T0, per1kRequestsPicos: 9n }],
    });
    expect(await store.staleWindows(WINDOW.toMs)).toEqual([]);
    const found = await store.calls({ window: WINDOW, by: ['hour', 'endpoint'] });
    expect(found.map(({ key, requests }) => [key['hour'], key['endpoint'], requests])).toEqual([
      ['2026-10-14T00:00:00Z', 'x', 1],
      ['2026-10-14T05:00:00Z', 'chat', 1],
    ]);
    expect(await store.revenues()).toEqual([
      { endpoint: 'chat', model: null, fromMs: T0, per1kRequestsPicos: 9n },
    ]);
    const [dataset] = (await store.datasets()).filter(({ name }) => name === 'b');
    expect(dataset).toMatchObject({ facts: 4, firstMs: T0, lastMs: T0 + 5 * HOUR_MS });
    await store.removeDataset('b');
    expect(await store.calls({ window: WINDOW, by: [] })).toEqual([]);
  });

  it('are judged by scores that name them, or the prompt', async () => {
    await bring('a', {
      requests: [requestFact('r1', { startMs: T0, labels: { promptVersion: '2', step: 'judge' } })],
      scores: [
        scoreFact('s1', { atMs: T0, requestId: 'r1', value: 0.8 }),
        scoreFact('s2', { atMs: T0, endpoint: 'chat', promptVersion: '2', value: 0.7999 }),
        scoreFact('s3', { atMs: T0, endpoint: 'chat', promptVersion: '1', value: -3, name: 'tone' }),
      ],
    });
    const bars = [{ score: 'helpfulness', limit: 0.8, isCeiling: false }];
    expect(await store.scores({ window: WINDOW, by: ['endpoint', 'promptVersion'], bars })).toEqual([
      { key: { endpoint: 'chat', promptVersion: '1' }, name: 'tone', scored: 1, mean: -3, passed: null },
      {
        key: { endpoint: 'chat', promptVersion: '2' },
        name: 'helpfulness',
        scored: 2,
        mean: 0.79995,
        passed: 1,
      },
    ]);
    const [judged] = await store.scores({ window: WINDOW, by: ['step'], bars: [] });
    expect(judged).toMatchObject({ key: { step: 'judge' }, scored: 1, passed: null });
  });

  it('are the same by the hour, as they are kept, and in hours that the window breaks', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(anyTraffic, anyWindow, async (traffic, minutes) => {
        round += 1;
        const own = T0 + round * 10 * DAY_MS;
        const moved = traffic.map((fact, index) => ({
          ...fact,
          startMs: fact.startMs - T0 + own,
          endMs: fact.endMs - T0 + own,
          runningRequests: index % 3 === 0 ? null : index,
        }));
        await bring(`round ${round}`, { traffic: moved });
        const window = { fromMs: own + minutes.from * MINUTE_MS, toMs: own + minutes.to * MINUTE_MS };
        const inside = moved.filter(({ startMs }) => window.fromMs <= startMs && startMs < window.toMs);

        const found = await store.calls({ window, by: ['hour', 'endpoint'] });
        expect(sumOf(found, 'counters')).toEqual(plainSums(inside));
        const [all] = await store.calls({ window, by: [] });
        expect(all?.runningRequests ?? null).toEqual(meanOf(inside.map((fact) => fact.runningRequests)));
        const [timed] = await store.latencies({ window, by: [] });
        expect(timed?.duration ?? []).toEqual(
          mergeSpans(...inside.map(({ latencySeconds }) => spansOf(latencySeconds!, 1e6).map(wholeMicros))),
        );
        const peaks = await store.servingPeaks(window);
        expect(peaks.map(({ endpoint, requestsPerHour }) => [endpoint, requestsPerHour])).toEqual(
          busiestMinutes(inside),
        );
      }),
      { numRuns: Math.ceil(15 * effort) },
    );
  });

  it('have a busiest slot', async () => {
    const slot = (replica: string, minute: number, requests: number) =>
      trafficFact(replica, { startMs: T0 + minute * MINUTE_MS, requests });
    await bring('a', {
      traffic: [slot('p1', 0, 3), slot('p2', 0, 4), slot('p1', 1, 6), slot('p1', 2, 0), slot('p2', 2, 0)],
      requests: [0, 1, 60_000].map((ms) => requestFact(`r${ms}`, { startMs: T0 + ms, endpoint: 'api' })),
    });
    expect(await store.servingPeaks(WINDOW)).toEqual([
      {
        endpoint: 'api',
        requestsPerHour: 120,
        busiestReplicaPerHour: null,
        replicas: null,
        replicaHours: null,
      },
      {
        endpoint: 'chat',
        requestsPerHour: 420,
        busiestReplicaPerHour: 360,
        replicas: 5 / 3,
        replicaHours: 5 / 60,
      },
    ]);
  });
});

const anyHistogram = fc
  .tuple(fc.constantFrom([0.3, 1, 10], [0.5, 1]), fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }))
  .map(([upperBounds, counts]) => ({ upperBounds, counts: counts.slice(0, upperBounds.length + 1), sum: 1 }));

const anyTraffic = fc
  .array(
    fc
      .record({
        endpoint: fc.constantFrom('a', 'b'),
        model: fc.constantFrom('m', 'n'),
        replica: fc.constantFrom('p', 'q'),
        minute: fc.nat(100),
        requests: fc.nat(100),
        prefillSeconds: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
        input: fc.option(fc.nat(10_000)),
        latencySeconds: anyHistogram,
      })
      .map(({ minute, input, replica, ...rest }) =>
        trafficFact(replica, { ...rest, startMs: T0 + minute * MINUTE_MS, tokens: { input } }),
      ),
    { maxLength: 12 },
  )
  .map((facts) => [...new Map(facts.map((fact) => [keyOf(fact), fact])).values()]);

/** Minutes within four hours. */
const anyWindow = fc
  .tuple(fc.nat(120), fc.integer({ min: 1, max: 120 }), fc.boolean())
  .map(([from, length, isWhole]) => (isWhole ? { from: 0, to: 120 } : { from, to: from + length }));

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function busiestMinutes(traffic: readonly TrafficFact[]): (string | number)[][] {
  const minutes = new Map<string, number>();
  for (const { endpoint, startMs, requests } of traffic) {
    const slot = `${endpoint} ${startMs}`;
    minutes.set(slot, (minutes.get(slot) ?? 0) + requests);
  }
  return ['a', 'b'].flatMap((endpoint) => {
    const own = [...minutes].filter(([slot]) => slot.startsWith(`${endpoint} `)).map(([, count]) => count);
    return own.length === 0 ? [] : [[endpoint, Math.max(...own) * 60]];
  });
}

const anyCalls = fc
  .array(
    fc.record({
      endpoint: fc.constantFrom('a', 'b'),
      atMs: fc.nat(DAY_MS - 1),
      durationMs: fc.option(fc.double({ min: 0, max: 1e7, noNaN: true })),
    }),
    { maxLength: 12 },
  )
  .map((calls) =>
    calls.map(({ atMs, ...rest }, index) => requestFact(`r${index}`, { ...rest, startMs: T0 + atMs })),
  );

function keyOf({ endpoint, model, replica, startMs }: TrafficFact): string {
  return [endpoint, model, replica, startMs].join(' ');
}

function wholeMicros(span: Spans[number]): Spans[number] {
  return { ...span, low: Math.round(span.low), high: Math.round(span.high) };
}

type Sums = Readonly<{ requests: number; input: number | null; prefillMicros: number | null }>;

function sumOf(found: readonly CallAggregate[], source: string): Sums {
  const own = found.filter((aggregate) => aggregate.source === source);
  return {
    requests: own.reduce((sum, { requests }) => sum + requests, 0),
    input: total(own.map(({ tokens }) => tokens.input)),
    prefillMicros: total(own.map(({ prefillMicros }) => prefillMicros)),
  };
}

function plainSums(facts: readonly TrafficFact[]): Sums {
  return {
    requests: facts.reduce((sum, { requests }) => sum + requests, 0),
    input: total(facts.map(({ tokens }) => tokens.input)),
    prefillMicros: total(
      facts.map(({ prefillSeconds }) => (prefillSeconds === null ? null : Math.round(prefillSeconds * 1e6))),
    ),
  };
}

function total(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

async function* oneBatch(batch: FactBatch): AsyncIterable<FactBatch> {
  yield batch;
}
