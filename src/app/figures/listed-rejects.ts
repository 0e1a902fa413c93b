import type { ReadSummary } from '../../ports/source.ts';
import type { ReadingRecord } from '../../ports/store.ts';

/** A file of the wrong kind rejects every row; the first thousand say all there is to say. */
export const MAX_LISTED_REJECTS = 1_000;

/** The warning under which the rejects beyond the list stay counted. */
export const REJECTS_NOT_LISTED = 'rejects-not-listed';

/** What is kept about a reading: every reject counted, the first thousand listed. */
export function readingRecord({ rowsRead, rejects, warnings }: ReadSummary): ReadingRecord {
  const notListed = rejects.length - MAX_LISTED_REJECTS;
  if (notListed <= 0) return { rowsRead, rejects, warnings };
  const message = 'more rejected rows than the list holds';
  return {
    rowsRead,
    rejects: rejects.slice(0, MAX_LISTED_REJECTS),
    warnings: [...warnings, { code: REJECTS_NOT_LISTED, message, count: notListed }],
  };
}
