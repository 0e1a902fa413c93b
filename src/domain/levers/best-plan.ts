import { groupBy } from '../collections/group-by.ts';
import type { Picos } from '../money/picos.ts';
import { type ComposedPlan, composePlan, inOrder, savedAlone } from './plan.ts';
import type { PlanLever, Residual } from './plan-lever.ts';

export type BestPlan<Lever extends PlanLever> = ComposedPlan<Lever> &
  Readonly<{
    /** What is left before anything is said of prices and kinds of GPU. */
    unpriced: Residual;
    /** Allowed, and not taken: the plan saves more without it, or nothing more with it. */
    leftOut: readonly Readonly<{ lever: Lever; reason: 'more-without' | 'nothing-left' | 'too-many' }>[];
    /** How many plans were weighed against each other. */
    weighed: number;
  }>;

/** Of each market as many trade-offs are weighed in all combinations; the smallest ones beyond are not taken. */
export const MOST_TRADE_OFFS = 6;

/**
 * The plan that saves most of those that the limits allow. Levers that remove hours are all taken, since each saves at least what it
 * takes from the others. Of levers that make hours cheaper, every combination is weighed together with what follows them, market by
 * market, for either order within the stages. Which levers are weighed at all does not depend on the limits: a plan under more limits is
 * among those that were weighed under fewer, and never saves more.
 */
export function bestPlan<Lever extends PlanLever>(
  whole: Residual,
  levers: readonly Lever[],
  isAllowed: (lever: Lever) => boolean,
  sizeOf: (lever: Lever) => Picos = sizesOf(whole, levers),
): BestPlan<Lever> {
  const tooMany = smallestOfCrowds(levers, sizeOf);
  const usable = levers.filter((lever) => isAllowed(lever) && !tooMany.has(lever));
  let weighed = 0;
  const orders = (['as listed', 'largest first'] as const).map((within) => inOrder(usable, sizeOf, within));
  const distinct = orders.filter((order, index) => index === 0 || !isSame(order, orders[0]!));
  const plans = distinct.map((ordered) => {
    const removed = composePlan(whole, ordered.filter(isRemoval));
    const rest = ordered.filter((lever) => !isRemoval(lever));
    const dropped = new Set<Lever>();
    for (const market of marketsOf(rest)) {
      const found = bestSubset(removed.residual, market);
      weighed += found.weighed;
      for (const lever of found.dropped) dropped.add(lever);
    }
    const taken = rest.filter((lever) => !dropped.has(lever));
    const priced = composePlan(removed.residual, taken, removed.takenBy);
    const plan: ComposedPlan<Lever> = {
      ...priced,
      steps: [...removed.steps, ...priced.steps],
      saved: removed.saved + priced.saved,
    };
    return { plan, dropped, unpriced: removed.residual };
  });
  const best = plans.reduce((most, one) => (one.plan.saved > most.plan.saved ? one : most));
  const empty = best.plan.steps.filter(({ saved }) => saved === 0n);
  return {
    ...best.plan,
    steps: best.plan.steps.filter(({ saved }) => saved > 0n),
    unpriced: best.unpriced,
    weighed,
    leftOut: [
      ...[...best.dropped].map((lever) => ({ lever, reason: 'more-without' as const })),
      ...empty.map(({ lever }) => ({ lever, reason: 'nothing-left' as const })),
      ...[...tooMany].filter(isAllowed).map((lever) => ({ lever, reason: 'too-many' as const })),
    ],
  };
}

/** By what each would save alone; replayed once. */
function sizesOf<Lever extends PlanLever>(
  whole: Residual,
  levers: readonly Lever[],
): (lever: Lever) => Picos {
  const alone = new Map(levers.map((lever) => [lever, savedAlone(whole, lever).saved]));
  return (lever) => alone.get(lever)!;
}

function isSame<Lever>(a: readonly Lever[], b: readonly Lever[]): boolean {
  return a.every((lever, index) => lever === b[index]);
}

/** It takes hours away before anything is said of their price. */
function isRemoval({ isTradeOff, stage }: PlanLever): boolean {
  return !isTradeOff && stage !== 'rate';
}

function smallestOfCrowds<Lever extends PlanLever>(
  levers: readonly Lever[],
  sizeOf: (lever: Lever) => Picos,
): Set<Lever> {
  const tradeOffs = levers.filter(({ isTradeOff }) => isTradeOff);
  const largestFirst = (a: Lever, b: Lever) => {
    const [one, other] = [sizeOf(a), sizeOf(b)];
    if (one !== other) return one > other ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  };
  return new Set(
    marketsOf(tradeOffs).flatMap((crowd) => crowd.toSorted(largestFirst).slice(MOST_TRADE_OFFS)),
  );
}

/** Levers that compete with each other, directly or through others; the order within each group stays. */
function marketsOf<Lever extends PlanLever>(levers: readonly Lever[]): Lever[][] {
  const parent = new Map<string, string>();
  const rootOf = (market: string): string => {
    const up = parent.get(market) ?? market;
    return up === market ? market : rootOf(up);
  };
  for (const { markets } of levers) {
    for (const market of markets) parent.set(rootOf(market), rootOf(markets[0]!));
  }
  return [
    ...groupBy(levers, ({ markets, id }) => (markets.length === 0 ? id : rootOf(markets[0]!))).values(),
  ];
}

/** All combinations of the trade-offs, each with everything else of the market; of equals the one with the fewest levers. */
function bestSubset<Lever extends PlanLever>(residual: Residual, market: readonly Lever[]) {
  const tradeOffs = market.filter(({ isTradeOff }) => isTradeOff);
  const masks = Array.from({ length: 2 ** tradeOffs.length }, (_, mask) => mask).sort(
    (a, b) => bitsOf(a) - bitsOf(b) || a - b,
  );
  let best: Readonly<{ saved: Picos; dropped: readonly Lever[] }> | undefined;
  for (const mask of masks) {
    const dropped = tradeOffs.filter((_, bit) => (mask & (1 << bit)) === 0);
    const taken = market.filter((lever) => !dropped.includes(lever));
    const { saved } = composePlan(residual, taken);
    if (best === undefined || saved > best.saved) best = { saved, dropped };
  }
  return { ...best!, weighed: masks.length };
}

function bitsOf(mask: number): number {
  return mask === 0 ? 0 : (mask & 1) + bitsOf(mask >> 1);
}
