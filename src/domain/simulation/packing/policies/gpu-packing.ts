import { WHOLE_GPU_MILLI } from '../workload.ts';
import { emptyGpus, isFraction, type Policy, type PolicyParts, tightestGpu } from './policy.ts';

const ANY = 0;
const FREE_NODE = 33;
const FREE_GPU = 50;
const SHARED_GPU = 100;

/** GPUs in use before empty ones, and those before nodes that are empty (the order of AntMan, OSDI '20). */
export function createGpuPacking({ cluster, specs }: PolicyParts): Policy {
  return {
    score(node, spec) {
      const pod = specs[spec]!;
      if (pod.gpus === 0) return ANY;
      const empty = emptyGpus(cluster, node);
      if (empty === cluster.gpusOf[node]!) return Math.max(FREE_NODE - empty, empty);
      const free = isFraction(pod)
        ? cluster.freeGpuMilli[cluster.firstGpu[node]! + tightestGpu(cluster, node, pod)]!
        : WHOLE_GPU_MILLI;
      if (free === WHOLE_GPU_MILLI) return Math.max(FREE_GPU - pod.gpus, FREE_NODE);
      return SHARED_GPU - Math.trunc(Math.trunc((free * 100) / WHOLE_GPU_MILLI) / 10);
    },
    chooseGpu: (node, spec) => tightestGpu(cluster, node, specs[spec]!),
  };
}
