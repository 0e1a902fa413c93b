import { median } from '../anomalies/expected-hours.ts';

const FEWEST_WEEKS = 6;
const FEWEST_DAYS_OF_WEEK = 5;
/** Of all pairs of weeks, so many have to point the same way; by chance alone one series in twenty does. */
const SAME_WAY = 0.75;
/** Nothing grows by more than this part in a week for long. */
const MOST_PER_WEEK = 0.1;

/**
 * By what part of itself spending grows each day: the median slope between any two weeks (Theil and Sen), where the weeks agree that there is one;
 * 0 otherwise. `amounts` are days in order, the last one the newest; weeks are counted back from there.
 */
export function growthPerDay(amounts: readonly (number | null)[]): number {
  const weeks: { at: number; level: number }[] = [];
  for (let end = amounts.length; end >= 7; end -= 7) {
    const known = amounts.slice(end - 7, end).filter((amount) => amount !== null);
    if (known.length < FEWEST_DAYS_OF_WEEK) continue;
    weeks.push({ at: -weeks.length, level: known.reduce((sum, amount) => sum + amount, 0) / known.length });
    weeks.at(-1)!.at = (end - amounts.length) / 7;
  }
  if (weeks.length < FEWEST_WEEKS) return 0;
  const slopes = weeks.flatMap((later, index) =>
    weeks.slice(index + 1).map((earlier) => (later.level - earlier.level) / (later.at - earlier.at)),
  );
  const level = median(weeks.map((week) => week.level));
  const rising = slopes.filter((slope) => slope > 0).length / slopes.length;
  if (level <= 0 || Math.max(rising, 1 - rising) < SAME_WAY) return 0;
  const perWeek = median(slopes) / level;
  return Math.min(MOST_PER_WEEK, Math.max(-MOST_PER_WEEK, perWeek)) / 7;
}
