import { createChance } from '../chance.ts';
import { drawArrivals } from './arrivals.ts';
import { createCluster } from './cluster.ts';
import { createFragmentation } from './fragmentation.ts';
import { createPolicy, type PackingPolicy } from './policies/policies.ts';
import { Scheduler } from './scheduler.ts';
import { findTypicalPods } from './typical-pods.ts';
import { distinguishSpecs, gpuMilliOf, type PackingNode, type PackingPod } from './workload.ts';

export type PackingInput = Readonly<{
  nodes: readonly PackingNode[];
  pods: readonly PackingPod[];
  policy: PackingPolicy;
  /** What is asked for in all, as a multiple of the GPUs there are. */
  demand: number;
  seed: number;
}>;

/** Fractions 0–1 of all GPUs. */
export type PackingOutcome = Readonly<{
  seed: number;
  arrived: number;
  placed: number;
  /** Allocated when as much had been asked for as there is; `null` when it never came to that. */
  allocationAtFullDemand: number | null;
  allocation: number;
  /** Free, and of no use to the typical pod. */
  fragmentation: number;
}>;

/** Pods arrive one by one and stay; one that finds no room is turned away. */
export function runPacking({ nodes, pods, policy, demand, seed }: PackingInput): PackingOutcome {
  const order = nodes.map((_, index) => index);
  createChance(seed, 'nodes').shuffle(order);
  const cluster = createCluster(nodes, order);
  const podSpecs = distinguishSpecs(pods.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  const typical = findTypicalPods(podSpecs);
  const { specs, specOf } = distinguishSpecs(pods);
  const chance = createChance(seed, 'policy');
  const scheduler = new Scheduler(
    cluster,
    specs,
    createPolicy[policy]({ cluster, specs, typical, chance }),
    chance,
  );

  const arrivals = drawArrivals(pods, cluster.capacityMilli, demand, seed);
  let askedMilli = 0;
  let allocatedMilli = 0;
  let placed = 0;
  let allocationAtFullDemand: number | null = null;
  for (const pod of arrivals) {
    const milli = gpuMilliOf(pods[pod]!);
    askedMilli += milli;
    if (scheduler.place(specOf[pod]!, pods[pod]!.memoryMib)) {
      allocatedMilli += milli;
      placed += 1;
    }
    if (allocationAtFullDemand === null && askedMilli >= cluster.capacityMilli)
      allocationAtFullDemand = allocatedMilli / cluster.capacityMilli;
  }

  const fragmentation = createFragmentation(cluster, typical);
  let fragmentedMilli = 0;
  for (let node = 0; node < nodes.length; node++) fragmentedMilli += fragmentation.of(node);
  return {
    seed,
    arrived: arrivals.length,
    placed,
    allocationAtFullDemand,
    allocation: allocatedMilli / cluster.capacityMilli,
    fragmentation: fragmentedMilli / cluster.capacityMilli,
  };
}
