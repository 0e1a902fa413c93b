import { TareError } from '../../../app/errors.ts';
import type { Reject } from '../../../ports/source.ts';
import type { Records } from '../../../traces/read-records.ts';
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

/** A simulator cannot say anything about nothing; the first reject says why nothing is left. */
export function refuseEmpty(path: string, { records, rejects }: Records<unknown>): void {
  if (records.length > 0) return;
  const [first] = rejects;
  throw new TareError(
    'rowsRejected',
    first ? `${first.where}  ${first.message} (all ${rejects.length} rows)` : `${path} has no rows`,
    'see --help for the columns, and name them with --map',
  );
}
