import { openDelimited } from './delimited-table.ts';
import { detectFormat } from './detect-format.ts';
import { openJson } from './json-table.ts';
import { peekBytes } from './read-bytes.ts';
import type { Table, TableOptions } from './table.ts';

/**
 * Opens a file as a table, by its first bytes and then by its name: CSV (commas, semicolons, tabs or bars), a JSON array,
 * newline-delimited JSON or Parquet, plain or gzipped. Memory stays flat, however long the file is.
 *
 * `line` of a row is the line of the file on which it starts; in a Parquet file its ordinal.
 * @throws UnreadableFileError when the file is missing, empty, packed, binary, or not what its name says
 */
export async function openTable(path: string, options: TableOptions): Promise<Table> {
  options.signal.throwIfAborted();
  const format = detectFormat(path, await peekBytes(path, options.signal));
  switch (format) {
    case 'delimited':
      return openDelimited(path, options);
    case 'json':
      return openJson(path, options);
    case 'parquet':
      // It takes an engine, which a command that only knows our columns must not wait for.
      return (await import('./parquet-table.ts')).openParquet(path, options);
    default:
      return format satisfies never;
  }
}
