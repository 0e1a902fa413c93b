import type { TraceColumn } from './trace-columns.ts';

/** Columns of prompts; the aliases are those of published traces. */
export const PROMPT_COLUMNS: readonly TraceColumn[] = [
  { name: 'inputTokens', isRequired: true, meaning: 'length of the prompt', aliases: ['input_length'] },
  {
    name: 'blocks',
    isRequired: true,
    meaning: 'hashes of its blocks, each standing for everything up to its end: [17, 18, 21]',
    aliases: ['hash_ids'],
  },
];
