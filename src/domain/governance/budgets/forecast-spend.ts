/** Spending of one whole UTC day, in units of the currency. */
export type SpentDay = Readonly<{ weekday: number; amount: number }>;

export type SpendForecast = Readonly<{
  /** Of the whole period: what is spent, and what is expected to come. The bounds hold 80 % of the outcomes. */
  low: number;
  expected: number;
  high: number;
  /** Days of history that it rests on. */
  days: number;
}>;

/** Below a week nothing is known of weekends. */
export const FEWEST_DAYS = 7;
/** Older days say little about the next ones. */
export const MOST_DAYS = 56;
const FEWEST_OF_WEEKDAY = 3;
/** 10th and 90th percentile of the normal distribution. */
const Z_80 = 1.2815515655446004;
/** Beyond this, a few days say nothing about how they hang together. */
const MOST_CORRELATION = 0.8;

/**
 * What a period will have cost at its end.
 *
 * Each remaining day is expected to cost the mean of its weekday over the last eight weeks (with fewer than three such days, the mean of
 * all). The range is that of the sum: with `s²` the variance of days around their means, `r` the correlation of one day with the next,
 * `n` days of history and `h` days to come, the variance is `s² × (1 + r) ÷ (1 − r) × (h + h² ÷ n)`: the first term for days to
 * come, the second for means that are only known so well. See docs/methodology.md, "Forecast of a budget".
 *
 * `restDays` are the weekdays to come, in order, each with the part of it that is left (1 for a whole day). `null` with less than a week.
 */
export function forecastSpend(
  spent: number,
  history: readonly SpentDay[],
  restDays: readonly Readonly<{ weekday: number; part: number }>[],
): SpendForecast | null {
  const days = history.slice(-MOST_DAYS);
  if (days.length < FEWEST_DAYS) return null;
  const means = weekdayMeans(days);
  const residuals = days.map(({ weekday, amount }) => amount - means[weekday]!);
  const toCome = restDays.reduce((sum, { weekday, part }) => sum + means[weekday]! * part, 0);
  const horizon = restDays.reduce((sum, { part }) => sum + part, 0);
  const spread = Z_80 * Math.sqrt(sumVariance(residuals, freedom(days), horizon));
  const expected = spent + toCome;
  return {
    low: Math.max(Math.min(spent, expected), expected - spread),
    expected,
    high: expected + spread,
    days: days.length,
  };
}

function weekdayMeans(days: readonly SpentDay[]): readonly number[] {
  const all = mean(days.map(({ amount }) => amount));
  return Array.from({ length: 7 }, (_, weekday) => {
    const same = days.filter((day) => day.weekday === weekday);
    return same.length < FEWEST_OF_WEEKDAY ? all : mean(same.map(({ amount }) => amount));
  });
}

/** Days less the means that were taken from them. */
function freedom(days: readonly SpentDay[]): number {
  const own = new Set(days.map(({ weekday }) => weekday)).size;
  const isByWeekday = days.length >= FEWEST_OF_WEEKDAY * 7;
  return Math.max(1, days.length - (isByWeekday ? own : 1));
}

function sumVariance(residuals: readonly number[], degrees: number, horizon: number): number {
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  if (squares === 0) return 0;
  const products = residuals.slice(1).reduce((sum, residual, index) => sum + residual * residuals[index]!, 0);
  const correlation = Math.min(MOST_CORRELATION, Math.max(0, products / squares));
  const inflation = (1 + correlation) / (1 - correlation);
  return (squares / degrees) * inflation * (horizon + horizon ** 2 / residuals.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
