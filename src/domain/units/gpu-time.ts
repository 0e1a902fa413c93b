/**
 * GPU time as exact integers.
 *
 * A whole GPU is 840,000 parts: divisible by the slices that exist in the trade (sevenths of an A100 or H100, quarters of an
 * A30, eighths of an MI300X in CPX, thirds of three time-sliced tenants) and by every share with up to four decimals.
 * A tick is one part of a GPU for one millisecond, so durations, slices and sums stay integers.
 */
export const PARTS_PER_GPU = 840_000;
export const TICKS_PER_GPU_HOUR = 3_600_000n * BigInt(PARTS_PER_GPU);

/** Activity is kept in parts per million: finer than any exporter measures, and an integer on every engine. */
export const PPM = 1_000_000;

/** A share or slice (0–1] as parts of a GPU, rounded to the nearest part. */
export function toParts(fraction: number): number {
  return Math.round(fraction * PARTS_PER_GPU);
}

/** A fraction 0–1 as parts per million, clamped: exporters overshoot by a rounding now and then. */
export function toPpm(fraction: number): number {
  return Math.min(PPM, Math.max(0, Math.round(fraction * PPM)));
}

/** GPU-hours as a number with nine decimals, for JSON and screens; sums are taken over ticks before. */
export function ticksToHours(ticks: bigint): number {
  const nanoHours = (ticks * 1_000_000_000n + TICKS_PER_GPU_HOUR / 2n) / TICKS_PER_GPU_HOUR;
  return Number(nanoHours) / 1e9;
}
