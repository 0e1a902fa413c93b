import { type EpochMs, HOUR_MS } from '../../time/window.ts';

/**
 * One figure by the hour, from a whole UTC day on. `null` is an hour of which nothing is known: it is neither expected nor judged.
 *
 * An amount is `value × weight`: for money the weight is 1; for a unit cost it is the number of units.
 */
export type HourSeries = Readonly<{
  startMs: EpochMs;
  values: readonly (number | null)[];
  weights: readonly number[] | null;
}>;

export const HOURS_OF_DAY = 24;
const HOURS_OF_WEEK = 168;
/** Weeks that an hour is compared with. */
export const REFERENCE_WEEKS = 8;
const FEWEST_WEEKS = 3;
/** Where the same hour of so many weeks is not known: the same hour of so many working days, or days of the weekend. */
const REFERENCE_DAYS = 21;
const FEWEST_DAYS = 3;
const DRIFT_DAYS = 14;
const FEWEST_DRIFT_DAYS = 5;
const FEWEST_HOURS_OF_DAY = 18;
/** A drift beyond this is no drift. */
const MOST_DRIFT = 2;

/**
 * What each hour of a day is expected to be, from the hours before that day alone.
 *
 * The season is the median of the same hour of the week over the last eight weeks; the drift is the median, over the last 14 days, of how
 * much a day was above or below the median of its weekday over those eight weeks. Medians, because half of the hours may be wild before
 * one moves. Only hours that `isUsual` are asked, so that an anomaly does not become what is expected. See
 * docs/methodology-guardrails.md, "Anomalies".
 */
export function expectDay(
  { startMs, values }: HourSeries,
  day: number,
  isUsual: (hour: number) => boolean,
): (number | null)[] {
  const known = (hour: number) => (hour >= 0 && isUsual(hour) ? (values[hour] ?? null) : null);
  const drift = driftBefore(day, known);
  return Array.from({ length: HOURS_OF_DAY }, (_, index) => {
    const season = seasonOf(day * HOURS_OF_DAY + index, startMs, known);
    return season === null ? null : season * drift;
  });
}

type Known = (hour: number) => number | null;

function seasonOf(hour: number, startMs: EpochMs, known: Known): number | null {
  const weeks: number[] = [];
  for (let week = 1; week <= REFERENCE_WEEKS; week++) {
    const value = known(hour - week * HOURS_OF_WEEK);
    if (value !== null) weeks.push(value);
  }
  if (weeks.length >= FEWEST_WEEKS) return median(weeks);
  const days: number[] = [];
  for (let back = 1; back <= REFERENCE_DAYS; back++) {
    const other = hour - back * HOURS_OF_DAY;
    if (isWeekend(other, startMs) !== isWeekend(hour, startMs)) continue;
    const value = known(other);
    if (value !== null) days.push(value);
  }
  return days.length >= FEWEST_DAYS ? median(days) : null;
}

function driftBefore(day: number, known: Known): number {
  const levels = Array.from({ length: REFERENCE_WEEKS * 7 + 1 }, (_, back) => levelOf(day - back, known));
  const ratios: number[] = [];
  for (let back = 1; back <= DRIFT_DAYS; back++) {
    const level = levels[back] ?? null;
    const sameWeekday = levels.filter(
      (other, index): other is number => index > 0 && index % 7 === back % 7 && other !== null,
    );
    if (level === null || sameWeekday.length < FEWEST_WEEKS) continue;
    const usual = median(sameWeekday);
    if (usual > 0) ratios.push(level / usual);
  }
  if (ratios.length < FEWEST_DRIFT_DAYS) return 1;
  return Math.min(MOST_DRIFT, Math.max(1 / MOST_DRIFT, median(ratios)));
}

/** The mean hour of a day; `null` when too few of its hours are known and usual. */
function levelOf(day: number, known: Known): number | null {
  let [sum, count] = [0, 0];
  for (let hour = day * HOURS_OF_DAY; hour < (day + 1) * HOURS_OF_DAY; hour++) {
    const value = known(hour);
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return count >= FEWEST_HOURS_OF_DAY ? sum / count : null;
}

function isWeekend(hour: number, startMs: EpochMs): boolean {
  const weekday = new Date(startMs + hour * HOUR_MS).getUTCDay();
  return weekday === 0 || weekday === 6;
}

export function median(values: readonly number[]): number {
  // Sorts by number and several times faster than an array does; thousands of windows are looked at each day.
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
