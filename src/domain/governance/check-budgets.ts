import { displayMoney } from '../money/display-money.ts';
import type { Picos } from '../money/picos.ts';
import { type EpochMs, formatDay, HOUR_MS, type TimeWindow } from '../time/window.ts';
import { type Budget, budgetsOver } from './budgets/budget.ts';
import type { Violation } from './check-policies.ts';
import type { JudgedLaunch } from './judged-launch.ts';
import { headlineCost } from './launch-estimate.ts';

/** A budget, and what is spent of it; `null` where no ledger says. */
export type BudgetStand = Budget & Readonly<{ window: TimeWindow; spentPicos: Picos | null }>;

/** A launch, and what of its cost is new; the whole where nothing was there before. */
export type AddedLaunch = Readonly<{ judged: JudgedLaunch; before: JudgedLaunch | null }>;

export type BudgetFindings = Readonly<{
  violations: readonly Violation[];
  /** The budget with the least left for each launch that any budget is about, once the launches before it are counted. */
  binding: ReadonlyMap<JudgedLaunch, BudgetStand>;
  /** Budgets that some launch counts to. */
  concerned: readonly BudgetStand[];
}>;

/**
 * Holds what launches add until the end of the period against what is left, one after the other: a service until then, a run as a whole.
 * Where several budgets would be passed, the one with the least left is named. What has no price, or no hours, adds nothing that is known.
 */
export function checkBudgets(
  budgets: readonly BudgetStand[],
  launches: readonly AddedLaunch[],
  nowMs: EpochMs,
): BudgetFindings {
  const added = new Map<BudgetStand, Picos>();
  const binding = new Map<JudgedLaunch, BudgetStand>();
  const violations: Violation[] = [];
  for (const { judged, before } of launches) {
    const mine = budgetsOver(judged.owner, budgets).filter(({ of }) => of === 'total');
    const stands = mine.map((budget) => {
      const more = addedCost(judged, before, budget.window, nowMs);
      const left = budget.limitPicos - (budget.spentPicos ?? 0n) - (added.get(budget) ?? 0n);
      if (more !== null && more > 0n) added.set(budget, (added.get(budget) ?? 0n) + more);
      return { budget, more, left };
    });
    const tightest = stands.toSorted((a, b) => compare(a.left, b.left) || narrower(a.budget, b.budget))[0];
    if (tightest === undefined) continue;
    binding.set(judged, tightest.budget);
    const passed = stands.filter(({ more, left }) => more !== null && more > 0n && more > left);
    const worst = passed.toSorted(
      (a, b) => compare(a.left - a.more!, b.left - b.more!) || narrower(a.budget, b.budget),
    )[0];
    if (worst) violations.push(toViolation(judged, worst.budget, worst.more!, worst.left, before !== null));
  }
  const concerned = budgets.filter((budget) =>
    launches.some(({ judged }) => budgetsOver(judged.owner, [budget]).length > 0),
  );
  return { violations, binding, concerned };
}

/** Until the end of the period; `null` when it is not known. */
function addedCost(
  judged: JudgedLaunch,
  before: JudgedLaunch | null,
  window: TimeWindow,
  nowMs: EpochMs,
): Picos | null {
  const now = costWithin(judged, window, nowMs);
  if (before === null || now === null) return now;
  const then = costWithin(before, window, nowMs);
  return then === null ? null : now - then;
}

function costWithin({ launch, estimate }: JudgedLaunch, window: TimeWindow, nowMs: EpochMs): Picos | null {
  if (!launch.isContinuous) return estimate.perRun?.expected ?? null;
  if (estimate.perHour === null) return null;
  const leftMs = BigInt(Math.max(0, Math.round(window.toMs - Math.max(nowMs, window.fromMs))));
  return (estimate.perHour.stated * leftMs) / BigInt(HOUR_MS);
}

function toViolation(
  judged: JudgedLaunch,
  budget: BudgetStand,
  more: Picos,
  left: Picos,
  isChange: boolean,
): Violation {
  const { launch, currency, estimate } = judged;
  const money = (picos: Picos) => displayMoney(picos, currency);
  const until = formatDay(budget.window.toMs - 1);
  const adds = `${isChange ? 'the change adds' : 'it costs'} ${money(more)} ${launch.isContinuous ? `until ${until}` : 'a run'}`;
  const stands =
    budget.spentPicos === null
      ? `budget ${budget.name} is ${money(budget.limitPicos)}, and no ledger says what is spent of it`
      : left < 0n
        ? `budget ${budget.name} is over by ${money(-left)} of ${money(budget.limitPicos)}`
        : `budget ${budget.name} has ${money(left)} of ${money(budget.limitPicos)} left`;
  const cost = headlineCost(estimate);
  return {
    file: launch.file,
    line:
      (launch.isContinuous ? (launch.lines.copies ?? launch.lines.gpus) : launch.lines.gpus) ?? launch.line,
    launch: launch.name,
    rule: 'budget',
    policy: budget.name,
    severity: budget.isSoft ? 'warning' : 'error',
    message: `${adds}; ${stands}`,
    fix: launch.isContinuous
      ? 'run fewer or cheaper replicas, stop something else that counts to the budget, or raise it'
      : 'make the run smaller or cheaper, wait for the next period, or raise the budget',
    estimatedPicos: cost?.picos ?? null,
    estimatedPer: cost?.per ?? null,
  };
}

function compare(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Of budgets with as much left, the narrower one is closer to who launches. */
function narrower(a: Budget, b: Budget): number {
  return Object.keys(b.scope).length - Object.keys(a.scope).length;
}
