import { DAY_MS, HOUR_MS, type TimeWindow } from '../../time/window.ts';

/**
 * How fast a budget is used up: 1 spends exactly the limit by the end of the period, 2 twice as much.
 *
 * Judged over two windows, as service objectives are (Google, Site Reliability Workbook, chapter 5): the long one says that it matters,
 * the short one that it is still going on, so that an alert ends when the cause does.
 */
export type BurnWindow = Readonly<{
  name: 'fast' | 'slow';
  longMs: number;
  shortMs: number;
  /** Rate from which on both windows are too fast. */
  threshold: number;
}>;

/** A fast burn uses a seventh of a month's budget in a day or less; a slow one is twice as fast as it should be for a week. */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  { name: 'fast', longMs: DAY_MS, shortMs: 6 * HOUR_MS, threshold: 4 },
  { name: 'slow', longMs: 7 * DAY_MS, shortMs: DAY_MS, threshold: 2 },
];

export type BurnRate = Readonly<{
  name: BurnWindow['name'];
  /** `null`: the ledger does not reach over the window. */
  long: number | null;
  short: number | null;
  threshold: number;
  isBurning: boolean;
}>;

/** Spending by the hour, in any unit. */
export type SpentHour = Readonly<{ hourMs: number; amount: number }>;

/**
 * Rates at the end of what is known. `hours` are those that have spending; `known` is what the ledger covers, and an hour of it without
 * spending cost nothing.
 */
export function burnRates(
  hours: readonly SpentHour[],
  known: TimeWindow,
  limit: number,
  period: TimeWindow,
): readonly BurnRate[] {
  return BURN_WINDOWS.map(({ name, longMs, shortMs, threshold }) => {
    const long = rateOver(longMs, hours, known, limit, period);
    const short = rateOver(shortMs, hours, known, limit, period);
    const isBurning = long !== null && short !== null && long >= threshold && short >= threshold;
    return { name, long, short, threshold, isBurning };
  });
}

/** (spent ÷ limit) ÷ (window ÷ period). */
function rateOver(
  windowMs: number,
  hours: readonly SpentHour[],
  known: TimeWindow,
  limit: number,
  period: TimeWindow,
): number | null {
  const fromMs = known.toMs - windowMs;
  if (fromMs < known.fromMs || limit <= 0) return null;
  const spent = hours
    .filter(({ hourMs }) => hourMs >= fromMs && hourMs < known.toMs)
    .reduce((sum, { amount }) => sum + amount, 0);
  return spent / limit / (windowMs / (period.toMs - period.fromMs));
}
