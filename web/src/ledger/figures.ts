import type { BucketCost, BucketHours, LedgerFigures } from '../../../src/app/results/results.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import type { Picos } from '../format/decimal.ts';
import { parseDecimal } from '../format/decimal.ts';

/** What was paid for and did no useful work. */
export function tareCost(figures: LedgerFigures): Picos | null {
  const gross = parseDecimal(figures.cost.gross);
  const productive = parseDecimal(figures.cost.productive);
  return gross === null || productive === null ? null : gross - productive;
}

/** Some of the figure is an estimate until the bill arrives: `~` stands beside it. */
export function isEstimated(figures: Readonly<{ estimatedCost: string }>): boolean {
  const estimated = parseDecimal(figures.estimatedCost);
  return estimated !== null && estimated !== 0n;
}

/** More than half of the figure is an estimate: it is drawn lighter. */
export function isMostlyEstimated(figures: LedgerFigures): boolean {
  const estimated = parseDecimal(figures.estimatedCost);
  const total = parseDecimal(figures.totalCost);
  return estimated !== null && total !== null && estimated * 2n > total;
}

/**
 * How much of the GPU time has no price: `all` of it makes a cost of zero meaningless, `some` makes it too small. Hours within a
 * rounding error of the whole count as all.
 */
export function unpricedShare(figures: LedgerFigures): 'none' | 'some' | 'all' {
  if (!(figures.unpricedGpuHours > 0)) return 'none';
  return figures.unpricedGpuHours >= figures.gpuHours.gross * 0.999999 ? 'all' : 'some';
}

/** Nothing was paid for and nothing charged: there is no row in the window. */
export function isEmpty(figures: LedgerFigures): boolean {
  return figures.gpuHours.gross === 0 && parseDecimal(figures.totalCost) === 0n;
}

/** The six buckets of a cost, in the order they are drawn. */
export function bucketPicos(cost: BucketCost): Readonly<Record<Bucket, Picos>> {
  return record((bucket) => parseDecimal(cost[bucket]) ?? 0n);
}

export function bucketHours(hours: BucketHours): Readonly<Record<Bucket, number>> {
  return record((bucket) => hours[bucket]);
}

function record<T>(valueFor: (bucket: Bucket) => T): Readonly<Record<Bucket, T>> {
  return Object.fromEntries(BUCKETS.map((bucket) => [bucket, valueFor(bucket)])) as Record<Bucket, T>;
}
