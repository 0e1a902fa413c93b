import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PACKING_POLICIES } from './policies/policies.ts';
import { replayPods, type TimedPod } from './replay-pods.ts';

const NODES = ['a', 'b', 'c'].map((name) => ({ name, cpuMilli: 8000, memoryMib: 100, gpus: 2, model: 'T4' }));

function pod(name: string, from: number, to: number | null, gpuMilli = 1000): TimedPod {
  return {
    name,
    cpuMilli: 1000,
    memoryMib: 1,
    gpus: 1,
    gpuMilli,
    models: [],
    createdSeconds: from,
    deletedSeconds: to,
  };
}

describe('pods that come and go', () => {
  it('need no more nodes than they fill at one time', () => {
    const pods = [pod('p1', 0, 3600), pod('p2', 0, 3600), pod('p3', 3600, 7200), pod('p4', 3600, 7200)];
    const outcome = replayPods({ nodes: NODES, pods, policy: 'best-fit', seed: 1 });
    expect(outcome).toMatchObject({
      placed: 4,
      turnedAway: 0,
      peakNodes: 1,
      peakNodeGpus: 2,
      peakPodGpus: 2,
    });
    expect(outcome.nodeGpuHours).toBe(4);
    expect(outcome.podGpuHours).toBe(4);
  });

  it('stay to the end of the trace without a time of deletion', () => {
    const outcome = replayPods({
      nodes: NODES,
      pods: [pod('p1', 0, null), pod('p2', 0, 7200)],
      policy: 'fgd',
      seed: 1,
    });
    expect(outcome.podGpuHours).toBe(4);
  });

  it('are turned away when nothing is free', () => {
    const pods = Array.from({ length: 7 }, (_, n) => pod(`p${n}`, n, 100));
    expect(replayPods({ nodes: NODES, pods, policy: 'fgd', seed: 1 })).toMatchObject({
      placed: 6,
      turnedAway: 1,
    });
  });
});

it.each(PACKING_POLICIES)('%s: nodes are paid for at least the time that pods ask of them', (policy) => {
  const anyPods = fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 50 }),
        fc.constantFrom(250, 700, 1000),
      ),
      {
        minLength: 1,
        maxLength: 40,
      },
    )
    .map((list) => list.map(([from, lasts, milli], n) => pod(`p${n}`, from, from + lasts, milli)));
  fc.assert(
    fc.property(anyPods, (pods) => {
      const outcome = replayPods({ nodes: NODES, pods, policy, seed: 7 });
      expect(outcome.placed + outcome.turnedAway).toBe(pods.length);
      expect(outcome.nodeGpuHours).toBeGreaterThanOrEqual(outcome.podGpuHours - 1e-9);
      expect(outcome.peakNodeGpus).toBeGreaterThanOrEqual(outcome.peakPodGpus);
      expect(replayPods({ nodes: NODES, pods: pods.toReversed(), policy, seed: 7 })).toEqual(outcome);
    }),
    { numRuns: 30 },
  );
});
