import type { ModelEvidence } from '../../../domain/levers/model-levers.ts';
import type { TraceFigures } from './trace-figures.ts';

/** `tare simulate prompt-cache`: how much of the prompts repeats, as a cache that never forgets would have found. */
export type PromptCacheSimulation = Readonly<{
  prompts: number;
  inputTokens: number;
  blockTokens: number;
  /** Prompts that begin as earlier ones did. */
  prefix: Readonly<{
    blocks: number;
    reusedBlocks: number;
    reusedBlockFraction: number | null;
    reusedTokens: number;
    /** Of the input tokens. */
    reusedTokenFraction: number | null;
  }>;
  /** Prompts that were asked word for word before. */
  exact: Readonly<{ repeated: number; repeatedFraction: number | null }>;
  /** Rows for `tare plan --evidence`, where an endpoint and the share of its cost that input causes were stated. */
  evidence: readonly ModelEvidence[];
  trace: TraceFigures;
}>;
