import { asInputFailure } from '../files/as-input-failure.ts';
import { type ColumnLookup, type ColumnSettings, lookUpColumns } from '../files/column-lookup.ts';
import { openTable } from '../files/read-table.ts';
import type { Reject } from '../ports/source.ts';
import type { TraceColumn } from './trace-columns.ts';

/** The rows of a trace that could be used, and the others with the reason. */
export type Records<T> = Readonly<{ records: readonly T[]; rowsRead: number; rejects: readonly Reject[] }>;

export type RecordSettings = ColumnSettings &
  Readonly<{
    /** Column names of a file without a header line. */
    fields: readonly string[] | null;
    signal: AbortSignal;
  }>;

/**
 * Reads every row of a table in any format as one record. A row that `read` fails is rejected with its place, the rest goes on.
 * @throws InputFailure when the file cannot be read, or lacks a column that every row needs
 */
export async function readRecords<T>(
  path: string,
  columns: readonly TraceColumn[],
  settings: RecordSettings,
  read: (cells: RecordCells) => T,
): Promise<Records<T>> {
  try {
    const table = await openTable(path, settings);
    const cells = new RecordCells(
      path,
      lookUpColumns(path, table.columns, columns, withAliases(table.columns, columns, settings)),
    );
    const records: T[] = [];
    const rejects: Reject[] = [];
    let rowsRead = 0;
    for await (const row of table.rows) {
      rowsRead += 1;
      if (row.kind === 'broken') {
        rejects.push({ where: `${path}:${row.line}`, code: 'broken-row', message: row.message });
        continue;
      }
      cells.take(row);
      const record = read(cells);
      if (cells.reject) rejects.push(cells.reject);
      else records.push(record);
    }
    return { records, rowsRead, rejects };
  } catch (thrown) {
    throw asInputFailure(thrown);
  }
}

/** What the user mapped or set goes first, then our own name, then the first alias that the file has. */
function withAliases(
  found: readonly string[],
  columns: readonly TraceColumn[],
  { map, set }: ColumnSettings,
): ColumnSettings {
  const has = (name: string) => found.some((column) => column.toLowerCase() === name.toLowerCase());
  const aliased = columns.flatMap(({ name, aliases = [] }) => {
    const alias = name in map || name in set || has(name) ? undefined : aliases.find(has);
    return alias === undefined ? [] : [[name, alias]];
  });
  return { map: { ...Object.fromEntries(aliased), ...map }, set };
}

type Cells = readonly (string | null)[];

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SECONDS_BELOW = 1e11;

/** Our columns of one row after the other. The first thing wrong with a row is kept in `reject`; then the row is not used. */
export class RecordCells {
  reject: Reject | null = null;
  readonly #path: string;
  readonly #columns: ColumnLookup;
  readonly #readers = new Map<string, (cells: Cells) => string | null>();
  #line = 0;
  #cells: Cells = [];

  constructor(path: string, columns: ColumnLookup) {
    this.#path = path;
    this.#columns = columns;
  }

  take(row: Readonly<{ line: number; cells: Cells }>): void {
    this.#line = row.line;
    this.#cells = row.cells;
    this.reject = null;
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** `null` when blank or absent. */
  text(name: string): string | null {
    let reader = this.#readers.get(name);
    if (!reader) {
      reader = this.#columns.reader(name);
      this.#readers.set(name, reader);
    }
    return reader(this.#cells);
  }

  requiredText(name: string): string {
    return this.required(name, this.text(name), '');
  }

  /** A number that is not negative; `null` when blank. */
  amount(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value))
      this.fail(name, 'bad-number', `\`${text}\` is not a number; expected digits such as 12 or 0.5`);
    else if (value < 0) this.fail(name, 'out-of-range', `${text} is negative; expected zero or more`);
    return value;
  }

  requiredAmount(name: string): number {
    return this.required(name, this.amount(name), 0);
  }

  count(name: string): number | null {
    const value = this.amount(name);
    if (value !== null && !this.reject && !Number.isInteger(value))
      this.fail(name, 'out-of-range', `${value} is not a whole number`);
    return value;
  }

  requiredCount(name: string): number {
    return this.required(name, this.count(name), 0);
  }

  /**
   * Seconds: a number as it stands (milliseconds since 1970 from 10¹¹ on), or an ISO 8601 time with any number of decimals, UTC
   * where it names no zone.
   */
  requiredSeconds(name: string): number {
    const text = this.requiredText(name);
    if (this.reject) return 0;
    if (NUMBER.test(text)) return Math.abs(Number(text)) < SECONDS_BELOW ? Number(text) : Number(text) / 1000;
    const seconds = readIsoSeconds(text);
    if (Number.isNaN(seconds))
      this.fail(
        name,
        'bad-time',
        `\`${text}\` is not a time; expected seconds, or ISO 8601 such as 2026-10-14T09:00:00Z`,
      );
    return seconds;
  }

  required<T>(name: string, value: T | null, fallback: T): T {
    if (value !== null) return value;
    this.fail(
      name,
      'missing-value',
      'the cell is blank, but every row needs it; fill it in or leave the row out',
    );
    return fallback;
  }

  fail(name: string, code: string, message: string): void {
    this.reject ??= { where: `${this.#path}:${this.#line}:${this.#columns.spelling(name)}`, code, message };
  }
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** The fraction is added apart: `Date` keeps milliseconds only, and traces of requests are finer. */
function readIsoSeconds(text: string): number {
  const [, day, clock = '00:00:00', fraction = '0', zone = 'Z'] = ISO.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  return Date.parse(`${day}T${clock}${zone.toUpperCase()}`) / 1000 + Number(fraction);
}
