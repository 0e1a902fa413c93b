import { divideHalfEven } from '../money/divide-half-even.ts';
import type { Picos } from '../money/picos.ts';

export type QualityScale = Readonly<{
  /** Whether more of the metric is better (accuracy) or less (loss). */
  direction: 'max' | 'min';
  /** What costs nothing to reach: the metric of no model, or of the one before. Without it, 0 where more is better. */
  baseline: number | null;
}>;

const DECIMALS = 1_000_000_000;

/**
 * What one point of quality cost: cost ÷ distance from the baseline. `null` where there is nothing to divide by: a metric that is no
 * better than the baseline, or one of which less is better and nobody says from where to count.
 */
export function costPerPoint(
  totalPicos: Picos,
  quality: number,
  { direction, baseline }: QualityScale,
): Picos | null {
  if (direction === 'min' && baseline === null) return null;
  const points = direction === 'max' ? quality - (baseline ?? 0) : baseline! - quality;
  const scaled = Math.round(points * DECIMALS);
  if (!(scaled > 0) || !Number.isFinite(scaled)) return null;
  return divideHalfEven(totalPicos * BigInt(DECIMALS), BigInt(scaled));
}
