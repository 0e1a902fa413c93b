import type { Picos } from '../money/picos.ts';

/** The order in which costs flow: what a model needs, how it is run, what it runs on, what is paid for that. */
export const STAGES = ['model', 'runtime', 'infrastructure', 'rate'] as const;
export type Stage = (typeof STAGES)[number];

/** What the levers before have left of each hour, by its index: cost, GPU time, and as what it is bought. */
export type Residual = Readonly<{
  picos: readonly Picos[];
  ticks: readonly bigint[];
  gpuModel: readonly string[];
  lifecycle: readonly string[];
}>;

/** What a lever does to one hour. */
export type Move = Readonly<{
  index: number;
  /** Cost taken away; never more than what is left. */
  picos: Picos;
  /** GPU time left afterwards; without it, in proportion to the cost that is left. */
  ticks?: bigint;
  /** As what the rest is bought from then on. */
  gpuModel?: string;
  lifecycle?: string;
}>;

export type PlanLever = Readonly<{
  /** `spot/pool train`; each once in a plan. */
  id: string;
  lever: string;
  target: string;
  stage: Stage;
  replay(residual: Residual): readonly Move[];
  /** Hours whose cost it cuts. */
  scope: readonly number[];
  /**
   * It makes hours cheaper instead of fewer, or takes them out of the reach of what follows, which may have saved more on them. A
   * lever that only removes hours takes nothing from anyone: whatever else could have saved on an hour is less than its cost.
   */
  isTradeOff: boolean;
  /** What levers compete for: kinds of GPU at a provider. Those without a common one do not touch each other. */
  markets: readonly string[];
}>;

const STAGE_OF: Readonly<Record<string, Stage>> = {
  quantise: 'model',
  distil: 'model',
  route: 'model',
  cache: 'model',
  reclaim: 'runtime',
  'scale-to-zero': 'runtime',
  batch: 'runtime',
  share: 'infrastructure',
  quota: 'infrastructure',
  pack: 'infrastructure',
  release: 'infrastructure',
  'right-size': 'infrastructure',
  spot: 'rate',
  commit: 'rate',
};
const ORDER = Object.keys(STAGE_OF);

/** A lever that is not known here removes hours from machines. */
export function stageOf(lever: string): Stage {
  return STAGE_OF[lever] ?? 'infrastructure';
}

/** Within its stage; one that is not known comes last. */
export function rankOf(lever: string): number {
  const rank = ORDER.indexOf(lever);
  return rank < 0 ? ORDER.length : rank;
}
