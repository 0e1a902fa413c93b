/**
 * A table read from a file, whatever its format: CSV, TSV, JSON, newline-delimited JSON or Parquet, plain or gzipped.
 *
 * Cells are texts as they stand in the file, so that money never passes through a float; nested JSON arrives as JSON text.
 * A blank cell is `''`; a cell that the format marks as absent (JSON null, Parquet NULL) is `null`.
 */
export type Table = Readonly<{
  /** Column names as the file spells them, without byte order mark and surrounding blanks. */
  columns: readonly string[];
  /** Every iteration reads the file from its start again, so that a source can look twice. Throws `UnreadableFileError` at damage. */
  rows: AsyncIterable<TableRow>;
}>;

export type TableRow =
  | Readonly<{ kind: 'row'; line: number; cells: readonly (string | null)[] }>
  /** A row that could not be taken apart: a wrong number of cells, an unclosed quote. Reading goes on behind it where it can. */
  | Readonly<{ kind: 'broken'; line: number; message: string }>;

export type TableOptions = Readonly<{
  /** Names for a file without a header line; the first line is data then. */
  fields: readonly string[] | null;
  signal: AbortSignal;
}>;
