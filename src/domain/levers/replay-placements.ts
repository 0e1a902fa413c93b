import { createChance } from '../simulation/chance.ts';
import { createCluster, type Placement } from '../simulation/packing/cluster.ts';
import { createPolicy, type PackingPolicy } from '../simulation/packing/policies/policies.ts';
import { Scheduler } from '../simulation/packing/scheduler.ts';
import { findTypicalPods } from '../simulation/packing/typical-pods.ts';
import {
  distinguishSpecs,
  gpuMilliOf,
  type PackingPod,
  WHOLE_GPU_MILLI,
} from '../simulation/packing/workload.ts';
import { type EpochMs, HOUR_MS } from '../time/window.ts';
import { type HeldPod, hoursTouched, type PaidNode, type PlacedFleet } from './packed-nodes.ts';

/** The node that each pod would have gone to, in the order of the pods; `null` when one of them found no room. */
export type NewPlaces = readonly PaidNode[] | null;

/**
 * Places what was held as it came, by another policy, on the nodes that were there: nothing is moved later, and a pod only goes to a
 * node that was paid for as long as the pod stayed. A replay that turns work away frees nothing, so there is no partial answer.
 */
export function replayPlacements({ nodes, pods }: PlacedFleet, policy: PackingPolicy): NewPlaces {
  const asked = pods.map(toPackingPod);
  const cluster = createCluster(nodes.map(toPackingNode), [...nodes.keys()]);
  const kinds = distinguishSpecs(asked);
  const typical = findTypicalPods(distinguishSpecs(asked.toSorted((a, b) => (a.name < b.name ? -1 : 1))));
  const chance = createChance(0, 'policy');
  const parts = { cluster, specs: kinds.specs, typical, chance };
  const scheduler = new Scheduler(cluster, kinds.specs, createPolicy[policy](parts), chance);
  const isPaid = paidThroughout(nodes, pods);
  const replicas = nodes.map(() => new Set<number>());
  const placements = new Map<number, Placement>();

  for (const { pod, isArrival } of eventsOf(pods)) {
    const held = pods[pod]!;
    const spec = kinds.specOf[pod]!;
    if (isArrival) {
      const mayTake = (node: number) => isPaid(node, held) && mayJoin(held, replicas[node]!, pods);
      const placement = scheduler.place(spec, 0, mayTake);
      if (!placement) return null;
      placements.set(pod, placement);
      if (held.endpoint !== null) replicas[placement.node]!.add(pod);
    } else {
      const placement = placements.get(pod)!;
      scheduler.release(placement, spec, 0);
      replicas[placement.node]!.delete(pod);
    }
  }
  return pods.map((_, pod) => nodes[placements.get(pod)!.node]!);
}

/** CPU and memory go with the GPUs: who holds a quarter of a machine's GPUs has a quarter of the rest. */
function toPackingNode({ name, gpus }: PaidNode) {
  return { name, gpus, cpuMilli: gpus * WHOLE_GPU_MILLI, memoryMib: 0, model: null };
}

function toPackingPod({ name, gpus, gpuMilli }: HeldPod): PackingPod {
  return { name, gpus, gpuMilli, cpuMilli: gpuMilliOf({ gpus, gpuMilli }), memoryMib: 0, models: [] };
}

/** Replicas of one endpoint that stood on several nodes go to several: what fails together must not come together. */
function mayJoin(
  { endpoint, node }: HeldPod,
  replicas: ReadonlySet<number>,
  pods: readonly HeldPod[],
): boolean {
  if (endpoint === null) return true;
  return [...replicas].every((other) => pods[other]!.endpoint !== endpoint || pods[other]!.node === node);
}

/** Counts of paid hours up to each hour, so that a stay of any length is two look-ups. */
function paidThroughout(nodes: readonly PaidNode[], pods: readonly HeldPod[]) {
  const firstMs = pods.reduce((first, { startMs }) => Math.min(first, startMs), Number.POSITIVE_INFINITY);
  const lastMs = pods.reduce((last, { endMs }) => Math.max(last, endMs), 0);
  const hours = pods.length === 0 ? [] : hoursTouched({ startMs: firstMs, endMs: lastMs });
  const positionOf = new Map<EpochMs, number>(hours.map((hourMs, position) => [hourMs, position]));
  const paidUpTo = nodes.map(({ paidHours }) => {
    const counts = new Int32Array(hours.length + 1);
    for (const [position, hourMs] of hours.entries())
      counts[position + 1] = counts[position]! + (paidHours.has(hourMs) ? 1 : 0);
    return counts;
  });
  return (node: number, { startMs, endMs }: HeldPod): boolean => {
    const from = positionOf.get(Math.floor(startMs / HOUR_MS) * HOUR_MS)!;
    const to = Math.ceil((endMs - hours[0]!) / HOUR_MS);
    return paidUpTo[node]![to]! - paidUpTo[node]![from]! === to - from;
  };
}

type Event = Readonly<{ atMs: EpochMs; pod: number; isArrival: boolean }>;

/** Those that leave at an instant leave before others come; of those that come together the largest first, as a gang would be. */
function eventsOf(pods: readonly HeldPod[]): Event[] {
  const events = pods.flatMap(({ startMs, endMs }, pod): Event[] => [
    { atMs: startMs, pod, isArrival: true },
    { atMs: endMs, pod, isArrival: false },
  ]);
  const size = ({ pod }: Event) => gpuMilliOf(pods[pod]!);
  return events.sort(
    (a, b) =>
      a.atMs - b.atMs ||
      Number(a.isArrival) - Number(b.isArrival) ||
      size(b) - size(a) ||
      (pods[a.pod]!.name < pods[b.pod]!.name ? -1 : 1),
  );
}
