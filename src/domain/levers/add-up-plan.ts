import { groupBy } from '../collections/group-by.ts';
import type { Picos } from '../money/picos.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';
import { type Claim, LEVER_ORDER, type Proposal, smaller } from './proposal.ts';

/** One proposal with its claims, alone and on what the ones before it left over. */
export type PlannedProposal = Readonly<{
  proposal: Proposal;
  alone: readonly Claim[];
  inPlan: readonly Claim[];
  /** Levers that had taken a part of the same hours before. */
  takenBefore: readonly string[];
}>;

/**
 * Applies proposals one after the other, in the order of levers and then the largest first, each to what is left of the cost of every
 * hour. No hour is saved twice, and all of them together save no more than the hours cost.
 */
export function addUpPlan(hours: readonly HolderHour[], proposals: readonly Proposal[]): PlannedProposal[] {
  const whole = hours.map(grossPicos);
  const left = [...whole];
  const takenBy = new Map<number, Set<string>>();
  const ordered = proposals
    .map((proposal) => ({ proposal, alone: keep(proposal.replay(whole), whole) }))
    .sort((a, b) => rank(a.proposal) - rank(b.proposal) || compare(sumOf(b.alone), sumOf(a.alone)));
  return ordered.map(({ proposal, alone }) => {
    const inPlan = keep(proposal.replay(left), left);
    const takenBefore = new Set(
      sumOf(inPlan) < sumOf(alone) ? alone.flatMap(({ index }) => [...(takenBy.get(index) ?? [])]) : [],
    );
    for (const { index, picos } of inPlan) {
      left[index] = left[index]! - picos;
      takenBy.set(index, (takenBy.get(index) ?? new Set()).add(proposal.lever));
    }
    return { proposal, alone, inPlan, takenBefore: [...takenBefore] };
  });
}

export function sumOf(claims: readonly Claim[]): Picos {
  return claims.reduce((sum, { picos }) => sum + picos, 0n);
}

/** One claim an hour, above zero, and not more than there is. */
function keep(claims: readonly Claim[], left: readonly Picos[]): Claim[] {
  return [...groupBy(claims, ({ index }) => index)]
    .map(([index, together]) => ({ index, picos: smaller(sumOf(together), left[index]!) }))
    .filter(({ picos }) => picos > 0n);
}

function rank({ lever }: Proposal): number {
  return LEVER_ORDER.indexOf(lever);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
