import { groupBy } from '../../collections/group-by.ts';
import type { EpochMs } from '../../time/window.ts';
import { PARTS_PER_GPU } from '../../units/gpu-time.ts';

/** GPUs, or a part of one, that a holder had on a node for a while. */
export type HeldGpu = Readonly<{
  workloadId: string;
  node: string;
  /** Parts of a GPU; see `PARTS_PER_GPU`. */
  parts: number;
  startMs: EpochMs;
  endMs: EpochMs;
}>;

export type GpusAtOnce = Readonly<{
  /** On each node at the moment when most were held, in GPUs; the largest first. */
  perNode: readonly number[];
  /** Of each holder at that moment. */
  perHolder: readonly number[];
  /** The most on one node at any moment. */
  mostPerNode: number;
}>;

/** What was held at the moment when most was. */
export function mostAtOnce(held: readonly HeldGpu[]): GpusAtOnce {
  const moments = [...new Set(held.map(({ startMs }) => startMs))];
  let most: readonly HeldGpu[] = [];
  let [mostParts, mostOnNode] = [0, 0];
  for (const moment of moments) {
    const then = held.filter(({ startMs, endMs }) => startMs <= moment && moment < endMs);
    const parts = sumOf(then);
    mostOnNode = Math.max(mostOnNode, ...sumsBy(then, ({ node }) => node));
    if (parts > mostParts) [most, mostParts] = [then, parts];
  }
  return {
    perNode: sumsBy(most, ({ node }) => node).map(toGpus),
    perHolder: sumsBy(most, ({ workloadId }) => workloadId).map(toGpus),
    mostPerNode: toGpus(mostOnNode),
  };
}

function sumsBy(held: readonly HeldGpu[], keyOf: (one: HeldGpu) => string): number[] {
  return [...groupBy(held, keyOf).values()].map(sumOf).toSorted((a, b) => b - a);
}

function sumOf(held: readonly HeldGpu[]): number {
  return held.reduce((sum, { parts }) => sum + parts, 0);
}

function toGpus(parts: number): number {
  return parts / PARTS_PER_GPU;
}
