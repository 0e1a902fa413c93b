import type { TakenFact } from '../domain/facts/facts.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { estimateToCents, parsePicos, picosToNumber } from '../domain/money/picos.ts';
import { HOURS_PER_MONTH } from '../domain/simulation/commitment/project-demand.ts';
import {
  ceilToHour,
  DAY_MS,
  type EpochMs,
  floorToHour,
  formatInstant,
  HOUR_MS,
  type TimeWindow,
} from '../domain/time/window.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import type { Interval } from '../domain/verification/compare-blocks.ts';
import { type JudgedChange, type JudgedMeasure, judgeChange } from '../domain/verification/judge-change.ts';
import { judgePromise } from '../domain/verification/judge-promise.ts';
import type { Clock } from '../ports/clock.ts';
import { TareError } from './errors.ts';
import type { ReportParts } from './report-ledger.ts';
import type {
  EstimateRange,
  MeasureFigures,
  PromiseFigures,
  VerificationReport,
  VerificationUnit,
} from './results/verification.ts';
import type { VerifyRequest } from './tare.ts';
import { type MeasuredDays, measureDays } from './verify/measure-days.ts';
import { measureRuns } from './verify/measure-runs.ts';
import { type ChangeSubject, readChange } from './verify/read-change.ts';
import { verificationSentence } from './verify/verification-sentence.ts';

export type VerifyParts = ReportParts & Readonly<{ clock: Clock }>;

/** On either side of a change, unless told otherwise: four of each weekday. */
const SIDE_DAYS = 28;

/** Whether a change saved what it was meant to, and whether latency or quality slipped. */
export async function verifySaving(
  { store, settings, clock }: VerifyParts,
  request: VerifyRequest,
): Promise<VerificationReport> {
  const subject = readChange(request.change);
  const taken = (await store.taken()).filter(({ changeId }) => changeId === request.change);
  const record = recordAt(taken, request.atMs);
  const atMs = request.atMs ?? record?.atMs;
  if (atMs === undefined) throw withoutTime(request.change);
  const { ledger } = await store.extent();
  const window = windowOf(request.window, atMs, {
    fromMs: ledger?.fromMs ?? 0,
    toMs: Math.min(clock.nowMs(), ledger?.toMs ?? 0),
  });
  const [beforeMs, afterMs] = [floorToHour(atMs), ceilToHour(atMs)];
  const measured =
    subject.runName === null
      ? await measureDays(store, subject, { ...request, window, beforeMs, afterMs })
      : await measureRuns(store, subject.runName, { ...request, window, atMs });
  const judged = judgeChange(measured.measures, request);
  const saving = savingOf(judged, measured, { fromMs: afterMs, toMs: window.toMs });
  const report: Omit<VerificationReport, 'sentence'> = {
    currency: settings.currency,
    change: request.change,
    subject: { dimension: subject.runName === null ? subject.dimension : 'run', values: valuesOf(subject) },
    at: formatInstant(atMs),
    before: sideOf({ fromMs: window.fromMs, toMs: beforeMs }, measured, false),
    after: sideOf({ fromMs: afterMs, toMs: window.toMs }, measured, true),
    unit: measured.unit,
    confidence: request.confidence,
    confidenceOfEach: judged.confidenceOfEach,
    verdict: judged.verdict,
    saving: saving === null ? null : rangeText(saving.perMonth),
    savedSoFar: saving === null ? null : estimateToCents(saving.soFar),
    measures: judged.measures.map((one) => measureFigures(one, measured)),
    load: loadOf(measured),
    promise: record === undefined ? null : promiseOf(record, saving?.perMonth ?? null),
    skipped: [...measured.skipped].map(([reason, blocks]) => ({ reason, blocks })),
    notes: notesOf(judged, measured),
  };
  return { ...report, sentence: verificationSentence(report, displayer(settings.currency)) };
}

/** The record at that time, or the latest one. */
function recordAt(taken: readonly TakenFact[], atMs: EpochMs | null): TakenFact | undefined {
  return atMs === null ? taken.at(-1) : taken.find((one) => one.atMs === atMs);
}

function withoutTime(change: string): TareError {
  return new TareError(
    'usage',
    `when "${change}" was made is not recorded`,
    'say so: --at 2026-10-14T09:00Z, or record it first with tare levers take',
  );
}

function windowOf(asked: TimeWindow | null, atMs: EpochMs, known: TimeWindow): TimeWindow {
  const { fromMs, toMs } = asked ?? {
    fromMs: floorToHour(atMs) - SIDE_DAYS * DAY_MS,
    toMs: ceilToHour(atMs) + SIDE_DAYS * DAY_MS,
  };
  const startMs = asked === null ? Math.max(fromMs, ceilToHour(known.fromMs)) : fromMs;
  // An hour that is not over yet would look cheap.
  return { fromMs: startMs, toMs: Math.max(startMs + HOUR_MS, Math.min(toMs, floorToHour(known.toMs))) };
}

function valuesOf({ runName, values }: ChangeSubject): readonly string[] {
  return runName === null ? values : [runName];
}

function sideOf({ fromMs, toMs }: TimeWindow, { days }: MeasuredDays, isAfter: boolean) {
  return {
    from: formatInstant(fromMs),
    to: formatInstant(Math.max(fromMs, toMs)),
    blocks: days.filter(({ position }) => position >= 0 === isAfter).length,
  };
}

type Saving = Readonly<{ perMonth: Interval; soFar: number }>;

function savingOf(judged: JudgedChange, { unit, days }: MeasuredDays, after: TimeWindow): Saving | null {
  const comparison = judged.measures.find(({ measure }) => measure.kind === 'cost')?.comparison ?? null;
  if (comparison === null) return null;
  const hours = (after.toMs - after.fromMs) / HOUR_MS;
  const made = days.filter(({ position }) => position >= 0).length;
  const blocksPerMonth = unit === 'runs' ? (made / hours) * HOURS_PER_MONTH : HOURS_PER_MONTH / 24;
  const { low, expected, high } = comparison.difference;
  return {
    perMonth: {
      low: -high * blocksPerMonth,
      expected: -expected * blocksPerMonth,
      high: -low * blocksPerMonth,
    },
    soFar: -expected * comparison.blocksAfter,
  };
}

function rangeText({ low, expected, high }: Interval): EstimateRange {
  return {
    low: estimateToCents(low),
    expected: estimateToCents(expected),
    high: estimateToCents(high),
  };
}

const COST_UNITS: Readonly<Record<VerificationUnit, Readonly<{ text: string; of: number }>>> = {
  requests: { text: 'per 1,000 requests that ended well', of: 1_000 },
  productive: { text: 'per GPU-hour that did work', of: 1 },
  'gpu-hours': { text: 'per GPU-hour', of: 1 },
  hours: { text: 'a day', of: 1 },
  runs: { text: 'per run', of: 1 },
};

function measureFigures(
  { measure, comparison, judgement }: JudgedMeasure,
  { unit, days }: MeasuredDays,
): MeasureFigures {
  const { name, kind, worseIs } = measure;
  const scale = kind === 'cost' ? COST_UNITS[unit].of / meanLoad(days, true) : 1;
  const percent = (fraction: number) => 100 * fraction;
  return {
    name,
    kind,
    worseIs,
    unit: unitText(kind, unit),
    expected: comparison && comparison.expected * scale,
    actual: comparison && comparison.actual * scale,
    changePercent: comparison && {
      low: percent(comparison.change.low),
      expected: percent(comparison.change.expected),
      high: percent(comparison.change.high),
    },
    judgement,
    blocksBefore: measure.blocks.filter(({ position }) => position < 0).length,
    blocksAfter: measure.blocks.filter(({ position }) => position >= 0).length,
    isWeekMatched: comparison?.isWeekMatched ?? false,
    autocorrelation: comparison?.autocorrelation ?? null,
  };
}

function unitText(kind: MeasureFigures['kind'], unit: VerificationUnit): string {
  if (kind === 'cost') return COST_UNITS[unit].text;
  if (kind === 'quality') return 'mean';
  return unit === 'runs' ? 'hours' : 'ms';
}

function meanLoad(days: MeasuredDays['days'], isAfter: boolean): number {
  const side = days.filter(({ position }) => position >= 0 === isAfter);
  return side.reduce((sum, { load }) => sum + load, 0) / side.length;
}

function loadOf({ unit, days }: MeasuredDays): VerificationReport['load'] {
  const [before, after] = [meanLoad(days, false), meanLoad(days, true)];
  if (unit === 'hours' || unit === 'runs' || Number.isNaN(before) || Number.isNaN(after)) return null;
  return { before, after, changePercent: before === 0 ? null : 100 * (after / before - 1) };
}

function promiseOf(record: TakenFact, realised: Interval | null): PromiseFigures | null {
  if (record.promised === null) return null;
  const promised = picosToNumber(record.promised.expected);
  return {
    promised: estimateToCents(promised),
    realised: realised && rangeText(realised),
    drift: realised && estimateToCents(realised.expected - promised),
    state: judgePromise(promised, realised),
    takenBy: record.takenBy,
  };
}

function notesOf(judged: JudgedChange, { unit, measures, days }: MeasuredDays): string[] {
  const kinds = new Set(measures.map(({ kind }) => kind));
  const mostUnpriced = Math.max(0, ...days.map(({ unpriced }) => unpriced));
  const compared = judged.measures.filter(({ comparison }) => comparison !== null);
  return [
    ...(unit === 'productive' || unit === 'hours'
      ? ['no requests are known on both sides: what was asked for may have changed too']
      : []),
    ...(mostUnpriced > 0
      ? [
          `up to ${displayPercent(mostUnpriced)} of the GPU time of a block has no price, and is missing in its cost`,
        ]
      : []),
    ...(kinds.has('latency') ? [] : ['no latency was measured: a slip would not show']),
    ...(kinds.has('quality') ? [] : ['no quality was measured: a slip would not show']),
    ...(compared.length > 0 &&
    unit !== 'runs' &&
    !compared.every(({ comparison }) => comparison!.isWeekMatched)
      ? ['less than a week on one side: hours of the week could not be matched']
      : []),
  ];
}

function displayer(currency: string) {
  return (text: string) => displayMoney(parsePicos(text)!.picos, currency);
}
