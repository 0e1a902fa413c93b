import type { EpochMs, TimeWindow } from '../../../domain/time/window.ts';
import { DAY_MS, HOUR_MS } from '../../../domain/time/window.ts';
import type { Dialect } from '../dialect.ts';

/** What the queries of one build have in common. */
export type BuildContext = Readonly<{
  dialect: Dialect;
  /** Whole hours. */
  window: TimeWindow;
  /** What is still open ends here. */
  untilMs: EpochMs;
  maxHoldIntervals: number;
  /** The window, widened to the whole charge periods of GPU purchases that overlap it. */
  billedWindow: TimeWindow;
  /** How many hours back a sample can reach. */
  lookbackHours: number;
  /** Whether every price of a GPU-hour is positive and below `PRICE_LIMIT_PICOS`: what is divided by it is divided quickly then. */
  isOrdinaryPrice: boolean;
  /** Whether samples of the window were rolled up. */
  hasRolledUp: boolean;
}>;

/** A hundred of any currency for a GPU-hour: quotients beyond it need more digits than a double has. */
export const PRICE_LIMIT_PICOS = 100_000_000_000_000n;

/** A scratch table and the query that fills it. */
export type Step = Readonly<{ name: string; select: string }>;

/** A time literal. Bare, ClickHouse would take it for unsigned, which has no common type with signed columns. */
export function at(ms: EpochMs): string {
  return `CAST(${ms} AS BIGINT)`;
}

export const NEVER = at(9_007_199_254_740_991);
export const ZERO = at(0);
export const RUNNING = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';

/** A sum that is known to fit 64 bits, as such. */
export function narrowSum(value: string): string {
  return `CAST(coalesce(sum(${value}), 0) AS BIGINT)`;
}

/**
 * A query about `rows` as two, of which each has every other device. What starts from a table of few rows is one task to an engine, even
 * where each row becomes a hundred; two are done at once. Not worth its planning for a few hours.
 */
export function inHalves({ window }: BuildContext, deviceNo: string, rows: (half: string) => string): string {
  if (window.toMs - window.fromMs <= DAY_MS) return rows('1 = 1');
  return `${rows(`${deviceNo} % 2 = 0`)} UNION ALL ${rows(`${deviceNo} % 2 = 1`)}`;
}

/** The number of the hour of a time. */
export function hourNumber(dialect: Dialect, ms: string): string {
  return dialect.div(ms, String(HOUR_MS));
}

/** The part of an amount that falls into the hour at `hour_ms`, of the period from `cs` to `ce`; the hours add up to the amount. */
export function spreadByTime(d: Dialect, amount: string): string {
  const upTo = (ms: string) => d.wideDiv(`(${amount} * (${ms} - cs))`, '(ce - cs)');
  return `${upTo(`least(hour_ms + ${HOUR_MS}, ce)`)} - ${upTo('greatest(hour_ms, cs)')}`;
}
