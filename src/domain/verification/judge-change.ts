import type { Block } from './block.ts';
import { type Comparison, type ComparisonOptions, compareBlocks } from './compare-blocks.ts';

/** One thing that a change could have moved. */
export type Measure = Readonly<{
  /** `cost`, `latency p95`, or the name of a score. */
  name: string;
  kind: 'cost' | 'latency' | 'quality';
  worseIs: 'higher' | 'lower';
  blocks: readonly Block[];
  hasWeeks: boolean;
  elasticity: ComparisonOptions['elasticity'];
}>;

export type Judgement = 'better' | 'worse' | 'no_difference' | 'not_enough_data';

export type JudgedMeasure = Readonly<{
  measure: Measure;
  comparison: Comparison | null;
  judgement: Judgement;
}>;

export type Verdict = 'saved' | 'no_difference' | 'degraded' | 'not_enough_data';

export type JudgedChange = Readonly<{
  verdict: Verdict;
  measures: readonly JudgedMeasure[];
  /** Of each interval, so that all of them together hold at the confidence that was asked for. */
  confidenceOfEach: number;
}>;

/**
 * Whether a change saved, and whether latency or quality slipped. Several measures are several chances to see what is not there: each
 * interval is as wide as Bonferroni's bound asks, so that an unchanged subject gets any verdict but "no difference" at most as often
 * as stated. `tolerance` is the share by which latency and quality may get worse.
 */
export function judgeChange(
  measures: readonly Measure[],
  { confidence, tolerance }: Readonly<{ confidence: number; tolerance: number }>,
): JudgedChange {
  const confidenceOfEach = 1 - (1 - confidence) / Math.max(1, measures.length);
  const judged = measures.map((measure) => {
    const { blocks, hasWeeks, elasticity } = measure;
    const comparison = compareBlocks(blocks, { confidence: confidenceOfEach, hasWeeks, elasticity });
    return { measure, comparison, judgement: judge(measure, comparison, tolerance) };
  });
  return { verdict: verdictOf(judged), measures: judged, confidenceOfEach };
}

function judge({ kind, worseIs }: Measure, comparison: Comparison | null, tolerance: number): Judgement {
  if (comparison === null) return 'not_enough_data';
  const { low, high } = comparison.change;
  const allowed = kind === 'cost' ? 0 : tolerance;
  if (low > (worseIs === 'higher' ? allowed : 0)) return worseIs === 'higher' ? 'worse' : 'better';
  if (high < (worseIs === 'lower' ? -allowed : 0)) return worseIs === 'lower' ? 'worse' : 'better';
  return 'no_difference';
}

function verdictOf(judged: readonly JudgedMeasure[]): Verdict {
  if (judged.some(({ judgement }) => judgement === 'worse')) return 'degraded';
  const cost = judged.find(({ measure }) => measure.kind === 'cost');
  if (cost === undefined || cost.comparison === null) return 'not_enough_data';
  return cost.judgement === 'better' ? 'saved' : 'no_difference';
}
