import type { FileReadOptions, ReadSummary } from '../ports/source.ts';
import { type ColumnLookup, lookUpColumns, type WantedColumn } from './column-lookup.ts';
import { openTable } from './read-table.ts';
import { RowReader } from './row-reader.ts';
import type { Table } from './table.ts';

export type OpenedRows = Readonly<{ path: string; table: Table; columns: ColumnLookup; reader: RowReader }>;

/** Opens a file and finds our columns in it. */
export async function openRows(
  path: string,
  wanted: readonly WantedColumn[],
  options: FileReadOptions,
): Promise<OpenedRows> {
  const table = await openTable(path, options);
  const columns = lookUpColumns(path, table.columns, wanted, options);
  return { path, table, columns, reader: new RowReader(path, columns, options.nowMs) };
}

/** Reads row by row: each is counted, a broken one and one that `read` fails is rejected, the others come out. */
export async function* readRows<T>(
  { path, table, reader }: OpenedRows,
  summary: ReadSummary,
  read: (reader: RowReader) => T,
): AsyncGenerator<T> {
  for await (const row of table.rows) {
    summary.rowsRead += 1;
    if (row.kind === 'broken') {
      summary.rejects.push({ where: `${path}:${row.line}`, code: 'broken-row', message: row.message });
      continue;
    }
    reader.take(row);
    const value = read(reader);
    if (reader.reject) summary.rejects.push(reader.reject);
    else yield value;
  }
}

export function emptySummary(): ReadSummary {
  return { rowsRead: 0, rejects: [], warnings: [], totals: {} };
}

/** Counts a warning under its code; the message of the first one stays. */
export function warn(summary: ReadSummary, code: string, message: string, count = 1): void {
  const index = summary.warnings.findIndex((warning) => warning.code === code);
  const known = summary.warnings[index];
  if (known) summary.warnings[index] = { ...known, count: known.count + count };
  else if (count > 0) summary.warnings.push({ code, message, count });
}
