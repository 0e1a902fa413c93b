import type { PodSpec, PodSpecs } from './workload.ts';

export type TypicalPod = PodSpec & Readonly<{ weight: number }>;

/** The share of pods that typical ones stand for (FGD, USENIX ATC '23, section 4). */
const TYPICAL_SHARE = 0.95;

/**
 * The commonest kinds of pods until they make up 95 % of all, their weights adding up to 1. Ties go to the kind that appears first,
 * so the pods should come in a fixed order.
 */
export function findTypicalPods({ specs, specOf }: PodSpecs): readonly TypicalPod[] {
  const counts = new Int32Array(specs.length);
  for (const spec of specOf) counts[spec]! += 1;
  const commonestFirst = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b);

  let covered = 0;
  const kept: number[] = [];
  for (const spec of commonestFirst) {
    if (covered >= TYPICAL_SHARE * specOf.length) break;
    kept.push(spec);
    covered += counts[spec]!;
  }
  return kept.map((spec) => ({ ...specs[spec]!, weight: counts[spec]! / covered }));
}
