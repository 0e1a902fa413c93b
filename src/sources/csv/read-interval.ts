import type { EpochMs } from '../../domain/time/window.ts';
import type { RowReader } from '../../files/row-reader.ts';

/** `start` and `end` of a row; an end before the start is a mistake. */
export function readInterval(
  reader: RowReader,
): Readonly<{ startMs: EpochMs | null; endMs: EpochMs | null }> {
  const startMs = reader.instant('start');
  const endMs = reader.instant('end');
  if (startMs !== null && endMs !== null && endMs < startMs)
    reader.fail(
      'end',
      'end-before-start',
      'the end lies before the start; check that the two columns are not swapped',
    );
  return { startMs, endMs };
}
