import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Autoscaler } from './autoscaler.ts';
import { createKeda, KEDA_DEFAULTS } from './keda.ts';
import { createKnative, KNATIVE_DEFAULTS } from './knative.ts';
import { createRayServe, RAY_SERVE_DEFAULTS } from './ray-serve.ts';
import { replayAutoscaling } from './replay-autoscaling.ts';

const LIMITS = { least: 0, most: 50 };
const AUTOSCALERS: readonly Readonly<{ name: string; create: () => Autoscaler }>[] = [
  { name: 'Knative', create: () => createKnative({ target: 2, ...KNATIVE_DEFAULTS }, LIMITS) },
  { name: 'KEDA', create: () => createKeda({ target: 1, ...KEDA_DEFAULTS }, LIMITS) },
  { name: 'Ray Serve', create: () => createRayServe({ target: 1, ...RAY_SERVE_DEFAULTS }, LIMITS) },
];
const REPLICA = { concurrencyPerReplica: 1, startSeconds: 20, initialReplicas: 0 };

function requests(...pairs: readonly (readonly [number, number])[]) {
  return {
    arrivalSeconds: Float64Array.from(pairs, ([at]) => at),
    serviceSeconds: Float64Array.from(pairs, ([, takes]) => takes),
  };
}

describe('one request to an endpoint without replicas', () => {
  test.each([
    // A look every 2 s; the window of 60 s empties after the answer, then 30 s of grace.
    { name: 'Knative', waits: 22 },
    // A look every 30 s.
    { name: 'KEDA', waits: 50 },
    // From zero at once, at the next look.
    { name: 'Ray Serve', waits: 21 },
  ])('of $name waits $waits s for the start', ({ name, waits }) => {
    const { create } = AUTOSCALERS.find((one) => one.name === name)!;
    const figures = replayAutoscaling(requests([100, 5]), create(), REPLICA);
    expect(figures).toMatchObject({ requests: 1, starts: 1, coldStarts: 1, peakReplicas: 1 });
    expect(figures.meanQueueSeconds).toBe(waits);
  });
});

describe('a burst', () => {
  const burst = requests(...Array.from({ length: 20 }, (_, n) => [n * 0.1, 60] as const));

  it('is answered by panic in Knative: far more replicas than the stable window asks for', () => {
    const [knative] = AUTOSCALERS;
    const figures = replayAutoscaling(burst, knative!.create(), REPLICA);
    const slow = createKnative({ target: 2, ...KNATIVE_DEFAULTS, panicThreshold: 1e9 }, LIMITS);
    const without = replayAutoscaling(burst, slow, REPLICA);
    expect(figures.peakReplicas).toBeGreaterThan(10);
    expect(figures.p99QueueSeconds).toBeLessThan(without.p99QueueSeconds);
  });

  it('never exceeds the most replicas allowed', () => {
    const bounded = createKnative({ target: 1, ...KNATIVE_DEFAULTS }, { least: 0, most: 3 });
    expect(replayAutoscaling(burst, bounded, REPLICA).peakReplicas).toBe(3);
  });
});

describe('a quiet hour between two requests', () => {
  const far = requests([0, 1], [7200, 1]);

  test.each(AUTOSCALERS)('costs $name less than an hour', ({ create }) => {
    const { replicaHours, coldStarts } = replayAutoscaling(far, create(), REPLICA);
    expect(coldStarts).toBe(2);
    expect(replicaHours).toBeLessThan(1);
  });

  it('is paid for in full where one replica always stays', () => {
    const kept = createKnative({ target: 1, ...KNATIVE_DEFAULTS }, { least: 1, most: 3 });
    const { replicaHours, coldStarts } = replayAutoscaling(far, kept, { ...REPLICA, initialReplicas: 1 });
    expect(coldStarts).toBe(0);
    expect(replicaHours).toBeCloseTo(2, 2);
  });
});

const anyRequests = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 90 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((pairs) => requests(...pairs.toSorted((a, b) => a[0] - b[0])));

test.each(AUTOSCALERS)(
  '$name: every request is served, and no work is done without paid time',
  ({ create }) => {
    fc.assert(
      fc.property(anyRequests, (trace) => {
        const figures = replayAutoscaling(trace, create(), REPLICA);
        const workHours = trace.serviceSeconds.reduce((sum, seconds) => sum + seconds, 0) / 3600;
        expect(figures.requests).toBe(trace.arrivalSeconds.length);
        expect(figures.replicaHours - figures.startingHours).toBeGreaterThanOrEqual(workHours - 1e-9);
        expect(figures.alwaysOnHours).toBeGreaterThanOrEqual(figures.replicaHours - 1e-9);
        expect(figures.meanQueueSeconds).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 40 },
    );
  },
);

test('the same trace gives the same figures', () => {
  const trace = requests([0, 3], [1, 3], [500, 9]);
  const [knative] = AUTOSCALERS;
  expect(replayAutoscaling(trace, knative!.create(), REPLICA)).toEqual(
    replayAutoscaling(trace, knative!.create(), REPLICA),
  );
});
