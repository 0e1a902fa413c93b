/** A prompt as the hashes of its blocks, each of which stands for everything up to its end, and its length. */
export type HashedPrompt = Readonly<{ inputTokens: number; blocks: readonly number[] }>;

export type PrefixReuse = Readonly<{
  blocks: number;
  reusedBlocks: number;
  /** Of the blocks: the share of prompt tokens that a cache which keeps whole blocks can spare. `null` without any. */
  fraction: number | null;
  inputTokens: number;
  /** The reused blocks in tokens, the last block of a prompt being as long as the prompt leaves it. */
  reusedTokens: number;
}>;

/**
 * How much of the prompts a prefix cache could spare at most: one that never forgets, over the prompts in their order. The first use
 * of a block pays in full.
 */
export function prefixReuse(prompts: Iterable<HashedPrompt>, blockTokens: number): PrefixReuse {
  const seen = new Set<number>();
  let [blocks, reusedBlocks, inputTokens, reusedTokens] = [0, 0, 0, 0];
  for (const prompt of prompts) {
    inputTokens += prompt.inputTokens;
    for (const [index, block] of prompt.blocks.entries()) {
      blocks += 1;
      if (seen.has(block)) {
        reusedBlocks += 1;
        reusedTokens += Math.max(0, Math.min(blockTokens, prompt.inputTokens - index * blockTokens));
      }
      seen.add(block);
    }
  }
  const fraction = blocks === 0 ? null : reusedBlocks / blocks;
  return { blocks, reusedBlocks, fraction, inputTokens, reusedTokens };
}
