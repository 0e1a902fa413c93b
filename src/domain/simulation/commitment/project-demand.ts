import type { HourlyDemand } from './best-level.ts';

const HOURS_PER_WEEK = 168;
export const HOURS_PER_MONTH = 730;

/**
 * Demand as it may be: the pattern of whole weeks before repeats (of all hours, where there is less than a week), and grows by a
 * constant share each month of 730 hours. Growth acts from the middle of what is repeated, where its mean belongs.
 */
export function projectDemand(past: HourlyDemand, hours: number, growthPerMonth: number): HourlyDemand {
  const pattern = past.subarray(
    past.length % HOURS_PER_WEEK === past.length ? 0 : past.length % HOURS_PER_WEEK,
  );
  const middle = pattern.length / 2;
  return Float64Array.from({ length: pattern.length === 0 ? 0 : hours }, (_, hour) => {
    const months = (hour + pattern.length - middle) / HOURS_PER_MONTH;
    return pattern[hour % pattern.length]! * (1 + growthPerMonth) ** months;
  });
}

/**
 * Growth per month in the past: a straight line through the means of its weeks, as a share of their mean. Half of it when it
 * rises, since what grows may stop and a commitment stays; all of it when it falls. 0 with less than three weeks.
 */
export function measureGrowth(past: HourlyDemand): number {
  const weeks = Math.floor(past.length / HOURS_PER_WEEK);
  if (weeks < 3) return 0;
  const means = Array.from({ length: weeks }, (_, week) =>
    meanOf(
      past.subarray(
        past.length - (weeks - week) * HOURS_PER_WEEK,
        past.length - (weeks - week - 1) * HOURS_PER_WEEK,
      ),
    ),
  );
  const middle = (weeks - 1) / 2;
  const mean = meanOf(means);
  if (mean === 0) return 0;
  const rise = means.reduce((sum, value, week) => sum + (week - middle) * (value - mean), 0);
  const spread = means.reduce((sum, _, week) => sum + (week - middle) ** 2, 0);
  const perMonth = ((rise / spread) * (HOURS_PER_MONTH / HOURS_PER_WEEK)) / mean;
  return Math.max(-0.5, Math.min(0.5, perMonth > 0 ? perMonth / 2 : perMonth));
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return values.length === 0 ? 0 : sum / values.length;
}
