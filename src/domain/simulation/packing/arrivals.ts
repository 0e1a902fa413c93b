import { createChance } from '../chance.ts';
import { gpuMilliOf, type PackingPod } from './workload.ts';

/**
 * The order in which pods ask for room, as indices into `pods`: all of them shuffled, then more drawn from them, until what was asked
 * for reaches `demand` times the capacity. The pods are taken in the order of their names, so the order in the file does not matter.
 */
export function drawArrivals(
  pods: readonly PackingPod[],
  capacityMilli: number,
  demand: number,
  seed: number,
): Int32Array {
  const chance = createChance(seed, 'arrivals');
  const byName = [...pods.keys()].sort((a, b) => compare(pods[a]!.name, pods[b]!.name) || a - b);
  chance.shuffle(byName);

  const arrivals: number[] = [];
  const enoughMilli = demand * capacityMilli;
  const hasGpuPods = pods.some((pod) => gpuMilliOf(pod) > 0);
  let askedMilli = 0;
  while (askedMilli < enoughMilli) {
    if (arrivals.length >= byName.length && !hasGpuPods) break;
    const pod = byName[arrivals.length] ?? byName[chance.below(byName.length)]!;
    arrivals.push(pod);
    askedMilli += gpuMilliOf(pods[pod]!);
  }
  return Int32Array.from(arrivals);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
