import type { Reject } from '../../../ports/source.ts';
import type { CommandContext } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';

const LISTED = 20;

/** Lists what was left out of a trace, and says whether that was too much: a result over half a trace must not look whole. */
export function exitCodeAfter(
  { terminal }: CommandContext,
  rejects: readonly Reject[],
  maxRejects: number,
): number {
  for (const { where, message } of rejects.slice(0, LISTED)) terminal.note(`rejected  ${where}  ${message}`);
  if (rejects.length > LISTED) terminal.note(`rejected  ${rejects.length - LISTED} more`);
  return rejects.length > maxRejects ? EXIT.data : EXIT.fine;
}
