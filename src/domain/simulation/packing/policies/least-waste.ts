import { createFragmentation } from '../fragmentation.ts';
import { isFraction, type Policy, type PolicyParts } from './policy.ts';

export type WasteOptions = Readonly<{
  /** See `createFragmentation`. */
  strandedWeight: number;
  /** The score of a placement that wastes so much more, in thousandths of a GPU; negative when it wastes less. */
  scoreOf(addedMilli: number): number;
}>;

/** The node and GPU where the pod adds least to what no typical pod could use; the first GPU of equals. */
export function createLeastWaste(
  { cluster, specs, typical }: PolicyParts,
  { strandedWeight, scoreOf }: WasteOptions,
): Policy {
  const fragmentation = createFragmentation(cluster, typical, strandedWeight);

  const best = (node: number, spec: number): Readonly<{ score: number; gpu: number }> => {
    const pod = specs[spec]!;
    const before = fragmentation.of(node);
    if (!isFraction(pod)) {
      const after = fragmentation.after(node, pod.cpuMilli, 0, 0, pod.gpus);
      return { score: scoreOf(after - before), gpu: -1 };
    }
    const first = cluster.firstGpu[node]!;
    let found = { score: Number.NEGATIVE_INFINITY, gpu: -1 };
    let lastFree = -1;
    for (let gpu = 0; gpu < cluster.gpusOf[node]!; gpu++) {
      const free = cluster.freeGpuMilli[first + gpu]!;
      // A GPU as free as the one before scores alike, and the first counts.
      if (free < pod.gpuMilli || free === lastFree) continue;
      lastFree = free;
      const score = scoreOf(fragmentation.after(node, pod.cpuMilli, gpu, pod.gpuMilli, 0) - before);
      if (score > found.score) found = { score, gpu };
    }
    return found;
  };
  return {
    score: (node, spec) => best(node, spec).score,
    chooseGpu: (node, spec) => best(node, spec).gpu,
  };
}
