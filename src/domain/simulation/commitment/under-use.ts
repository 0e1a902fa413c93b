import { costAtLevel, type HourlyDemand, savedFraction } from './best-level.ts';

export type UnderUse = Readonly<{
  /** Share of hours in which part of the commitment is not used. */
  hoursBelowLevel: number;
  /** Share of weeks, one from each day on, in which it costs more than on-demand alone. `null` with less than a week. */
  weeksAtALoss: number | null;
  /** Saved fraction in the weeks: the tenth and the ninetieth percentile. */
  low: number | null;
  high: number | null;
}>;

const HOURS_PER_WEEK = 168;
const HOURS_PER_DAY = 24;

/** How a level would have done in every single week: what the mean of a long time hides. */
export function surveyUnderUse(demand: HourlyDemand, rate: number, level: number): UnderUse {
  const weeks: number[] = [];
  let atALoss = 0;
  for (let from = 0; from + HOURS_PER_WEEK <= demand.length; from += HOURS_PER_DAY) {
    const week = demand.subarray(from, from + HOURS_PER_WEEK);
    const saved = savedFraction(week, rate, level);
    if (saved !== null) weeks.push(saved);
    if (costAtLevel(week, rate, level) > costAtLevel(week, rate, 0)) atALoss += 1;
  }
  const windows = Math.max(0, Math.floor((demand.length - HOURS_PER_WEEK) / HOURS_PER_DAY) + 1);
  return {
    hoursBelowLevel:
      demand.length === 0 ? 0 : demand.filter((amount) => amount < level).length / demand.length,
    weeksAtALoss: windows === 0 ? null : atALoss / windows,
    low: percentile(weeks, 0.1),
    high: percentile(weeks, 0.9),
  };
}

function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
