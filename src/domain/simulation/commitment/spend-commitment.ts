import type { HourlyDemand } from './best-level.ts';

/** One kind of usage that a commitment to spend covers. */
export type SpendKind = Readonly<{
  demand: HourlyDemand;
  /** On-demand price of a unit-hour. */
  onDemandPerHour: number;
  /** Committed price ÷ on-demand price. */
  rate: number;
}>;

/**
 * The spend per hour to commit to that would have cost least, for commitments to spend rather than to a resource. In each hour the
 * commitment covers the kind with the highest discount first, at its committed price; a dollar that covers usage at `rate` saves
 * `1 ÷ rate` dollars of on-demand usage.
 *
 * The first dollars of an hour save most, so that cost is convex in the commitment and least where the mean saving of the next
 * dollar falls to a dollar. Within an hour it changes only at the sums of covered kinds, which are the candidates.
 */
export function bestSpend(kinds: readonly SpendKind[]): number {
  const hours = kinds[0]?.demand.length ?? 0;
  const changes = savingChanges(kinds, hours).toSorted((a, b) => a.spend - b.spend);
  let savedByNext = changes.reduce((sum, { loss }) => sum + loss, 0);
  if (savedByNext <= hours) return 0;
  for (const { spend, loss } of changes) {
    savedByNext -= loss;
    if (savedByNext <= hours) return spend;
  }
  return changes.at(-1)?.spend ?? 0;
}

/** What a commitment to spend costs with what it leaves on demand, over all hours. */
export function costAtSpend(kinds: readonly SpendKind[], spendPerHour: number): number {
  const byDiscount = kinds.toSorted((a, b) => a.rate - b.rate);
  const hours = kinds[0]?.demand.length ?? 0;
  let cost = spendPerHour * hours;
  for (let hour = 0; hour < hours; hour++) {
    let left = spendPerHour;
    for (const { demand, onDemandPerHour, rate } of byDiscount) {
      const committedCost = demand[hour]! * onDemandPerHour * rate;
      const covered = Math.min(left, committedCost);
      left -= covered;
      cost += (committedCost - covered) / rate;
    }
  }
  return cost;
}

type SavingChange = Readonly<{
  /** Spend per hour behind which the next dollar saves less… */
  spend: number;
  /** …by so much, in one of the hours. */
  loss: number;
}>;

function savingChanges(kinds: readonly SpendKind[], hours: number): SavingChange[] {
  const byDiscount = kinds.toSorted((a, b) => a.rate - b.rate);
  const changes: SavingChange[] = [];
  for (let hour = 0; hour < hours; hour++) {
    const used = byDiscount.filter(({ demand }) => demand[hour]! > 0);
    let spend = 0;
    for (const [index, { demand, onDemandPerHour, rate }] of used.entries()) {
      spend += demand[hour]! * onDemandPerHour * rate;
      const next = used[index + 1];
      changes.push({ spend, loss: 1 / rate - (next === undefined ? 0 : 1 / next.rate) });
    }
  }
  return changes;
}
