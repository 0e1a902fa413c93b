import type { HashedPrompt } from '../domain/economics/prefix-reuse.ts';
import { PROMPT_COLUMNS } from './prompt-columns.ts';
import { type RecordCells, type RecordSettings, type Records, readRecords } from './read-records.ts';

/** Prompts as lengths and hashes of their blocks, in the order of the file: a JSON list, or numbers with blanks between them. */
export function readPrompts(path: string, settings: RecordSettings): Promise<Records<HashedPrompt>> {
  return readRecords(path, PROMPT_COLUMNS, settings, (cells) => ({
    inputTokens: cells.requiredCount('inputTokens'),
    blocks: blocksOf(cells),
  }));
}

function blocksOf(cells: RecordCells): number[] {
  const text = cells.requiredText('blocks');
  const blocks = text
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(Number);
  if (cells.reject === null && blocks.some((block) => !Number.isSafeInteger(block)))
    cells.fail(
      'blocks',
      'bad-number',
      `\`${text.slice(0, 40)}\` is no list of whole numbers; expected [17, 18, 21]`,
    );
  return blocks;
}
