import type { TraceFigures } from './trace-figures.ts';

export type PackingSimulation = Readonly<{
  policy: string;
  seeds: readonly number[];
  demand: number;
  nodes: number;
  gpus: number;
  /** Allocated once as much was asked for as there is, mean over seeds; `null` when it never came to that. */
  allocationPercentAtFullDemand: number | null;
  allocationPercent: number;
  /** Free and of no use to the typical pod. */
  fragmentationPercent: number;
  perSeed: readonly Readonly<{
    seed: number;
    arrived: number;
    placed: number;
    allocationPercentAtFullDemand: number | null;
    allocationPercent: number;
    fragmentationPercent: number;
  }>[];
  trace: TraceFigures;
}>;

export type PackingReplay = Readonly<{
  policy: string;
  seeds: readonly number[];
  nodes: number;
  gpus: number;
  /** Means over seeds. */
  placed: number;
  turnedAway: number;
  peakNodes: number;
  peakNodeGpus: number;
  peakPodGpus: number;
  nodeGpuHours: number;
  podGpuHours: number;
  /** Of the node hours, at the stated prices; `null` when a model that was used has none. */
  estimatedCost: string | null;
  perSeed: readonly Readonly<{
    seed: number;
    placed: number;
    turnedAway: number;
    peakNodes: number;
    peakNodeGpus: number;
    peakPodGpus: number;
    nodeGpuHours: number;
    podGpuHours: number;
    estimatedCost: string | null;
  }>[];
  trace: TraceFigures;
}>;
