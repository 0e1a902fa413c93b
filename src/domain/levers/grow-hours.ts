import { BUCKETS, type PerBucket } from '../ledger/buckets.ts';
import { HOURS_PER_MONTH } from '../simulation/commitment/project-demand.ts';
import { PPM } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';

/** What can be had more of at the price that is paid now. What is committed to, or owned, is as much as it is. */
const GROWS: readonly string[] = ['on_demand', 'spot', 'api'];

export function grows({ lifecycle }: HolderHour): boolean {
  return GROWS.includes(lifecycle);
}

/**
 * How many times as much there is in the first month after the period, where demand grows by a constant share each month of 730 hours: from
 * the middle of the period to the middle of that month; to the millionth.
 */
export function growthFactor(growthPerMonth: number, periodHours: number): number {
  const factor = (1 + growthPerMonth) ** ((periodHours / 2 + HOURS_PER_MONTH / 2) / HOURS_PER_MONTH);
  return Math.round(factor * PPM) / PPM;
}

/** The hours as they would be at that time: more of the same, in time and in money. */
export function growHours(hours: readonly HolderHour[], factor: number): HolderHour[] {
  const ppm = BigInt(Math.round(factor * PPM));
  const grown = (amount: bigint) => (amount * ppm) / BigInt(PPM);
  const all = (amounts: PerBucket<bigint>) =>
    Object.fromEntries(BUCKETS.map((bucket) => [bucket, grown(amounts[bucket])])) as PerBucket<bigint>;
  return hours.map((hour) =>
    grows(hour)
      ? { ...hour, ticks: all(hour.ticks), cost: all(hour.cost), unpricedTicks: grown(hour.unpricedTicks) }
      : hour,
  );
}
