import type { Picos } from '../money/picos.ts';
import type { Launch } from './launch.ts';

/** Hours of a month that everything paid by the month is multiplied with: 365 × 24 ÷ 12. */
export const HOURS_PER_MONTH = 730;

/** What a launch would cost. Unknown is `null`: no price, or no hours. */
export type LaunchEstimate = Readonly<{
  price: LaunchPrice | null;
  /** With the fewest, the stated and the most GPUs. */
  perHour: Readonly<{ low: Picos; stated: Picos; high: Picos }> | null;
  /** Of a run, or `null`: of something that runs until it is stopped there is no whole. */
  hours: ExpectedHours | null;
  perRun: Readonly<{ low: Picos; expected: Picos; high: Picos }> | null;
  /** Of something that runs until it is stopped; at the stated number of copies, and at the most. */
  perMonth: Readonly<{ low: Picos; stated: Picos; high: Picos }> | null;
}>;

/** One price per GPU-hour for each part, in the order of the parts. */
export type LaunchPrice = Readonly<{
  perGpuHour: readonly Picos[];
  /** Where each comes from, in words. */
  references: readonly string[];
  source: 'contract' | 'price_book' | 'ownership';
  /** What had to be assumed, as the file does not say it: `on demand`, `the middle of 14 list prices`. */
  assumptions: readonly string[];
}>;

export type ExpectedHours = Readonly<{
  low: number;
  expected: number;
  high: number;
  basis: 'past_runs' | 'stated' | 'limit';
  /** `median of 7 runs of the same name`. */
  detail: string;
}>;

/** Multiplies out: GPUs × price × hours. Hours and fractions of GPUs are estimates, so the result is one, too; it is rounded to 10⁻⁶. */
export function estimateCost(
  launch: Launch,
  price: LaunchPrice | null,
  hours: ExpectedHours | null,
): LaunchEstimate {
  if (price === null) return { price, hours, perHour: null, perRun: null, perMonth: null };
  const perHour = hourlyOf(launch, price);
  return {
    price,
    hours,
    perHour,
    perRun:
      hours === null || launch.isContinuous
        ? null
        : {
            low: times(perHour.stated, hours.low),
            expected: times(perHour.stated, hours.expected),
            high: times(perHour.stated, hours.high),
          },
    perMonth: launch.isContinuous
      ? {
          low: times(perHour.low, HOURS_PER_MONTH),
          stated: times(perHour.stated, HOURS_PER_MONTH),
          high: times(perHour.high, HOURS_PER_MONTH),
        }
      : null,
  };
}

/** The one figure of a launch in tables and sums: the expected cost of a run, or the most that a month may cost; else that of an hour. */
export function headlineCost({ perRun, perMonth, perHour }: LaunchEstimate): {
  picos: Picos;
  per: 'run' | 'month' | 'hour';
} | null {
  if (perRun !== null) return { picos: perRun.expected, per: 'run' };
  if (perMonth !== null) return { picos: perMonth.high, per: 'month' };
  return perHour === null ? null : { picos: perHour.high, per: 'hour' };
}

function hourlyOf(launch: Launch, { perGpuHour }: LaunchPrice): NonNullable<LaunchEstimate['perHour']> {
  const { parts, copies } = launch;
  const sum = (nodes: (part: Launch['parts'][number]) => number, count: number) =>
    parts.reduce(
      (total, part, index) => total + times(perGpuHour[index]!, part.gpusPerNode * nodes(part) * count),
      0n,
    );
  return {
    low: sum(({ nodesMin }) => nodesMin, copies.min),
    stated: sum(({ nodes }) => nodes, copies.stated),
    high: sum(({ nodesMax }) => nodesMax, copies.max),
  };
}

const MILLIONTHS = 1_000_000;

function times(picos: Picos, factor: number): Picos {
  return (picos * BigInt(Math.round(factor * MILLIONTHS))) / BigInt(MILLIONTHS);
}
