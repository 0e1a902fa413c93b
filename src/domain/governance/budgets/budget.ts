import type { Picos } from '../../money/picos.ts';
import type { Owner } from '../../ownership/owner.ts';
import { DAY_MS, type EpochMs, floorToDay, type TimeWindow } from '../../time/window.ts';

/** An amount that may be spent in each period by whom the scope names. */
export type Budget = Readonly<{
  name: string;
  /** Owner dimension and value; all of them must be true. Empty: everything. */
  scope: Readonly<Record<string, string>>;
  period: BudgetPeriod;
  limitPicos: Picos;
  /** Share of the limit at which it is warned of. */
  warn: number;
  /** What counts: everything, the part of the GPU cost that did no useful work, or what a unit of serving cost on average. */
  of: 'total' | 'tare' | 'unit-cost';
  /** Of `unit-cost` alone: whose units the limit is for. */
  unit?: BudgetUnit;
  /** A soft one is shown, and stops no launch. */
  isSoft: boolean;
}>;

export const UNITS = ['1k-inferences', '1m-tokens'] as const;
/** What an endpoint serves, in the quantity that its cost is told by. */
export type BudgetUnit = Readonly<{ endpoint: string; per: (typeof UNITS)[number] }>;

export const BUDGET_PERIODS = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

const MONDAY_OFFSET_DAYS = 3; // 1970-01-01 was a Thursday

/** The period that an instant lies in, in UTC; weeks start on Monday. */
export function periodAround(period: BudgetPeriod, at: EpochMs): TimeWindow {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (period) {
    case 'daily':
      return { fromMs: floorToDay(at), toMs: floorToDay(at) + DAY_MS };
    case 'weekly': {
      const day = Math.floor(at / DAY_MS);
      const fromMs = (day - ((((day + MONDAY_OFFSET_DAYS) % 7) + 7) % 7)) * DAY_MS;
      return { fromMs, toMs: fromMs + 7 * DAY_MS };
    }
    case 'monthly':
      return months(year, month, 1);
    case 'quarterly':
      return months(year, month - (month % 3), 3);
    case 'yearly':
      return months(year, 0, 12);
    default:
      return period satisfies never;
  }
}

function months(year: number, month: number, count: number): TimeWindow {
  return { fromMs: Date.UTC(year, month), toMs: Date.UTC(year, month + count) };
}

/** Whether everything that the inner one counts is counted by the outer one too. A budget lies within itself. */
export function liesWithin(inner: Pick<Budget, 'scope'>, outer: Pick<Budget, 'scope'>): boolean {
  return Object.entries(outer.scope).every(([dimension, value]) => inner.scope[dimension] === value);
}

/** The budgets that a budget lies within, itself among them, the widest first. */
export function chainOf<B extends Budget>(budget: B, budgets: readonly B[]): readonly B[] {
  return budgets
    .filter((other) => other.of === budget.of && liesWithin(budget, other))
    .toSorted((a, b) => size(a) - size(b) || Number(a === budget) - Number(b === budget));
}

/** The budgets that spending of an owner counts to. */
export function budgetsOver<B extends Budget>(owner: Owner, budgets: readonly B[]): readonly B[] {
  return budgets.filter(({ scope }) =>
    Object.entries(scope).every(
      ([dimension, value]) => Object.hasOwn(owner, dimension) && owner[dimension] === value,
    ),
  );
}

/**
 * The one of several budgets that stops spending first: with the least left, whatever its period; of equals the narrowest. Those of which
 * nothing is known do not bind.
 */
export function bindingOf<B extends Budget>(
  budgets: readonly B[],
  leftPicos: (budget: B) => Picos | null,
): B | null {
  let binding: Readonly<{ budget: B; left: Picos }> | null = null;
  for (const budget of budgets) {
    const left = leftPicos(budget);
    if (left === null) continue;
    const isTighter =
      binding === null ||
      left < binding.left ||
      (left === binding.left && size(budget) > size(binding.budget));
    if (isTighter) binding = { budget, left };
  }
  return binding?.budget ?? null;
}

function size({ scope }: Budget): number {
  return Object.keys(scope).length;
}
