import { isFraction, LARGEST_GPU_MILLI, type Policy, type PolicyParts, tightestGpu } from './policy.ts';

const BAND = 25;

/**
 * Pods beside their like: a node that holds only pods of the same class, then one that holds the class among others, then an empty
 * one, then the rest; within each the fullest node (after Gandiva, OSDI '18). A class is how many GPUs are asked for, or a fraction.
 */
export function createGpuClustering({ cluster, specs }: PolicyParts): Policy {
  const classes = [...new Set(specs.filter(({ gpus }) => gpus > 0).map(classOf))];
  const classIndex = specs.map((spec) => (spec.gpus === 0 ? -1 : classes.indexOf(classOf(spec))));
  const held = new Int32Array(cluster.names.length * classes.length);

  const band = (node: number, own: number): number => {
    let present = 0;
    for (let index = 0; index < classes.length; index++)
      if (held[node * classes.length + index]! > 0) present += 1;
    if (present === 0) return 1;
    if (held[node * classes.length + own] === 0) return 0;
    return present === 1 ? 3 : 2;
  };
  return {
    score(node, spec) {
      const own = classIndex[spec]!;
      if (own < 0) return 0;
      const fullness = (LARGEST_GPU_MILLI - cluster.nodeFreeMilli[node]!) / LARGEST_GPU_MILLI;
      return Math.trunc(BAND * fullness) + BAND * band(node, own);
    },
    chooseGpu: (node, spec) => tightestGpu(cluster, node, specs[spec]!),
    count(node, spec, change) {
      const own = classIndex[spec]!;
      if (own >= 0) held[node * classes.length + own]! += change;
    },
  };
}

function classOf(spec: PolicyParts['specs'][number]): number {
  return isFraction(spec) ? 0 : spec.gpus;
}
