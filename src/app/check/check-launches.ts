import type { Budget } from '../../domain/governance/budgets/budget.ts';
import { periodAround } from '../../domain/governance/budgets/budget.ts';
import { type BudgetStand, checkBudgets } from '../../domain/governance/check-budgets.ts';
import { checkPolicies, type Violation } from '../../domain/governance/check-policies.ts';
import type { GpuFacts } from '../../domain/governance/gpu-facts.ts';
import type { JudgedLaunch } from '../../domain/governance/judged-launch.ts';
import { describeSize, gpuModelsOf, gpusOf, type Launch } from '../../domain/governance/launch.ts';
import { estimateCost } from '../../domain/governance/launch-estimate.ts';
import { expectedHours, type PastRun } from '../../domain/governance/past-hours.ts';
import type { Policy } from '../../domain/governance/policy.ts';
import { formatPicos, type Picos, parsePicos, roundPicos } from '../../domain/money/picos.ts';
import { type OwnerRules, resolveOwner } from '../../domain/ownership/owner.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { parseInstant } from '../../domain/time/window.ts';
import type { LaunchReading } from '../../ports/launch-source.ts';
import type { BudgetReport, BudgetRow } from '../results/budgets.ts';
import type { CheckedLaunch, CheckReport, CheckViolation } from '../results/check.ts';
import { compareLaunches, pairUp } from './compare-launches.ts';
import { createLaunchPricer, type LaunchPricer, type PricedLaunch, type PriceParts } from './price-launch.ts';

export type CheckParts = PriceParts &
  Readonly<{
    gpus: GpuFacts;
    owners: OwnerRules;
    policies: readonly Policy[];
    budgets: readonly Budget[];
  }>;

export type CheckQuestion = Readonly<{
  reading: LaunchReading;
  base: Readonly<{ reference: string; commit: string; reading: LaunchReading }> | null;
  /** Of runs that ended; empty where no ledger could be asked. */
  pastRuns: readonly PastRun[];
  /** As the ledger has it; `null` where none could be asked. */
  budgetReport: BudgetReport | null;
  warnings: readonly string[];
  nowMs: EpochMs;
}>;

/** Prices launches before they happen, and holds them against policies and budgets. Who asks often keeps the pricer, which remembers. */
export function checkLaunches(
  parts: CheckParts,
  question: CheckQuestion,
  price: LaunchPricer = createLaunchPricer(parts, question.nowMs),
): CheckReport {
  const { reading, base, nowMs } = question;
  const judge = createJudge(parts, question.pastRuns, price);
  const launches = reading.launches.map(judge);
  const before = (base?.reading.launches ?? []).map(judge);
  const pairs = pairUp(before.map(toJudged), launches.map(toJudged));
  const policies = checkPolicies(parts.policies, launches.map(toJudged));
  const stands = parts.budgets.map((budget) => standOf(budget, question.budgetReport, nowMs));
  const budgets = checkBudgets(
    stands,
    launches.map(({ judged }) => ({ judged, before: pairs.get(judged) ?? null })),
    nowMs,
  );
  const known = new Set(
    base === null ? [] : checkPolicies(parts.policies, before.map(toJudged)).violations.map(violationKey),
  );
  const concerned = new Set(budgets.concerned.map(({ name }) => name));
  return {
    currency: parts.currency,
    files: reading.files,
    base: base && { reference: base.reference, commit: base.commit },
    violations: [...policies.violations, ...budgets.violations]
      .map((violation) => ({ ...toFigures(violation), isNew: !known.has(violationKey(violation)) }))
      .toSorted(byPlace),
    launches: launches.map((one) => toCheckedLaunch(one, budgets.binding.get(one.judged)?.name ?? null)),
    changes: base === null ? [] : compareLaunches(before.map(toJudged), launches.map(toJudged)),
    unreadable: reading.unreadable.map((reject) => ({
      file: reject.where.replace(/(:\d+)+$/, ''),
      ...reject,
    })),
    passed: policies.passed,
    budgets: question.budgetReport?.rows.filter(({ name }) => concerned.has(name)) ?? null,
    warnings: question.warnings,
  };
}

type Judged = Readonly<{ judged: JudgedLaunch; priced: PricedLaunch }>;

function createJudge(
  parts: CheckParts,
  pastRuns: readonly PastRun[],
  price: LaunchPricer,
): (launch: Launch) => Judged {
  return (launch) => {
    const owner = resolveOwner(parts.owners, launch.attributes);
    const priced = price(launch);
    const estimate = estimateCost(
      launch,
      priced.kind === 'priced' ? priced.price : null,
      expectedHours(launch, owner, pastRuns),
    );
    return { judged: { launch, owner, estimate, gpus: parts.gpus, currency: parts.currency }, priced };
  };
}

function toJudged({ judged }: Judged): JudgedLaunch {
  return judged;
}

function standOf(budget: Budget, report: BudgetReport | null, nowMs: EpochMs): BudgetStand {
  const row = report?.rows.find(({ name }) => name === budget.name);
  return {
    ...budget,
    window: windowOf(row) ?? periodAround(budget.period, nowMs),
    spentPicos: picosOf(row?.spent),
  };
}

function windowOf(row: BudgetRow | undefined) {
  return row && { fromMs: parseInstant(row.from)!, toMs: parseInstant(row.to)! };
}

function picosOf(text: string | null | undefined): Picos | null {
  return text === null || text === undefined ? null : parsePicos(text)!.picos;
}

function toFigures({ estimatedPicos, estimatedPer, ...violation }: Violation): Omit<CheckViolation, 'isNew'> {
  return {
    ...violation,
    estimatedCost: estimatedPicos === null ? null : formatPicos(roundPicos(estimatedPicos, 2)),
    estimatedCostPer: estimatedPer,
  };
}

/** The same finding, wherever in the file it stands now. */
function violationKey({ file, launch, rule, policy }: Violation): string {
  return JSON.stringify([file, launch, rule, policy]);
}

function byPlace(a: CheckViolation, b: CheckViolation): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line;
}

function toCheckedLaunch({ judged, priced }: Judged, budget: string | null): CheckedLaunch {
  const { launch, owner, estimate } = judged;
  const { perHour, perRun, perMonth, hours } = estimate;
  const range = (low: Picos, expected: Picos, high: Picos) => ({
    low: formatPicos(roundPicos(low, 2)),
    expected: formatPicos(roundPicos(expected, 2)),
    high: formatPicos(roundPicos(high, 2)),
  });
  return {
    file: launch.file,
    line: launch.line,
    name: launch.name,
    namespace: launch.namespace,
    kind: launch.kind,
    resource: launch.resourceKind,
    owner,
    gpus: gpusOf(launch),
    gpuModels: gpuModelsOf(launch),
    size: describeSize(launch),
    lifecycle: launch.lifecycle,
    costPerHour: perHour && range(perHour.low, perHour.stated, perHour.high),
    hours,
    costPerRun: perRun && range(perRun.low, perRun.expected, perRun.high),
    costPerMonth: perMonth && range(perMonth.low, perMonth.stated, perMonth.high),
    priceSource: priced.kind === 'priced' ? priced.price.source : null,
    priceReferences: priced.kind === 'priced' ? priced.price.references : [],
    assumptions: priced.kind === 'priced' ? priced.price.assumptions : [priced.reason],
    budget,
  };
}
