import type { Policy, PolicyParts } from './policy.ts';

/** Any node with room, and any GPU with room there, each as likely. */
export function createRandom({ cluster, specs, chance }: PolicyParts): Policy {
  return {
    score: null,
    chooseGpu(node, spec) {
      const first = cluster.firstGpu[node]!;
      let chosen = -1;
      let seen = 0;
      for (let gpu = 0; gpu < cluster.gpusOf[node]!; gpu++) {
        if (cluster.freeGpuMilli[first + gpu]! < specs[spec]!.gpuMilli) continue;
        seen += 1;
        if (chance.below(seen) === 0) chosen = gpu;
      }
      return chosen;
    },
  };
}
