import { createFragmentation } from '../fragmentation.ts';
import { isFraction, type Policy, type PolicyParts } from './policy.ts';

/**
 * Fragmentation gradient descent (Weng et al., USENIX ATC '23): the node and GPU where placing the pod adds least to fragmentation.
 *
 * The change in thousandths of a GPU goes through a sigmoid and is cut to whole percent. The cut matters: many nodes tie, and the
 * first of them is taken, which packs. Without it the policy spreads and falls behind best fit.
 */
export function createFgd({ cluster, specs, typical }: PolicyParts): Policy {
  const fragmentation = createFragmentation(cluster, typical);

  const best = (node: number, spec: number): Readonly<{ score: number; gpu: number }> => {
    const pod = specs[spec]!;
    const before = fragmentation.of(node);
    if (!isFraction(pod)) {
      return { score: percentOf(before - fragmentation.after(node, pod.cpuMilli, 0, 0, pod.gpus)), gpu: -1 };
    }
    const first = cluster.firstGpu[node]!;
    let found = { score: -1, gpu: -1 };
    let lastFree = -1;
    for (let gpu = 0; gpu < cluster.gpusOf[node]!; gpu++) {
      const free = cluster.freeGpuMilli[first + gpu]!;
      if (free < pod.gpuMilli || free === lastFree) continue;
      lastFree = free;
      const score = percentOf(before - fragmentation.after(node, pod.cpuMilli, gpu, pod.gpuMilli, 0));
      if (score > found.score) found = { score, gpu };
    }
    return found;
  };
  return {
    score: (node, spec) => best(node, spec).score,
    chooseGpu: (node, spec) => best(node, spec).gpu,
  };
}

function percentOf(gainMilli: number): number {
  return Math.trunc(100 / (1 + Math.exp(-gainMilli / 1000)));
}
