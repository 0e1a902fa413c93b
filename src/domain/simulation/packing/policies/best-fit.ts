import {
  LARGEST_CPU_MILLI,
  LARGEST_GPU_MILLI,
  type Policy,
  type PolicyParts,
  tightestGpu,
} from './policy.ts';

/** The node that has the least left afterwards, CPU and GPU weighed alike, in whole percent of the largest node. */
export function createBestFit({ cluster, specs }: PolicyParts): Policy {
  return {
    score(node, spec) {
      const { cpuMilli, gpus, gpuMilli } = specs[spec]!;
      const cpuLeft = (cluster.freeCpuMilli[node]! - cpuMilli) / LARGEST_CPU_MILLI;
      const gpuLeft = (cluster.nodeFreeMilli[node]! - gpus * gpuMilli) / LARGEST_GPU_MILLI;
      return Math.trunc((1 - (cpuLeft * 0.5 + gpuLeft * 0.5)) * 100);
    },
    chooseGpu: (node, spec) => tightestGpu(cluster, node, specs[spec]!),
  };
}
