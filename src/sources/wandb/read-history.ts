import type { CheckpointFact, FactBatch } from '../../domain/facts/facts.ts';
import { readRows } from '../../files/read-rows.ts';
import { RowReader } from '../../files/row-reader.ts';
import type { Table } from '../../files/table.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';
import type { FileReadOptions, ReadSummary } from '../../ports/source.ts';
import { idOfFile, readRunKey } from './run-key.ts';
import { lookUpWandbColumns } from './wandb-columns.ts';

/** `run.history()`: rows have a step or a time, and are about no run as a whole. */
export function isHistory(columns: readonly string[]): boolean {
  const isAboutMoments = ['_step', '_timestamp'].some((name) => columns.includes(name));
  return isAboutMoments && !columns.some((column) => column.toLowerCase() === 'state');
}

/** When a run saved its work: the rows in which the checkpoint metric is logged. The other metrics are in its summary. */
export async function* readHistory(
  path: string,
  table: Table,
  options: FileReadOptions,
  summary: ReadSummary,
): AsyncGenerator<FactBatch> {
  const columns = lookUpWandbColumns(path, table.columns, options);
  if (!columns.has('checkpoint'))
    throw new UnreadableFileError(
      'missing-column',
      `${path}: this is the history of a run, and no column says when it saved its work. Log a metric called checkpoint, or say which one it is: --map checkpoint=THEIRS.`,
    );
  const reader = new RowReader(path, columns, options.nowMs);
  const checkpoints: CheckpointFact[] = [];
  const read = (row: RowReader) => ({
    workloadId: readRunKey(row, idOfFile(path)),
    atMs: row.required('time', row.instant('time'), 0),
    isSaved: row.text('checkpoint') !== null,
  });
  for await (const { isSaved, ...checkpoint } of readRows({ path, table, columns, reader }, summary, read)) {
    if (isSaved) checkpoints.push(checkpoint);
  }
  yield { checkpoints };
  summary.totals = { checkpoints: checkpoints.length };
}
