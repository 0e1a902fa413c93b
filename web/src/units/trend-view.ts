import type { UnitPoint, UnitsReport } from '../../../src/app/results/units.ts';
import { formatMinute, formatShortDay, formatWeekday } from '../format/dates.ts';
import { parseDecimal, toNumber } from '../format/decimal.ts';
import { msText, threeDigits } from '../format/latency.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatCount, formatPercent } from '../format/quantity.ts';
import { formatUnitChange, formatUnitMoney } from '../format/unit-money.ts';
import { DRIVER_LOOKS } from './drivers.ts';

/** One day or hour; where nothing was served or paid there is nothing in it. */
export type PointView = Readonly<{
  at: string;
  /** `Wed 14 Oct 2026`, or an hour. */
  name: string;
  label: string;
  /** For the height of lines and bars; `null` is a gap. */
  unitCost: number | null;
  drivers: Readonly<Record<string, number>> | null;
  p50: number | null;
  p95: number | null;
  quality: Readonly<Record<string, number>>;
  requests: number;
  texts: Readonly<{
    unitCost: string;
    exactUnitCost: string;
    cost: string;
    exactCost: string;
    requests: string;
    p95: string;
    quality: string;
    utilisation: string;
    batch: string;
    cached: string;
    /** In the order of `DRIVER_LOOKS`. */
    drivers: readonly string[];
  }>;
}>;

export type TrendView = Readonly<{
  points: readonly PointView[];
  /** Of the time before, for a line to compare with. */
  before: number | null;
  scores: readonly string[];
  hasDrivers: boolean;
  summary: string;
}>;

/** The unit cost over time, what moved it, and how fast and good the answers were at the same time. */
export function viewTrend(report: UnitsReport): TrendView {
  const { points, currency, change, step } = report;
  const known = new Map(points.map((point) => [point.at, point]));
  const views = steps(points.map(({ at }) => at).sort(), step).map((at) =>
    pointView(at, known.get(at), step, currency),
  );
  const scores = [...new Set(points.flatMap(({ quality }) => quality.map(({ score }) => score)))].sort();
  return {
    points: views,
    before: change && toNumber(parseDecimal(change.before) ?? 0n),
    scores,
    hasDrivers: points.some(({ drivers }) => drivers !== null),
    summary: summaryOf(report, views),
  };
}

/** What is said of a point when it is pointed at. */
export function pointText({ name, texts, drivers }: PointView): string {
  const moved = drivers === null ? '' : ` ${movedText(texts.drivers)}.`;
  const quality = texts.quality === UNKNOWN ? '' : `, ${texts.quality}`;
  return `${name}: ${texts.unitCost} per 1,000 of ${texts.requests} requests, p95 ${texts.p95} ms${quality}.${moved}`;
}

function movedText(amounts: readonly string[]): string {
  const told = DRIVER_LOOKS.map(({ driver }, index) => `${driver} ${amounts[index]}`);
  return `Less the time before: ${told.join(', ')}`;
}

const STEP_MS = { day: 86_400_000, hour: 3_600_000 } as const;
const MOST_STEPS = 1_000;

/** A day on which nothing is known is a gap in the picture, not a shorter picture. */
function steps(known: readonly string[], step: UnitsReport['step']): readonly string[] {
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [fromMs, toMs] = [new Date(first).valueOf(), new Date(last).valueOf()];
  const count = Math.round((toMs - fromMs) / STEP_MS[step]) + 1;
  if (count > MOST_STEPS) return known;
  return Array.from({ length: count }, (_, index) => textOf(fromMs + index * STEP_MS[step], step));
}

function textOf(ms: number, step: UnitsReport['step']): string {
  const text = new Date(ms).toISOString();
  return step === 'day' ? text.slice(0, 10) : text.replace('.000Z', 'Z');
}

function pointView(
  at: string,
  point: UnitPoint | undefined,
  step: UnitsReport['step'],
  currency: string,
): PointView {
  const cost = point?.costPer1kRequests ?? null;
  return {
    at,
    name: step === 'day' ? formatWeekday(at) : `${formatMinute(at)} UTC`,
    label: step === 'day' ? formatShortDay(at) : `${at.slice(11, 16)}\n${formatShortDay(at)}`,
    unitCost: numberOf(cost),
    drivers:
      point?.drivers == null
        ? null
        : Object.fromEntries(
            Object.entries(point.drivers).map(([name, text]) => [name, numberOf(text) ?? 0]),
          ),
    p50: point?.latencyMs.p50 ?? null,
    p95: point?.latencyMs.p95 ?? null,
    quality: Object.fromEntries(point?.quality.map(({ score, mean }) => [score, mean]) ?? []),
    requests: point?.requests ?? 0,
    texts: textsOf(point, currency),
  };
}

function textsOf(point: UnitPoint | undefined, currency: string): PointView['texts'] {
  const quality = point?.quality.map(({ score, mean }) => `${score} ${threeDigits(mean)}`).join(', ');
  return {
    unitCost: formatUnitMoney(point?.costPer1kRequests ?? null, currency),
    exactUnitCost: exactMoney(point?.costPer1kRequests ?? null, currency),
    cost: formatMoney(point?.cost ?? null, currency, 2),
    exactCost: exactMoney(point?.cost ?? null, currency),
    requests: point ? formatCount(point.requests) : UNKNOWN,
    p95: msText(point?.latencyMs.p95 ?? null),
    quality: quality || UNKNOWN,
    utilisation: formatPercent(point?.utilisation ?? null),
    batch: point?.batchSize == null ? UNKNOWN : threeDigits(point.batchSize),
    cached: formatPercent(point?.cachedFraction ?? null),
    drivers: DRIVER_LOOKS.map(({ driver }) => {
      const amount = point?.drivers?.[driver];
      return amount === undefined ? UNKNOWN : formatUnitChange(amount, currency);
    }),
  };
}

function summaryOf({ step }: UnitsReport, points: readonly PointView[]): string {
  const priced = points.filter(({ unitCost }) => unitCost !== null);
  if (priced.length === 0) return 'No request of this window has a known cost.';
  const by = (isLess: (a: number, b: number) => boolean) =>
    priced.reduce((most, one) => (isLess(one.unitCost!, most.unitCost!) ? one : most));
  const [cheap, dear] = [by((a, b) => a < b), by((a, b) => a > b)];
  return `${countOf(points.length, step)}. 1,000 requests cost least on ${cheap.name}, ${cheap.texts.unitCost}, and most on ${dear.name}, ${dear.texts.unitCost}.`;
}

function numberOf(text: string | null): number | null {
  const picos = parseDecimal(text);
  return picos === null ? null : toNumber(picos);
}
