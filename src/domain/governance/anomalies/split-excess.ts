import type { Picos } from '../../money/picos.ts';

/** What an owner held of one kind of resource over some hours. */
export type ResourceUse = Readonly<{
  /** GPU model and how it is paid: what has a price of its own. */
  resource: string;
  ticks: bigint;
  productiveTicks: bigint;
  unobservedTicks: bigint;
  costPicos: Picos;
  tarePicos: Picos;
}>;

export type Uses = Readonly<{
  resources: readonly ResourceUse[];
  /** What stands beside the GPU time, direct and shared. */
  chargesPicos: Picos;
}>;

export const CAUSES = ['price', 'volume', 'mix', 'utilisation', 'newResource', 'charges'] as const;
export type Cause = (typeof CAUSES)[number];
export type Measure = 'cost' | 'tare' | 'unitCost';

/** Adds up to the excess, to the last digit. */
export type ExcessByCause = Readonly<Record<Cause, Picos>>;

/** Below this share of productive time, how much work was done says nothing about how much time it should have taken. */
const FEWEST_PRODUCTIVE = 10n; // 1 part of 10
/** At least 1 part of 2 has to be observed for utilisation to be known. */
const FEWEST_OBSERVED = 2n;

/**
 * Why an amount is not the expected one. `usual` is what was held in the hours that it is compared with; it is scaled so that it costs
 * exactly `expectedPicos`.
 *
 * - new resource: what is held of a kind that was not there before
 * - price: what is held of the others, at today's price less at the usual one
 * - mix: the same time at usual prices, in today's mixture less in the usual one
 * - utilisation: time that the work done would not have taken before; of tare, a larger part of the same cost
 * - volume: the rest: more of the same work
 *
 * Of a unit cost the work is given, and what would be volume is utilisation: more time for the same number of units.
 */
export function splitExcess(
  measure: Measure,
  actual: Uses,
  usual: Uses,
  expectedPicos: Picos,
): ExcessByCause {
  const amountOf = ({ costPicos, tarePicos }: ResourceUse) => (measure === 'tare' ? tarePicos : costPicos);
  const chargesOf = ({ chargesPicos }: Uses) => (measure === 'tare' ? 0n : chargesPicos);
  const total = (uses: Uses) => uses.resources.reduce((sum, use) => sum + amountOf(use), chargesOf(uses));
  const excess = total(actual) - expectedPicos;

  const before = new Map(usual.resources.filter(({ ticks }) => ticks > 0n).map((use) => [use.resource, use]));
  const [known, added] = partition(actual.resources, ({ resource }) => before.has(resource));
  const newResource = added.reduce((sum, use) => sum + amountOf(use), 0n);

  const usualTotal = total(usual);
  const scale = (amount: bigint) => (usualTotal <= 0n ? 0n : (amount * expectedPicos) / usualTotal);
  const charges = chargesOf(actual) - scale(chargesOf(usual));

  const ticks = sumOf(known, (use) => use.ticks);
  const atUsual = known.map((use) => atUsualRates(use, before.get(use.resource)!, measure));
  const price = atUsual.reduce((sum, one) => sum + one.price, 0n);
  const wasted = atUsual.reduce((sum, one) => sum + one.wasted, 0n);
  const worth = atUsual.reduce((sum, one) => sum + one.worth, 0n);
  const usualTicks = sumOf(usual.resources, (use) => use.ticks);
  const usualAmount = usual.resources.reduce((sum, use) => sum + amountOf(use), 0n);
  const atMean = (time: bigint) => (usualTicks === 0n ? 0n : (time * usualAmount) / usualTicks);
  const mix = worth - atMean(ticks);

  const moreTime = excess - newResource - charges - price - wasted - mix;
  const utilisation = wasted + timeWithoutWork(measure, known, usual.resources, moreTime, atMean);
  return { price, volume: moreTime + wasted - utilisation, mix, utilisation, newResource, charges };
}

/** What the time of a resource would have been worth, and how far price and waste took it from there. */
function atUsualRates(now: ResourceUse, before: ResourceUse, measure: Measure) {
  const atUsualPrice = (now.ticks * before.costPicos) / before.ticks;
  if (measure !== 'tare') return { price: now.costPicos - atUsualPrice, wasted: 0n, worth: atUsualPrice };
  const worth = (now.ticks * before.tarePicos) / before.ticks;
  const share = (amount: Picos) =>
    before.costPicos === 0n ? 0n : (amount * before.tarePicos) / before.costPicos;
  const price = share(now.costPicos - atUsualPrice);
  return { price, wasted: now.tarePicos - worth - price, worth };
}

/** The part of more time that is not more work. */
function timeWithoutWork(
  measure: Measure,
  now: readonly ResourceUse[],
  before: readonly ResourceUse[],
  moreTime: Picos,
  atMean: (ticks: bigint) => Picos,
): Picos {
  if (measure === 'tare') return 0n;
  if (measure === 'unitCost') return moreTime;
  const [is, was] = [observedWork(now), observedWork(before)];
  const isKnown =
    is !== null && was !== null && was.work > 0n && was.work * FEWEST_PRODUCTIVE >= was.observed;
  if (!isKnown) return 0n;
  // What was not observed is taken to have worked like the rest. The work takes so much time at the usual productive share.
  const ticks = sumOf(now, (use) => use.ticks);
  return atMean(ticks - (ticks * is.work * was.observed) / (is.observed * was.work));
}

function observedWork(uses: readonly ResourceUse[]): Readonly<{ work: bigint; observed: bigint }> | null {
  const ticks = sumOf(uses, (use) => use.ticks);
  const observed = ticks - sumOf(uses, (use) => use.unobservedTicks);
  if (observed <= 0n || observed * FEWEST_OBSERVED < ticks) return null;
  return { work: sumOf(uses, (use) => use.productiveTicks), observed };
}

function sumOf(uses: readonly ResourceUse[], of: (use: ResourceUse) => bigint): bigint {
  return uses.reduce((sum, use) => sum + of(use), 0n);
}

function partition<T>(items: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

/** The cause that adds most; the order of `CAUSES` decides between equals. */
export function mainCause(byCause: ExcessByCause): Cause {
  return CAUSES.reduce((most, cause) => (byCause[cause] > byCause[most] ? cause : most));
}
