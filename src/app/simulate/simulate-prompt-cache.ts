import { type HashedPrompt, prefixReuse } from '../../domain/economics/prefix-reuse.ts';
import type { ModelEvidence } from '../../domain/levers/model-levers.ts';
import type { PromptCacheSimulation } from '../results/simulations/prompt-cache-simulation.ts';
import type { TraceFigures } from '../results/simulations/trace-figures.ts';

export type PromptCacheRequest = Readonly<{
  prompts: readonly HashedPrompt[];
  blockTokens: number;
  /** The endpoint that they were sent to, and the share of its cost that input causes; `null` makes no evidence. */
  endpoint: Readonly<{ name: string; inputCostShare: number; cachedPriceFactor: number }> | null;
  trace: TraceFigures;
}>;

/** Measures what repeats in prompts, in their order. */
export function simulatePromptCache(request: PromptCacheRequest): PromptCacheSimulation {
  const { prompts, blockTokens, endpoint, trace } = request;
  const reuse = prefixReuse(prompts, blockTokens);
  const reusedTokenFraction = reuse.inputTokens === 0 ? null : reuse.reusedTokens / reuse.inputTokens;
  const repeated = repeatedPrompts(prompts);
  const repeatedFraction = prompts.length === 0 ? null : repeated / prompts.length;
  return {
    prompts: prompts.length,
    inputTokens: reuse.inputTokens,
    blockTokens,
    prefix: {
      blocks: reuse.blocks,
      reusedBlocks: reuse.reusedBlocks,
      reusedBlockFraction: reuse.fraction,
      reusedTokens: reuse.reusedTokens,
      reusedTokenFraction,
    },
    exact: { repeated, repeatedFraction },
    evidence:
      endpoint === null || reusedTokenFraction === null
        ? []
        : [evidenceOf(endpoint, reusedTokenFraction, prompts.length)],
    trace,
  };
}

function repeatedPrompts(prompts: readonly HashedPrompt[]): number {
  const seen = new Set<string>();
  let repeated = 0;
  for (const { inputTokens, blocks } of prompts) {
    // The last block stands for everything up to its end.
    const name = `${inputTokens} ${blocks.length} ${blocks.at(-1)}`;
    if (blocks.length > 0 && seen.has(name)) repeated += 1;
    seen.add(name);
  }
  return repeated;
}

function evidenceOf(
  { name, inputCostShare, cachedPriceFactor }: NonNullable<PromptCacheRequest['endpoint']>,
  reusedTokenFraction: number,
  prompts: number,
): ModelEvidence {
  return {
    lever: 'cache',
    endpoint: name,
    share: reusedTokenFraction * inputCostShare,
    costFactor: cachedPriceFactor,
    qualityBefore: null,
    qualityAfter: null,
    tolerance: 0,
    keepsAnswers: true,
    source: `${(100 * reusedTokenFraction).toFixed(1)} % of the input of ${prompts} prompts had been sent before`,
  };
}
