import {
  LARGEST_CPU_MILLI,
  LARGEST_GPU_MILLI,
  type Policy,
  type PolicyParts,
  tightestGpu,
} from './policy.ts';

/**
 * The node whose free CPU and GPU line up least with what the pod asks for, so that large nodes stay for large pods (after Tetris,
 * SIGCOMM '14), in whole percent.
 */
export function createDotProduct({ cluster, specs }: PolicyParts): Policy {
  return {
    score(node, spec) {
      const { cpuMilli, gpus, gpuMilli } = specs[spec]!;
      const cpu = (cluster.freeCpuMilli[node]! / LARGEST_CPU_MILLI) * (cpuMilli / LARGEST_CPU_MILLI);
      const gpu =
        (cluster.nodeFreeMilli[node]! / LARGEST_GPU_MILLI) * ((gpus * gpuMilli) / LARGEST_GPU_MILLI);
      return Math.trunc((1 - (cpu + gpu) / 2) * 100);
    },
    chooseGpu: (node, spec) => tightestGpu(cluster, node, specs[spec]!),
  };
}
