/**
 * One table, whatever it is printed as. Values are exact; every renderer rounds (or does not) in its own way.
 */
export type TableModel = Readonly<{
  /** Above a table that is one of several. */
  title: string | null;
  /** The money sentence, where a report has one. */
  headline: string | null;
  columns: readonly Column[];
  rows: readonly Row[];
  /** What `--top` left out, as one row. */
  rest: Row | null;
  total: Row | null;
  /** Lines below the table. A function gets the printed texts, so that a footnote shows the same digits as the table. */
  footnotes: readonly (string | ((printed: PrintedRows) => string))[];
}>;

export type Column = Readonly<{
  /** camelCase, as in JSON: the header of CSV. */
  name: string;
  /** As people read it; the terminal prints it in capitals. */
  title: string;
  kind: ColumnKind;
  /** The column that this one is a part of; printed parts add up to the printed whole. */
  partOf?: string;
  /** Which columns stay when not all fit: the highest. Without it a column always stays. */
  importance?: number;
  /** Too much for a screen: CSV and nothing else. */
  isExportOnly?: boolean;
}>;

/** Money is an exact decimal text, hours and counts are numbers, a percent is a fraction 0–1. */
export type ColumnKind = 'text' | 'money' | 'hours' | 'percent' | 'count';

export type Row = Readonly<Record<string, Cell>>;

export type Cell = Readonly<{
  /** `null` is unknown, and printed as such: never as zero. */
  value: string | number | null;
  /** How people read it, where that is not the value itself: `(nobody)` for `nobody`. */
  printed?: string;
  /** `~` rests on an estimate, `?` holds something that has no price. */
  mark?: '~' | '?';
}>;

export type PrintedRows = Readonly<{
  rows: readonly Readonly<Record<string, string>>[];
  rest: Readonly<Record<string, string>> | null;
  total: Readonly<Record<string, string>> | null;
}>;

export function cell(value: string | number | null, mark?: '~' | '?' | undefined): Cell {
  return mark === undefined ? { value } : { value, mark };
}
