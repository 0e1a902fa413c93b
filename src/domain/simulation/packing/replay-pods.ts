import { createChance } from '../chance.ts';
import { createCluster, type Placement } from './cluster.ts';
import { createPolicy, type PackingPolicy } from './policies/policies.ts';
import { Scheduler } from './scheduler.ts';
import { findTypicalPods } from './typical-pods.ts';
import { distinguishSpecs, gpuMilliOf, type PackingNode, type PackingPod } from './workload.ts';

/** A pod that comes and goes; seconds on the clock of the trace. */
export type TimedPod = PackingPod &
  Readonly<{
    createdSeconds: number;
    /** `null` stays to the end of the trace. */
    deletedSeconds: number | null;
  }>;

export type ReplayInput = Readonly<{
  nodes: readonly PackingNode[];
  pods: readonly TimedPod[];
  policy: PackingPolicy;
  seed: number;
}>;

export type ReplayOutcome = Readonly<{
  seed: number;
  placed: number;
  turnedAway: number;
  /** Most nodes that held anything at one time: what the fleet could have been cut to. */
  peakNodes: number;
  /** GPUs of those nodes, at the time when these were most. */
  peakNodeGpus: number;
  /** GPUs asked for by the pods that were there, at most. */
  peakPodGpus: number;
  /** GPU time of nodes while they held anything, by model: what would be paid, were empty nodes given back at once. */
  nodeGpuHoursByModel: ReadonlyMap<string | null, number>;
  nodeGpuHours: number;
  /** GPU time that placed pods asked for. */
  podGpuHours: number;
}>;

type Event = Readonly<{ seconds: number; pod: number; isArrival: boolean }>;

/** Replays pods as they came and went; those that leave at an instant leave before others come. One that finds no room is turned away. */
export function replayPods({ nodes, pods, policy, seed }: ReplayInput): ReplayOutcome {
  const order = nodes.map((_, index) => index);
  createChance(seed, 'nodes').shuffle(order);
  const cluster = createCluster(nodes, order);
  const { specs, specOf } = distinguishSpecs(pods);
  const typical = findTypicalPods(distinguishSpecs(pods.toSorted((a, b) => (a.name < b.name ? -1 : 1))));
  const chance = createChance(seed, 'policy');
  const scheduler = new Scheduler(
    cluster,
    specs,
    createPolicy[policy]({ cluster, specs, typical, chance }),
    chance,
  );

  const placements = new Map<number, Placement>();
  const held = new Int32Array(nodes.length);
  const sinceSeconds = new Float64Array(nodes.length);
  const gpuSecondsByModel = new Map<string | null, number>();
  let [usedNodes, usedGpus, podMilli, podMilliSeconds, turnedAway] = [0, 0, 0, 0, 0];
  let [peakNodes, peakNodeGpus, peakPodMilli] = [0, 0, 0];

  const events = eventsOf(pods);
  const endSeconds = events.at(-1)?.seconds ?? 0;
  for (const { seconds, pod, isArrival } of events) {
    if (isArrival) arrive(pod, seconds);
    else leave(pod, seconds);
  }
  for (const pod of [...placements.keys()]) leave(pod, endSeconds);

  function arrive(pod: number, seconds: number): void {
    const placement = scheduler.place(specOf[pod]!, pods[pod]!.memoryMib);
    if (!placement) {
      turnedAway += 1;
      return;
    }
    placements.set(pod, placement);
    if (held[placement.node] === 0) {
      sinceSeconds[placement.node] = seconds;
      usedNodes += 1;
      usedGpus += cluster.gpusOf[placement.node]!;
    }
    held[placement.node]! += 1;
    podMilli += gpuMilliOf(pods[pod]!);
    podMilliSeconds += gpuMilliOf(pods[pod]!) * ((pods[pod]!.deletedSeconds ?? endSeconds) - seconds);
    peakNodes = Math.max(peakNodes, usedNodes);
    peakNodeGpus = Math.max(peakNodeGpus, usedGpus);
    peakPodMilli = Math.max(peakPodMilli, podMilli);
  }

  function leave(pod: number, seconds: number): void {
    const placement = placements.get(pod);
    if (!placement) return;
    placements.delete(pod);
    scheduler.release(placement, specOf[pod]!, pods[pod]!.memoryMib);
    podMilli -= gpuMilliOf(pods[pod]!);
    held[placement.node]! -= 1;
    if (held[placement.node]! > 0) return;
    const gpus = cluster.gpusOf[placement.node]!;
    usedNodes -= 1;
    usedGpus -= gpus;
    const model = cluster.models[cluster.modelOf[placement.node]!]!;
    const gpuSeconds = gpus * (seconds - sinceSeconds[placement.node]!);
    gpuSecondsByModel.set(model, (gpuSecondsByModel.get(model) ?? 0) + gpuSeconds);
  }

  const nodeGpuHoursByModel = new Map(
    [...gpuSecondsByModel].map(([model, gpuSeconds]) => [model, gpuSeconds / 3600]),
  );
  return {
    seed,
    placed: pods.length - turnedAway,
    turnedAway,
    peakNodes,
    peakNodeGpus,
    peakPodGpus: peakPodMilli / 1000,
    nodeGpuHoursByModel,
    nodeGpuHours: [...nodeGpuHoursByModel.values()].reduce((sum, hours) => sum + hours, 0),
    podGpuHours: podMilliSeconds / 3_600_000,
  };
}

function eventsOf(pods: readonly TimedPod[]): readonly Event[] {
  const events: Event[] = [];
  for (const [pod, { createdSeconds, deletedSeconds }] of pods.entries()) {
    events.push({ seconds: createdSeconds, pod, isArrival: true });
    if (deletedSeconds !== null) events.push({ seconds: deletedSeconds, pod, isArrival: false });
  }
  return events.sort(
    (a, b) =>
      a.seconds - b.seconds ||
      Number(a.isArrival) - Number(b.isArrival) ||
      compare(pods[a.pod]!.name, pods[b.pod]!.name),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
