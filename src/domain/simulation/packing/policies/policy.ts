import type { Chance } from '../../chance.ts';
import { type Cluster, emptyGpus } from '../cluster.ts';
import type { TypicalPod } from '../typical-pods.ts';
import { type PodSpec, WHOLE_GPU_MILLI } from '../workload.ts';

/** What a policy is made for: one cluster, the kinds of pods that will come, and its own chance. */
export type PolicyParts = Readonly<{
  cluster: Cluster;
  specs: readonly PodSpec[];
  typical: readonly TypicalPod[];
  chance: Chance;
}>;

/** Chooses where a pod goes. Nodes are only ever asked about when the pod fits there. */
export type Policy = Readonly<{
  /**
   * How good a node is for a kind of pod, larger is better; the first of the best is taken. Depends on nothing but the state of that
   * node, so it is kept until the node changes. `null` draws a node by chance.
   */
  score: ((node: number, spec: number) => number) | null;
  /** The GPU of the chosen node for a pod that asks for a fraction of one. */
  chooseGpu(node: number, spec: number): number;
  /** Called when a pod of the kind has come to a node (+1) or left it (−1), for policies that remember who is where. */
  count?(node: number, spec: number, change: 1 | -1): void;
}>;

export type CreatePolicy = (parts: PolicyParts) => Policy;

export function isFraction({ gpus, gpuMilli }: PodSpec): boolean {
  return gpus === 1 && gpuMilli < WHOLE_GPU_MILLI;
}

/** The GPU with the least room that suffices, the first of equals. */
export function tightestGpu(cluster: Cluster, node: number, { gpuMilli }: PodSpec): number {
  const first = cluster.firstGpu[node]!;
  let tightest = -1;
  let least = WHOLE_GPU_MILLI + 1;
  for (let gpu = 0; gpu < cluster.gpusOf[node]!; gpu++) {
    const free = cluster.freeGpuMilli[first + gpu]!;
    if (free >= gpuMilli && free < least) {
      tightest = gpu;
      least = free;
    }
  }
  return tightest;
}

export { emptyGpus };

/** What the published scores are divided by: the largest node of the trace, 128 cores and 8 GPUs. */
export const LARGEST_CPU_MILLI = 128_000;
export const LARGEST_GPU_MILLI = 8_000;
