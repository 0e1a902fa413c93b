import { describe, expect, it, test } from 'vitest';
import { type Cluster, createCluster } from './cluster.ts';
import { createFragmentation } from './fragmentation.ts';
import { findTypicalPods } from './typical-pods.ts';
import { distinguishSpecs, type PackingPod } from './workload.ts';

function clusterOf(freeGpus: readonly number[], cpuMilli: number, model: string | null = 'T4'): Cluster {
  const node = { name: 'n', cpuMilli, memoryMib: 1, gpus: freeGpus.length, model };
  const cluster = createCluster([node], [0]);
  cluster.freeGpuMilli.set(freeGpus);
  return cluster;
}

function typical(...pods: readonly (Partial<PackingPod> & { weight: number })[]) {
  return pods.map(({ cpuMilli = 1000, gpus = 1, gpuMilli = 1000, models = [], weight }) => ({
    cpuMilli,
    gpus,
    gpuMilli,
    models,
    weight,
  }));
}

describe('what no typical pod could use', () => {
  test.each([
    { name: 'nothing, of an empty GPU', free: [1000], cpu: 4000, pod: {}, wasted: 0 },
    { name: 'the leftover too small for it', free: [1000, 300], cpu: 4000, pod: {}, wasted: 300 },
    { name: 'everything, without CPU', free: [1000, 300], cpu: 500, pod: {}, wasted: 1300 },
    {
      name: 'everything, of another model',
      free: [1000, 300],
      cpu: 4000,
      pod: { models: ['A10'] },
      wasted: 1300,
    },
    { name: 'everything, when it wants two', free: [1000, 300], cpu: 4000, pod: { gpus: 2 }, wasted: 1300 },
    {
      name: 'everything, when it wants none',
      free: [1000, 300],
      cpu: 4000,
      pod: { gpus: 0, gpuMilli: 0 },
      wasted: 1300,
    },
    { name: 'nothing, of a fraction that fits', free: [300], cpu: 4000, pod: { gpuMilli: 300 }, wasted: 0 },
  ])('is $name', ({ free, cpu, pod, wasted }) => {
    const fragmentation = createFragmentation(clusterOf(free, cpu), typical({ ...pod, weight: 1 }));
    expect(fragmentation.of(0)).toBe(wasted);
  });

  it('is averaged by how common the pods are', () => {
    const pods = typical({ weight: 0.75 }, { gpuMilli: 200, weight: 0.25 });
    expect(createFragmentation(clusterOf([1000, 300], 9000), pods).of(0)).toBe(0.75 * 300);
  });

  it('counts GPUs that the CPU does not reach, as far as they are weighed', () => {
    const pods = typical({ cpuMilli: 4000, weight: 1 });
    const cluster = clusterOf([1000, 1000, 1000], 4000);
    expect(createFragmentation(cluster, pods).of(0)).toBe(0);
    expect(createFragmentation(cluster, pods, 0.5).of(0)).toBe(0.5 * 2000);
  });

  it('is foreseen for a placement, without making it', () => {
    const cluster = clusterOf([1000, 1000], 9000);
    const fragmentation = createFragmentation(cluster, typical({ weight: 1 }));
    expect(fragmentation.after(0, 1000, 1, 700, 0)).toBe(300);
    expect(fragmentation.after(0, 1000, 0, 0, 1)).toBe(0);
    expect([...cluster.freeGpuMilli]).toEqual([1000, 1000]);
  });
});

test('typical pods are the commonest kinds, up to 95 % of all', () => {
  const kinds = [...Array(90).fill(1000), ...Array(6).fill(500), ...Array(4).fill(100)] as number[];
  const pods = kinds.map((gpuMilli, n) => ({
    name: `${n}`,
    cpuMilli: 1000,
    memoryMib: n,
    gpus: 1,
    gpuMilli,
    models: [],
  }));
  const found = findTypicalPods(distinguishSpecs(pods));
  expect(found.map(({ gpuMilli, weight }) => [gpuMilli, weight])).toEqual([
    [1000, 90 / 96],
    [500, 6 / 96],
  ]);
});
