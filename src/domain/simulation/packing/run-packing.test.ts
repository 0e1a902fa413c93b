import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createChance } from '../chance.ts';
import { createCluster, type Placement } from './cluster.ts';
import { createPolicy, PACKING_POLICIES } from './policies/policies.ts';
import { runPacking } from './run-packing.ts';
import { Scheduler } from './scheduler.ts';
import { findTypicalPods } from './typical-pods.ts';
import { distinguishSpecs, gpuMilliOf, type PackingNode, type PackingPod } from './workload.ts';

const anyNode = fc.record({
  cpuMilli: fc.integer({ min: 1, max: 16 }).map((cores) => cores * 1000),
  memoryMib: fc.integer({ min: 1, max: 64 }).map((gib) => gib * 1024),
  gpus: fc.integer({ min: 1, max: 8 }),
  model: fc.constantFrom('T4', 'A10', null),
});
const anyPod = fc.record({
  cpuMilli: fc.integer({ min: 0, max: 8 }).map((cores) => cores * 1000),
  memoryMib: fc.integer({ min: 0, max: 16 }).map((gib) => gib * 1024),
  ask: fc.constantFrom([0, 0], [1, 1000], [1, 250], [1, 500], [1, 810], [2, 1000], [8, 1000]),
  models: fc.constantFrom([], ['T4'], ['A10', 'T4']),
});
const anyNodes: fc.Arbitrary<PackingNode[]> = fc
  .array(anyNode, { minLength: 1, maxLength: 6 })
  .map((nodes) => nodes.map((node, n) => ({ ...node, name: `node-${n}` })));
const anyPods: fc.Arbitrary<PackingPod[]> = fc
  .array(anyPod, { minLength: 1, maxLength: 40 })
  .map((pods) =>
    pods.map(({ ask, ...pod }, n) => ({ ...pod, gpus: ask[0]!, gpuMilli: ask[1]!, name: `pod-${n}` })),
  );

describe.each(PACKING_POLICIES)('%s', (policy) => {
  it('never gives out more than there is, and gets all of it back', () => {
    fc.assert(
      fc.property(anyNodes, anyPods, (nodes, pods) => {
        const cluster = createCluster(nodes, [...nodes.keys()]);
        const { specs, specOf } = distinguishSpecs(pods);
        const typical = findTypicalPods({ specs, specOf });
        const chance = createChance(1, 'test');
        const scheduler = new Scheduler(
          cluster,
          specs,
          createPolicy[policy]({ cluster, specs, typical, chance }),
          chance,
        );
        const placed: [number, Placement][] = [];
        for (const [pod, { memoryMib }] of pods.entries()) {
          const placement = scheduler.place(specOf[pod]!, memoryMib);
          if (!placement) continue;
          placed.push([pod, placement]);
          const { models } = pods[pod]!;
          if (models.length > 0) expect(models).toContain(nodes[placement.node]!.model);
        }
        for (const free of [cluster.freeGpuMilli, cluster.freeCpuMilli, cluster.freeMemoryMib])
          expect(Math.min(...free)).toBeGreaterThanOrEqual(0);
        const held = placed.reduce((sum, [pod]) => sum + gpuMilliOf(pods[pod]!), 0);
        const free = cluster.freeGpuMilli.reduce((sum, milli) => sum + milli, 0);
        expect(held + free).toBe(cluster.capacityMilli);
        expect(cluster.nodeFreeMilli.reduce((sum, milli) => sum + milli, 0)).toBe(free);

        for (const [pod, placement] of placed)
          scheduler.release(placement, specOf[pod]!, pods[pod]!.memoryMib);
        const empty = createCluster(nodes, [...nodes.keys()]);
        expect(cluster.freeGpuMilli).toEqual(empty.freeGpuMilli);
        expect(cluster.freeCpuMilli).toEqual(empty.freeCpuMilli);
        expect(cluster.freeMemoryMib).toEqual(empty.freeMemoryMib);
      }),
      { numRuns: 60 },
    );
  });

  it('turns a pod away only when no node has room', () => {
    const nodes = [{ name: 'a', cpuMilli: 4000, memoryMib: 10, gpus: 2, model: null }];
    const pods = [{ name: 'p', cpuMilli: 1000, memoryMib: 1, gpus: 1, gpuMilli: 500, models: [] }];
    const outcome = runPacking({ nodes, pods, policy, demand: 2, seed: 1 });
    expect(outcome).toMatchObject({ arrived: 8, placed: 4, allocation: 1, allocationAtFullDemand: 1 });
  });

  it('does the same with the same seed, whatever the order of the file', () => {
    fc.assert(
      fc.property(anyNodes, anyPods, (nodes, pods) => {
        const once = runPacking({ nodes, pods, policy, demand: 1.3, seed: 42 });
        expect(runPacking({ nodes, pods: pods.toReversed(), policy, demand: 1.3, seed: 42 })).toEqual(once);
      }),
      { numRuns: 15 },
    );
  });
});

test('a pod that may run anywhere leaves the model alone that others depend on', () => {
  const nodes = ['T4', 'G2'].map((model) => ({
    name: model,
    cpuMilli: 64_000,
    memoryMib: 9,
    gpus: 8,
    model,
  }));
  const anywhere = { cpuMilli: 1000, memoryMib: 0, gpus: 1, gpuMilli: 1000, models: [] };
  const pods = Array.from({ length: 10 }, (_, n) => ({
    ...anywhere,
    name: `p${n}`,
    models: n < 4 ? ['T4'] : [],
  }));
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const cluster = createCluster(nodes, order);
    const podSpecs = distinguishSpecs(pods);
    const chance = createChance(1, 'test');
    const typical = findTypicalPods(podSpecs);
    const policy = createPolicy.tare({ cluster, specs: podSpecs.specs, typical, chance });
    const scheduler = new Scheduler(cluster, podSpecs.specs, policy, chance);
    const placement = scheduler.place(podSpecs.specOf[9]!, 0);
    expect(cluster.names[placement!.node]).toBe('G2');
  }
});
