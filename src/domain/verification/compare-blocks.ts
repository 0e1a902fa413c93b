import type { Block } from './block.ts';
import { fitShift, type Shift, shiftQuantile } from './fit-shift.ts';

export type ComparisonOptions = Readonly<{
  /** Of the interval, 0–1. */
  confidence: number;
  /** Blocks that lie whole weeks apart cover the same hours of the week, and are compared with each other. */
  hasWeeks: boolean;
  /**
   * By how many percent the value may move when the load moves by one: from not at all (machines that are always on) to the
   * most. How much it is within that follows from the blocks.
   */
  elasticity: Readonly<{ least: number; most: number }>;
}>;

/** The mean of blocks after a change against what it would have been without. */
export type Comparison = Readonly<{
  blocksBefore: number;
  blocksAfter: number;
  isWeekMatched: boolean;
  /** What the blocks after the change would have been, on average. */
  expected: number;
  actual: number;
  /** (actual − expected) ÷ expected, with the interval that holds it at the confidence. */
  change: Interval;
  /** actual − expected. */
  difference: Interval;
  /** Correlation of one block with the next, as far as the blocks tell. */
  autocorrelation: number;
}>;

export type Interval = Readonly<{ low: number; expected: number; high: number }>;

const DAYS_PER_WEEK = 7;
/** Fewer on either side tell noise from nothing. */
export const LEAST_BLOCKS = 4;

/**
 * How far a level shifted at a change: `value = weekday + load + shift after the change + noise`, where the noise of one block may go
 * on in the next. `null` where there are too few blocks, or nothing to take a share of.
 */
export function compareBlocks(blocks: readonly Block[], options: ComparisonOptions): Comparison | null {
  const before = blocks.filter(({ position }) => position < 0);
  const after = blocks.filter(({ position }) => position >= 0);
  if (before.length < LEAST_BLOCKS || after.length < LEAST_BLOCKS) return null;
  const isWeekMatched = options.hasWeeks && before.length >= DAYS_PER_WEEK && after.length >= DAYS_PER_WEEK;
  const sorted = blocks.toSorted((a, b) => a.position - b.position);
  const shift = fitShift(sorted, { isWeekMatched, ...options.elasticity });
  if (shift === null) return null;
  const actual = weightedMean(after);
  const [low, high] = intervalOf(shift, options.confidence);
  const difference = { low, expected: Math.min(high, Math.max(low, shift.mean)), high };
  if (!(actual - difference.expected > 0)) return null;
  const toChange = (of: number) => (actual - of > 0 ? of / (actual - of) : Number.POSITIVE_INFINITY);
  return {
    blocksBefore: before.length,
    blocksAfter: after.length,
    isWeekMatched,
    expected: actual - difference.expected,
    actual,
    difference,
    change: {
      low: toChange(difference.low),
      expected: toChange(difference.expected),
      high: toChange(difference.high),
    },
    autocorrelation: shift.autocorrelation,
  };
}

function intervalOf(shift: Shift, confidence: number): [low: number, high: number] {
  const tail = (1 - confidence) / 2;
  return [shiftQuantile(shift, tail), shiftQuantile(shift, 1 - tail)];
}

function weightedMean(blocks: readonly Block[]): number {
  const weights = blocks.reduce((sum, { weight }) => sum + weight, 0);
  return blocks.reduce((sum, { value, weight }) => sum + value * weight, 0) / weights;
}
