import type { PromptCacheSimulation } from '../../app/results/simulations/prompt-cache-simulation.ts';
import { cell, type TableModel } from '../table-model.ts';
import { column, table } from './simulation-table.ts';

/** What repeats, by blocks, tokens and whole prompts. */
export function promptCacheTable(result: PromptCacheSimulation): TableModel {
  const { prefix, exact, evidence } = result;
  return table({
    headline: `${result.prompts} prompts with ${result.inputTokens} tokens, in blocks of ${result.blockTokens}`,
    columns: [
      column('repeats', 'repeats', 'text'),
      column('of', 'of', 'count'),
      column('again', 'sent before', 'count'),
      column('fraction', 'share', 'percent'),
    ],
    rows: [
      row('blocks of prefixes', prefix.blocks, prefix.reusedBlocks, prefix.reusedBlockFraction),
      row('tokens of prefixes', result.inputTokens, prefix.reusedTokens, prefix.reusedTokenFraction),
      row('whole prompts', result.prompts, exact.repeated, exact.repeatedFraction),
    ],
    total: null,
    footnotes: [
      'An upper bound: a cache that never forgets. The first use of a block pays in full.',
      ...evidence.map(
        ({ endpoint, share, costFactor, source }) =>
          `For tare plan --evidence: cache, ${endpoint}, share ${share.toFixed(4)}, costFactor ${costFactor}, keepsAnswers yes (${source})`,
      ),
    ],
  });
}

function row(repeats: string, of: number, again: number, fraction: number | null) {
  return { repeats: cell(repeats), of: cell(of), again: cell(again), fraction: cell(fraction) };
}
