import { grossOf } from '../domain/ledger/buckets.ts';
import { addUpPlan, type PlannedProposal, sumOf } from '../domain/levers/add-up-plan.ts';
import { grossPicos, type HolderHour } from '../domain/levers/holder-hour.ts';
import { type Claim, smaller } from '../domain/levers/proposal.ts';
import { resampleDays, type SavedDay } from '../domain/levers/resample-days.ts';
import { displayAmount, displayMoney } from '../domain/money/display-money.ts';
import { divideHalfEven } from '../domain/money/divide-half-even.ts';
import { formatPicos, PICOS_PER_UNIT, type Picos, picosToNumber, roundPicos } from '../domain/money/picos.ts';
import { DAY_MS, formatInstant, HOUR_MS, type TimeWindow } from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import { readGeneratedMark } from './generated-mark.ts';
import { changeFiles } from './levers/change-files.ts';
import { missingEvidence } from './levers/missing-evidence.ts';
import {
  type ExplainedHours,
  proposeLevers,
  readExplainedHours,
  readLeverEvidence,
} from './levers/read-levers.ts';
import { timeWhileOthersWaited } from './levers/waited.ts';
import type { ReportParts } from './report-ledger.ts';
import type { LeverRow, LeversReport, SavingRange } from './results/levers.ts';
import type { LeversRequest } from './tare.ts';

export const HOURS_PER_MONTH = 730;
const CENTS = 2;
/** Less history than this repeats too little to be resampled. */
export const LEAST_DAYS = 3;
/** A change is work: what saves less than this in a month, or of its target, is not proposed. */
const LEAST_SAVING: Picos = 20n * PICOS_PER_UNIT;
const LEAST_PERCENT = 3n;

/** What to change, what each change would have saved on this history, alone and after the others, and how to make it. */
export async function planSavings(parts: ReportParts, request: LeversRequest): Promise<LeversReport> {
  return (await replayPlan(parts, request)).report;
}

export type ReplayedPlan = Readonly<{
  report: LeversReport;
  explained: ExplainedHours;
  /** Each behind the row of the report in the same place. */
  kept: readonly PlannedProposal[];
}>;

/** The plan with what it was made of. */
export async function replayPlan(
  { store, settings }: ReportParts,
  { window, seed, sloMs }: LeversRequest,
): Promise<ReplayedPlan> {
  const explained = await readExplainedHours(store, window);
  const period = periodOf(explained.hours, window);
  const isEnough = period.hours >= LEAST_DAYS * 24;
  const evidence = await readLeverEvidence(store, window, explained);
  const proposals = isEnough
    ? proposeLevers(window, explained, evidence, new Map(Object.entries(sloMs)))
    : [];
  const plan = addUpPlan(explained.hours, proposals);
  const scale = scaleOf(explained.hours, period, seed);
  // What is too small to be proposed must not take anything from the others either.
  const worthwhile = plan.filter((planned) => scale.isWorthwhile(planned)).map(({ proposal }) => proposal);
  const kept = addUpPlan(explained.hours, worthwhile);
  const rows = kept.map((planned) => rowOf(planned, scale, settings.currency));
  const planSaving = scale.rangeOf(
    'plan',
    kept.flatMap(({ inPlan }) => inPlan),
    sumOfRows(rows),
  );
  const report: LeversReport = {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    period: {
      from: formatInstant(period.fromMs),
      to: formatInstant(period.toMs),
      days: period.hours / 24,
      hoursPerMonth: HOURS_PER_MONTH,
    },
    sentence: sentenceOf(planSaving, rows.length, isEnough, settings.currency),
    rows,
    planSaving: toTexts(planSaving),
    gpuCost: formatPicos(scale.toMonth(scale.gross)),
    missing: missingEvidence(explained, evidence.endpoints, isEnough, period.hours),
    whileOthersWaited: timeWhileOthersWaited(explained),
    generated: await readGeneratedMark(store),
  };
  return { report, explained, kept };
}

export type Period = TimeWindow & Readonly<{ hours: number }>;
export type Range = Readonly<{ low: Picos; expected: Picos; high: Picos }>;

/** What of the window has a ledger: a window that reaches beyond it must not dilute a month. */
export function periodOf(hours: readonly HolderHour[], window: TimeWindow): Period {
  let [fromMs, toMs] = [window.toMs, window.fromMs];
  for (const { hourMs } of hours) {
    fromMs = Math.min(fromMs, hourMs);
    toMs = Math.max(toMs, hourMs + HOUR_MS);
  }
  if (toMs <= fromMs) return { fromMs: window.fromMs, toMs: window.fromMs, hours: 0 };
  return { fromMs, toMs, hours: (toMs - fromMs) / HOUR_MS };
}

export function scaleOf(hours: readonly HolderHour[], period: Period, seed: number) {
  const gross = hours.reduce((sum, hour) => sum + grossPicos(hour), 0n);
  const toMonth = (picos: Picos) =>
    period.hours === 0
      ? 0n
      : roundPicos(divideHalfEven(picos * BigInt(HOURS_PER_MONTH), BigInt(period.hours)), CENTS);
  const costOf = (scope: readonly number[]) =>
    toMonth(scope.reduce((sum, index) => sum + grossPicos(hours[index]!), 0n));

  /** The replayed saving with its range; neither end is beyond it, nor beyond what is cut. */
  const rangeOf = (name: string, claims: readonly Claim[], expected: Picos, most = toMonth(gross)): Range => {
    const { low, high } = resampleDays(daysOf(hours, claims, period), {
      seed,
      name,
      periodHours: HOURS_PER_MONTH,
    });
    const [least, largest] = [toPicos(low), toPicos(high)];
    const upper = largest > expected ? largest : expected;
    return {
      low: smaller(least, expected),
      expected,
      high: smaller(upper, most),
    };
  };
  const isWorthwhile = ({ alone, proposal }: PlannedProposal) => {
    const saving = toMonth(sumOf(alone));
    return saving >= LEAST_SAVING && saving * 100n >= costOf(proposal.scope) * LEAST_PERCENT;
  };
  return { hours, period, gross, toMonth, costOf, rangeOf, isWorthwhile };
}

export type Scale = ReturnType<typeof scaleOf>;

/** Whole days from the start of the period, and what is left of it. */
function daysOf(hours: readonly HolderHour[], claims: readonly Claim[], period: Period): SavedDay[] {
  const amounts = Array.from({ length: Math.ceil(period.hours / 24) }, () => 0n);
  for (const { index, picos } of claims) {
    const day = Math.floor((hours[index]!.hourMs - period.fromMs) / DAY_MS);
    amounts[day] = amounts[day]! + picos;
  }
  return amounts.map((amount, day) => ({
    amount: picosToNumber(amount),
    hours: Math.min(24, period.hours - day * 24),
  }));
}

function toPicos(amount: number): Picos {
  return BigInt(Math.round(amount * 100)) * (PICOS_PER_UNIT / 100n);
}

function rowOf(planned: PlannedProposal, scale: Scale, currency: string): LeverRow {
  const { proposal, alone, inPlan, takenBefore } = planned;
  const id = `${proposal.lever}/${proposal.target}`;
  const targetCost = scale.costOf(proposal.scope);
  const expected = scale.toMonth(sumOf(alone));
  const saved = scale.toMonth(sumOf(inPlan));
  const { hours, period } = scale;
  return {
    id,
    lever: proposal.lever,
    target: proposal.target,
    owner: proposal.owner,
    aloneSaving: toTexts(scale.rangeOf(id, alone, expected, targetCost)),
    inPlanSaving: formatPicos(saved),
    targetCost: formatPicos(targetCost),
    note:
      saved < expected
        ? `${displayMoney(expected - saved, currency)} already saved by ${takenBefore.join(', ') || 'the others'}`
        : null,
    risk: proposal.risk,
    evidence: {
      from: formatInstant(period.fromMs),
      to: formatInstant(period.toMs),
      hours: period.hours,
      rows: proposal.rows,
      gpuHours: ticksToHours(sumTicks(hours, proposal.scope)),
      gpuHoursSaved: ticksToHours(ticksOf(hours, alone)),
      cause: proposal.cause,
      facts: proposal.facts,
    },
    assumptions: [...proposal.assumptions, ...assumptionsOfLifecycle(hours, alone)],
    action: proposal.action,
    changes: changeFiles(proposal.change, proposal),
  };
}

export function sumTicks(hours: readonly HolderHour[], scope: readonly number[]): bigint {
  return scope.reduce((sum, index) => sum + grossOf(hours[index]!.ticks), 0n);
}

/** GPU time in the proportion of the cost that is claimed. */
export function ticksOf(hours: readonly HolderHour[], claims: readonly Claim[]): bigint {
  return claims.reduce((sum, { index, picos }) => {
    const gross = grossPicos(hours[index]!);
    return gross > 0n ? sum + (grossOf(hours[index]!.ticks) * picos) / gross : sum;
  }, 0n);
}

/** Committed and owned machines are paid for either way: what they save is room for something else. */
export function assumptionsOfLifecycle(hours: readonly HolderHour[], claims: readonly Claim[]): string[] {
  const whole = sumOf(claims);
  const fixed = sumOf(claims.filter(({ index }) => ['committed', 'owned'].includes(hours[index]!.lifecycle)));
  if (whole === 0n || fixed === 0n) return [];
  const percent = (fixed * 100n) / whole;
  return [
    `${percent === 0n ? 'under 1' : percent} % of it is on committed or owned machines: room for other work, not a smaller bill`,
  ];
}

function sumOfRows(rows: readonly LeverRow[]): Picos {
  return rows.reduce(
    (sum, { inPlanSaving }) => sum + BigInt(inPlanSaving.replace('.', '')) * (PICOS_PER_UNIT / 100n),
    0n,
  );
}

export function toTexts({ low, expected, high }: Range): SavingRange {
  return { low: formatPicos(low), expected: formatPicos(expected), high: formatPicos(high) };
}

function sentenceOf(
  { low, expected, high }: Range,
  rows: number,
  isEnough: boolean,
  currency: string,
): string {
  if (!isEnough) return `There is too little history to replay: ${LEAST_DAYS} days are needed.`;
  if (rows === 0) return 'Nothing that was replayed would have saved enough to be worth a change.';
  return `The plan saves ${displayMoney(expected, currency)} a month (${displayAmount(low, 0)}–${displayAmount(high, 0)}).`;
}
