import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fitBatchTime } from './batch-time.ts';
import { type BatchingRules, TAKE_ALL } from './batching-rules.ts';
import { solveBulkService } from './bulk-service-queue.ts';
import { simulateContinuousBatching } from './continuous-batching.ts';
import { findCheapestDelay } from './find-cheapest-delay.ts';
import { poissonArrivals } from './poisson-arrivals.ts';
import { simulateBatches, simulateClients } from './simulate-batches.ts';

/** ResNet-50 in mixed precision on a V100, and in INT8 on a P4 (Inoue 2021). */
const V100 = { perRequestMs: 0.1438, fixedMs: 1.8874 };
const P4 = { perRequestMs: 0.5833, fixedMs: 1.4284 };

describe('a server that takes all who wait', () => {
  test.each([
    { gpu: 'V100', time: V100, load: 0.1, published: 3.146 },
    { gpu: 'V100', time: V100, load: 0.2, published: 3.687 },
    { gpu: 'V100', time: V100, load: 0.3, published: 4.225 },
    { gpu: 'V100', time: V100, load: 0.5, published: 5.902 },
    { gpu: 'V100', time: V100, load: 0.7, published: 9.818 },
    { gpu: 'V100', time: V100, load: 0.9, published: 29.408 },
    { gpu: 'P4', time: P4, load: 0.1, published: 2.4211 },
    { gpu: 'P4', time: P4, load: 0.2, published: 2.9329 },
    { gpu: 'P4', time: P4, load: 0.3, published: 3.5345 },
    { gpu: 'P4', time: P4, load: 0.5, published: 5.1846 },
  ])('$gpu at load $load: a mean wait of $published ms', ({ time, load, published }) => {
    const figures = solveBulkService(time, load / time.perRequestMs)!;
    expect(Math.abs(figures.meanWaitMs / published - 1)).toBeLessThan(0.001);
    expect(figures.boundMs).toBeGreaterThanOrEqual(figures.meanWaitMs - 1e-9);
    expect(figures.throughputPerMs).toBeCloseTo(load / time.perRequestMs, 9);
  });

  it('is busy nearly all the time at a fifth of what it can do: busy time sizes nothing', () => {
    expect(solveBulkService(V100, 0.2 / V100.perRequestMs)!.busyFraction).toBeCloseTo(0.988, 3);
    expect(solveBulkService(V100, 0.9 / V100.perRequestMs)!.busyFraction).toBeCloseTo(1, 6);
  });

  it('never catches up from a load of 1 on', () => {
    expect(solveBulkService(V100, 1 / V100.perRequestMs)).toBeNull();
    expect(solveBulkService(V100, 0)).toBeNull();
  });

  it('has a closed form once it is never empty, which continues the exact values', () => {
    const at = (load: number) => solveBulkService(V100, load / V100.perRequestMs)!;
    for (const load of [0.97, 0.99, 0.995, 0.999]) {
      expect(Math.abs(at(load).meanWaitMs / at(load).boundMs - 1)).toBeLessThan(1e-6);
    }
  });

  test.each([0.1, 0.5, 0.9])('is simulated to the same at load %s', (load) => {
    const arrivals = poissonArrivals(400_000, load / V100.perRequestMs, 7);
    const simulated = simulateBatches(arrivals, V100, TAKE_ALL);
    const exact = solveBulkService(V100, load / V100.perRequestMs)!;
    expect(Math.abs(simulated.meanWaitMs / exact.meanWaitMs - 1)).toBeLessThan(0.01);
    expect(Math.abs(simulated.meanBatch / exact.meanBatch - 1)).toBeLessThan(0.01);
    expect(simulated.busyFraction).toBeCloseTo(exact.busyFraction, 2);
  });
});

describe('the replay of a published load test: an A100, two items in each request, batches of at most eight', () => {
  /** Calibrated on two of the measurements: 975 items a second in batches of 2, 3187.8 in batches of 8. */
  const time = { perRequestMs: 0.0764, fixedMs: 1.8985 };
  const rules: BatchingRules = { ...TAKE_ALL, maxBatch: 8, itemsPerRequest: 2 };

  test.each([
    { clients: 2, itemsPerSecond: 998.1, p95Ms: 4.14 },
    { clients: 4, itemsPerSecond: 1765.7, p95Ms: 4.75 },
    { clients: 6, itemsPerSecond: 2518.5, p95Ms: 5.148 },
    { clients: 8, itemsPerSecond: 3095.9, p95Ms: 5.565 },
    { clients: 10, itemsPerSecond: 3182.8, p95Ms: 7.632 },
    { clients: 12, itemsPerSecond: 3181.3, p95Ms: 7.956 },
    { clients: 14, itemsPerSecond: 3184.5, p95Ms: 10.357 },
    { clients: 16, itemsPerSecond: 3187.8, p95Ms: 10.567 },
  ])('$clients clients: $itemsPerSecond items a second within 3 %', ({ clients, itemsPerSecond, p95Ms }) => {
    const figures = simulateClients({ clients, turnaroundMs: 0.05, requests: 20_000 }, time, rules);
    expect(Math.abs((2 * figures.throughputPerSecond) / itemsPerSecond - 1)).toBeLessThan(0.03);
    expect(Math.abs(figures.p95Ms / p95Ms - 1)).toBeLessThan(0.12);
  });

  it('gains more than three times the throughput over no batching at all', () => {
    const loop = { clients: 16, turnaroundMs: 0.05, requests: 20_000 };
    const alone = simulateClients(loop, time, { ...rules, maxBatch: 2 });
    const batched = simulateClients(loop, time, rules);
    expect(batched.throughputPerSecond / alone.throughputPerSecond).toBeCloseTo(3.27, 1);
  });
});

describe('when a batch is sent', () => {
  const time = { perRequestMs: 1, fixedMs: 10 };

  test.each([
    { name: 'at once, without a delay', rules: {}, arrivals: [0, 1], waits: [11, 21] },
    {
      name: 'after the delay of the oldest',
      rules: { maxQueueDelayMs: 5 },
      arrivals: [0, 1],
      waits: [17, 16],
    },
    {
      name: 'as soon as it is full',
      rules: { maxQueueDelayMs: 5, maxBatch: 2 },
      arrivals: [0, 1],
      waits: [13, 12],
    },
    {
      name: 'as soon as a preferred size is there',
      rules: { maxQueueDelayMs: 50, maxBatch: 8, preferredBatches: [2] },
      arrivals: [0, 1, 2],
      waits: [13, 12, 61],
    },
    {
      name: 'in the largest preferred size that can be formed, leaving the rest',
      rules: { maxQueueDelayMs: 0, maxBatch: 8, preferredBatches: [2, 4] },
      arrivals: [0, 1, 1, 1, 1, 1],
      waits: [11, 24, 24, 24, 24, 35],
    },
    {
      name: 'on the first instance that is free',
      rules: { instances: 2 },
      arrivals: [0, 1],
      waits: [11, 11],
    },
  ])('$name', ({ rules, arrivals, waits }) => {
    const figures = simulateBatches(Float64Array.from(arrivals), time, { ...TAKE_ALL, ...rules });
    expect(figures.meanWaitMs).toBeCloseTo(waits.reduce((sum, wait) => sum + wait, 0) / waits.length, 9);
    expect(figures.p99Ms).toBe(Math.max(...waits));
  });
});

const anyRules: fc.Arbitrary<BatchingRules> = fc.record({
  maxBatch: fc.option(fc.integer({ min: 1, max: 16 })),
  preferredBatches: fc.array(fc.integer({ min: 1, max: 16 }), { maxLength: 3 }),
  maxQueueDelayMs: fc.integer({ min: 0, max: 30 }),
  instances: fc.integer({ min: 1, max: 4 }),
  itemsPerRequest: fc.constantFrom(1, 2),
});
const anyArrivals = fc
  .array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 80 })
  .map((times) => Float64Array.from(times).sort());

it('loses no request and does no more work than there is time for', () => {
  fc.assert(
    fc.property(anyArrivals, anyRules, (arrivals, rules) => {
      const time = { perRequestMs: 0.5, fixedMs: 3 };
      const figures = simulateBatches(arrivals, time, rules);
      expect(figures.requests).toBe(arrivals.length);
      const workMs = figures.batches * 3 + arrivals.length * rules.itemsPerRequest * 0.5;
      expect(figures.busyMs).toBeCloseTo(workMs, 6);
      expect(figures.busyFraction).toBeLessThanOrEqual(1 + 1e-9);
      expect(figures.meanBatch * figures.batches).toBeCloseTo(arrivals.length, 6);
      expect(figures.p50Ms).toBeLessThanOrEqual(figures.p99Ms);
      expect(simulateBatches(arrivals, time, rules)).toEqual(figures);
    }),
  );
});

describe('the line through measured batches', () => {
  it('is found again', () => {
    const measured = [1, 2, 4, 8, 64].map((size) => ({ size, ms: 0.25 * size + 2 }));
    const fitted = fitBatchTime(measured)!;
    expect(fitted.perRequestMs).toBeCloseTo(0.25, 9);
    expect(fitted.fixedMs).toBeCloseTo(2, 9);
    expect(fitted.rSquared).toBeCloseTo(1, 9);
  });

  test.each([
    {
      name: 'of one size',
      measured: [
        { size: 4, ms: 1 },
        { size: 4, ms: 2 },
      ],
    },
    {
      name: 'that take less the larger they are',
      measured: [
        { size: 1, ms: 5 },
        { size: 8, ms: 2 },
      ],
    },
    {
      name: 'that would take no time when empty',
      measured: [
        { size: 1, ms: 1 },
        { size: 2, ms: 9 },
      ],
    },
    { name: 'of which there is one', measured: [{ size: 1, ms: 1 }] },
  ])('is none for batches $name', ({ measured }) => {
    expect(fitBatchTime(measured)).toBeNull();
  });
});

describe('the cheapest delay', () => {
  const arrivals = poissonArrivals(20_000, 1.2, 5);
  const time = { perRequestMs: 0.1, fixedMs: 6 };
  const rules = { ...TAKE_ALL, maxBatch: 8 };
  const search = (ms: number, most = 8) =>
    findCheapestDelay(arrivals, time, rules, [0, 2, 4, 8], { percentile: 99, ms }, most);

  it('needs the fewest replicas that keep the target, and keeps it', () => {
    const { best, candidates } = search(20);
    expect(best!.p99Ms).toBeLessThanOrEqual(20);
    for (const { replicas } of candidates)
      if (replicas !== null) expect(replicas).toBeGreaterThanOrEqual(best!.replicas!);
    expect(best!.maxQueueDelayMs).toBeGreaterThan(0);
  });

  it('costs no less when the target is tighter', () => {
    const needed = [12, 16, 20, 40, 80].map((ms) => search(ms).best?.replicas ?? Number.POSITIVE_INFINITY);
    expect(needed).toEqual(needed.toSorted((a, b) => b - a));
  });

  it('is none where no number of replicas keeps the target', () => {
    expect(search(5).best).toBeNull();
    expect(search(5).candidates.every(({ replicas, p99Ms }) => replicas === null && p99Ms === null)).toBe(
      true,
    );
  });
});

describe('continuous batching', () => {
  const time = { fixedMs: 10, perSequenceMs: 1, perPromptTokenMs: 0.1 };
  const requests = (...rows: readonly (readonly [number, number, number])[]) => ({
    arrivalsMs: Float64Array.from(rows, ([at]) => at),
    promptTokens: Float64Array.from(rows, ([, prompt]) => prompt),
    outputTokens: Float64Array.from(rows, ([, , output]) => output),
  });

  it('takes in a prompt with the first token, and one token with each step after', () => {
    const figures = simulateContinuousBatching(requests([0, 100, 3]), time, 8);
    expect(figures.timeToFirstTokenMs.p50).toBe(10 + 1 + 10);
    expect(figures.timePerOutputTokenMs.p50).toBe(11);
    expect(figures.meanWaitMs).toBe(21 + 2 * 11);
  });

  it('lets a request join between two steps, which slows the one that runs', () => {
    const figures = simulateContinuousBatching(requests([0, 0, 3], [5, 0, 1]), time, 8);
    // 11 alone, 12 together, 11 alone; the second came during the first step.
    expect(figures.p99Ms).toBe(34);
    expect(figures.steps).toBe(3);
  });

  it('makes a request wait when all slots are taken', () => {
    const figures = simulateContinuousBatching(requests([0, 0, 2], [0, 0, 1]), time, 1);
    expect(figures.p99Ms).toBe(33);
    expect(figures.meanBatch).toBe(1);
  });

  it('yields every token once, in no less time than its steps take', () => {
    const anyRequests = fc
      .array(
        fc.tuple(
          fc.integer({ min: 0, max: 2000 }),
          fc.integer({ min: 0, max: 500 }),
          fc.integer({ min: 1, max: 60 }),
        ),
        { minLength: 1, maxLength: 40 },
      )
      .map((rows) => requests(...rows.toSorted((a, b) => a[0] - b[0])));
    fc.assert(
      fc.property(anyRequests, fc.integer({ min: 1, max: 8 }), (trace, slots) => {
        const figures = simulateContinuousBatching(trace, time, slots);
        const tokens = trace.outputTokens.reduce((sum, count) => sum + count, 0);
        const prompts = trace.promptTokens.reduce((sum, count) => sum + count, 0);
        expect(figures.meanBatch * figures.steps).toBeCloseTo(tokens, 6);
        expect(figures.meanBatch).toBeLessThanOrEqual(slots);
        expect(figures.busyMs).toBeCloseTo(10 * figures.steps + tokens + 0.1 * prompts, 6);
        expect(figures.busyFraction).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});
