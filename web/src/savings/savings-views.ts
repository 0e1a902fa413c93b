import type { LeverRow, LeversReport, SavingRange } from '../../../src/app/results/levers.ts';
import type { IdleFigures, IdleReport } from '../../../src/app/results/results.ts';
import { toCsv } from '../format/csv.ts';
import { formatShortDay, formatWeekday } from '../format/dates.ts';
import { fractionOf, parseDecimal, toNumber } from '../format/decimal.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatGpuHours, formatPercent, hoursText } from '../format/quantity.ts';
import type { BarsView } from '../frame/bars-view.ts';
import type { Card, CardLine } from '../frame/cards.tsx';
import { CAUSE_LOOKS, causeName } from './causes.ts';
import type { LeverSort } from './savings-state.ts';

const CENTS = 2;

/** What could be saved, of what, and what stood still while others waited. */
export function viewSavingsCards(report: LeversReport): readonly Card[] {
  const { planSaving, gpuCost, currency, rows, whileOthersWaited } = report;
  const share = shareText(planSaving.expected, gpuCost);
  const ready = rows.filter(({ risk }) => risk === 'low').length;
  return [
    card('Open savings, a month', formatMoney(planSaving.expected, currency, 0), {
      exact: exactMoney(planSaving.expected, currency),
      isEstimate: true,
      lines: [line(`${rangeText(planSaving, currency)}, from resampled history`)],
    }),
    card('GPU cost, a month', formatMoney(gpuCost, currency, 0), {
      exact: exactMoney(gpuCost, currency),
      lines: [line(rows.length === 0 ? 'what no saving can exceed' : `the plan would save ${share} of it`)],
    }),
    card('Levers', String(rows.length), {
      lines: [line(rows.length === 0 ? 'nothing is worth a change' : `${ready} of them at low risk`)],
    }),
    whileOthersWaited === null
      ? card('Idle while others queued', UNKNOWN, { lines: [gap('? no source says which runs waited')] })
      : card('Idle while others queued', formatMoney(whileOthersWaited.cost, currency, 0), {
          exact: exactMoney(whileOthersWaited.cost, currency),
          lines: [
            line(
              `at most: ${formatGpuHours(whileOthersWaited.gpuHours)} while some of ${countOf(whileOthersWaited.runs, 'run')} waited`,
            ),
          ],
        }),
  ];
}

export type LeverLine = Readonly<{
  row: LeverRow;
  place: number;
  expected: string;
  range: string;
  inPlan: string;
  targetCost: string;
  /** Of the target's cost, in the plan. */
  share: string;
  /** For the length of bars, 0–1 of the largest high: where the range begins, ends, and what the replay saved. */
  low: number;
  high: number;
  middle: number;
}>;

export function viewLevers(
  { rows, currency }: LeversReport,
  sort: LeverSort = 'place',
): readonly LeverLine[] {
  const numberOf = (text: string) => toNumber(parseDecimal(text) ?? 0n);
  const largest = Math.max(1, ...rows.map(({ aloneSaving }) => numberOf(aloneSaving.high)));
  const lines = rows.map((row, index) => ({
    row,
    place: index + 1,
    expected: formatMoney(row.aloneSaving.expected, currency, CENTS),
    range: rangeText(row.aloneSaving, currency),
    inPlan: formatMoney(row.inPlanSaving, currency, CENTS),
    targetCost: formatMoney(row.targetCost, currency, CENTS),
    share: shareText(row.inPlanSaving, row.targetCost),
    low: numberOf(row.aloneSaving.low) / largest,
    high: numberOf(row.aloneSaving.high) / largest,
    middle: numberOf(row.aloneSaving.expected) / largest,
  }));
  return lines.toSorted((a, b) => compare(a, b, sort));
}

function compare(a: LeverLine, b: LeverLine, sort: LeverSort): number {
  if (sort === 'place') return a.place - b.place;
  const of = { inPlan: inPlanOf, alone: aloneOf, cost: costOf }[sort];
  const [one, other] = [of(a.row), of(b.row)];
  return one === other ? a.place - b.place : one < other ? 1 : -1;
}

const inPlanOf = ({ inPlanSaving }: LeverRow) => parseDecimal(inPlanSaving) ?? 0n;
const aloneOf = ({ aloneSaving }: LeverRow) => parseDecimal(aloneSaving.expected) ?? 0n;
const costOf = ({ targetCost }: LeverRow) => parseDecimal(targetCost) ?? 0n;

/** `$11,900.00–15,800.00`. */
export function rangeText({ low, high }: SavingRange, currency: string): string {
  return `${formatMoney(low, currency, CENTS)}–${formatMoney(high, '', CENTS)}`;
}

function shareText(part: string, whole: string): string {
  const [one, all] = [parseDecimal(part), parseDecimal(whole)];
  return one === null || all === null ? UNKNOWN : formatPercent(fractionOf(one, all));
}

export function leversCsv({ rows, currency, period }: LeversReport): string {
  return toCsv(
    [
      'id',
      'lever',
      'target',
      'owner',
      'aloneLow',
      'aloneExpected',
      'aloneHigh',
      'inPlan',
      'targetCost',
      'risk',
      'cause',
      'action',
      'currency',
      'historyFrom',
      'historyTo',
    ],
    rows.map((row) => [
      row.id,
      row.lever,
      row.target,
      row.owner,
      row.aloneSaving.low,
      row.aloneSaving.expected,
      row.aloneSaving.high,
      row.inPlanSaving,
      row.targetCost,
      row.risk,
      row.evidence.cause,
      row.action,
      currency,
      period.from,
      period.to,
    ]),
  );
}

export type MissingLine = Readonly<{ lever: string; reason: string; targets: readonly string[] }>;

/** What could not be judged, one line for each reason. */
export function viewMissing(missing: LeversReport['missing']): readonly MissingLine[] {
  const lines = new Map<string, { lever: string; reason: string; targets: string[] }>();
  for (const { lever, target, reason } of missing) {
    const key = `${lever}\0${reason}`;
    const line = lines.get(key) ?? { lever, reason, targets: [] };
    if (target !== null) line.targets.push(target);
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** Rows of causes are of time that did nothing; what worked and what nobody saw is told apart. */
const NOT_CAUSES = ['working', 'unobserved'];

export type CauseLine = Readonly<{
  cause: string;
  name: string;
  meaning: string;
  hours: string;
  cost: string;
  exact: string;
  share: string;
}>;

/** Idle while others queued first, then by cost. */
export function viewCauses({ rows, currency }: IdleReport): readonly CauseLine[] {
  const causes = rows.filter((row) => !NOT_CAUSES.includes(String(row['cause'])));
  const all = causes.reduce((sum, row) => sum + standingHours(row), 0);
  const lines = causes.map((row) => {
    const cause = String(row['cause']);
    return {
      cause,
      name: causeName(cause),
      meaning: CAUSE_LOOKS.find((look) => look.cause === cause)?.meaning ?? '',
      hours: hoursText(standingHours(row)),
      cost: formatMoney(row.cost.gross, currency, CENTS),
      exact: exactMoney(row.cost.gross, currency),
      share: formatPercent(all === 0 ? null : standingHours(row) / all),
    };
  });
  return [...lines.filter(isFirst), ...lines.filter((one) => !isFirst(one))];
}

function isFirst({ cause }: Readonly<{ cause: string }>): boolean {
  return cause === 'did-not-fit';
}

function standingHours({ gpuHours }: IdleFigures): number {
  return gpuHours.idle + gpuHours.unallocated;
}

/** GPU-hours that did nothing, by day and cause. */
export function viewIdleDays(report: IdleReport, whole: IdleReport): BarsView {
  const days = [...new Set(report.rows.map((row) => String(row['day'])))].sort();
  const at = new Map(report.rows.map((row) => [`${row['day']}/${row['cause']}`, standingHours(row)]));
  const totals = new Map(whole.rows.map((row) => [String(row['cause']), standingHours(row)]));
  const looks = CAUSE_LOOKS.filter(({ cause }) => totals.has(cause)).toReversed();
  return {
    pointTitle: 'Day',
    points: days.map((day) => ({ name: formatWeekday(day), label: formatShortDay(day) })),
    series: looks.map(({ cause, name, color, pattern }) => {
      const hours = days.map((day) => at.get(`${day}/${cause}`) ?? 0);
      return {
        key: cause,
        name,
        color,
        pattern,
        heights: hours,
        texts: hours.map(hoursText),
        whole: hoursText(totals.get(cause)!),
      };
    }),
    isStacked: true,
    unit: 'GPU-hours',
    currency: null,
    wholeTitle: 'All days',
    summary: summaryOf(whole, days.length),
  };
}

function summaryOf({ rows, total }: IdleReport, days: number): string {
  const causes = rows.filter((row) => !NOT_CAUSES.includes(String(row['cause'])));
  const [most] = causes.toSorted((a, b) => standingHours(b) - standingHours(a));
  if (most === undefined) return 'No paid time stood still.';
  const all = causes.reduce((sum, row) => sum + standingHours(row), 0);
  return `${hoursText(all)} of ${hoursText(total.gpuHours.gross)} GPU-hours in ${countOf(days, 'day')} did nothing; most of it, ${hoursText(standingHours(most))}: ${causeName(String(most['cause']))}.`;
}

/** The same time by device, the dearest first. */
export function viewIdleDevices(report: IdleReport): BarsView {
  const { rows, rest } = report;
  const lines = [
    ...rows.map((row) => ({ name: String(row['device']), figures: row as IdleFigures })),
    ...(rest ? [{ name: `${countOf(rest.rows, 'other device')}`, figures: rest as IdleFigures }] : []),
  ];
  const series = (
    [
      ['idle', 'held, no kernel running'],
      ['unallocated', 'held by nobody'],
    ] as const
  ).map(([bucket, name]) => {
    const hours = lines.map(({ figures }) => figures.gpuHours[bucket]);
    const look = CAUSE_LOOKS.find(
      ({ cause }) => cause === (bucket === 'idle' ? 'forgotten' : 'nobody-asked'),
    )!;
    return {
      key: bucket,
      name,
      color: look.color,
      pattern: look.pattern,
      // What is left out is larger than any device, and would make them all invisible.
      heights: hours.map((value, index) => (index < rows.length ? value : null)),
      texts: hours.map(hoursText),
      whole: hoursText(report.total.gpuHours[bucket]),
    };
  });
  return {
    pointTitle: 'Device',
    points: lines.map(({ name }) => ({ name, label: shortened(name) })),
    series,
    isStacked: true,
    unit: 'GPU-hours',
    currency: null,
    wholeTitle: 'All devices',
    summary: `The ${countOf(rows.length, 'device')} whose idle and unheld time cost most${rest ? `; the table has ${countOf(rest.rows, 'other')} as one row` : ''}.`,
  };
}

const SHORT = 14;

function shortened(name: string): string {
  return name.length > SHORT ? `…${name.slice(-SHORT + 1)}` : name;
}

export function idleCsv({ by, rows, rest, currency }: IdleReport): string {
  const figures = ({ gpuHours, cost }: IdleFigures) => [
    gpuHours.idle,
    gpuHours.unallocated,
    gpuHours.unobserved,
    cost.idle,
    cost.unallocated,
    cost.unobserved,
    currency,
  ];
  return toCsv(
    [
      ...by,
      'idleHours',
      'unallocatedHours',
      'unobservedHours',
      'idleCost',
      'unallocatedCost',
      'unobservedCost',
      'currency',
    ],
    [
      ...rows.map((row) => [...by.map((name) => String(row[name])), ...figures(row)]),
      ...(rest
        ? [[...by.map((_, index) => (index === 0 ? `${rest.rows} others` : '')), ...figures(rest)]]
        : []),
    ],
  );
}

function card(title: string, value: string, part: Partial<Card>): Card {
  return { title, value, exact: '', isEstimate: false, aside: null, lines: [], tone: 'plain', ...part };
}

function line(text: string): CardLine {
  return { text, direction: null, isGap: false };
}

function gap(text: string): CardLine {
  return { text, direction: null, isGap: true };
}
