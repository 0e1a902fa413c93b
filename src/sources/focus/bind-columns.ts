import { InputFailure } from '../../ports/failures.ts';
import type { FileReadOptions } from '../../ports/source.ts';
import type { BillWarnings } from './bill-warnings.ts';
import { FOCUS_COLUMNS, type FocusColumn } from './focus-columns.ts';
import { recogniseExport } from './recognise-export.ts';

/** Where each column stands in a row of one file. */
export type BoundColumns = Readonly<{
  /** Position in the row, `ABSENT` when the file has no such column. */
  at: Readonly<Record<FocusColumn, number>>;
  /** Stated for every row; beats the file. */
  constants: Readonly<Partial<Record<FocusColumn, string>>>;
  /** The name in the file, for messages. */
  spelling: Readonly<Record<FocusColumn, string>>;
  /** Owner tags that were mapped or set by name: `tag:team`. */
  tagColumns: readonly Readonly<{ name: string; index: number }>[];
  tagConstants: Readonly<Record<string, string>>;
}>;

export const ABSENT = -1;

/** `--set` takes these beside the columns: how texts are to be read. See bill-decimal.ts and bill-instant.ts. */
export const READING_RULES = ['numbers', 'dates'] as const;

/** Charges can be read without these when the billing period is there. */
const STAND_IN: Partial<Record<FocusColumn, FocusColumn>> = {
  ChargePeriodStart: 'BillingPeriodStart',
  ChargePeriodEnd: 'BillingPeriodEnd',
};

/**
 * Finds the columns by name, without regard to case; `--map` and `--set` go first, then the FOCUS name, then older spellings.
 * @throws InputFailure when a needed column is missing, a mapped one is not there, or the file is another kind of export
 */
export function bindColumns(
  file: string,
  columns: readonly string[],
  options: Pick<FileReadOptions, 'map' | 'set'>,
  warnings: BillWarnings,
): BoundColumns {
  const positions = positionsByName(columns, warnings);
  const map = byFocusColumn(file, '--map', options.map);
  const set = byFocusColumn(file, '--set', options.set);
  const at = {} as Record<FocusColumn, number>;
  const spelling = {} as Record<FocusColumn, string>;
  for (const { name, aliases } of FOCUS_COLUMNS) {
    const theirs = map.columns[name];
    at[name] =
      theirs === undefined
        ? firstPosition(positions, [name, ...aliases])
        : mappedPosition(file, name, theirs, columns);
    spelling[name] = columns[at[name]] ?? name;
  }
  const tagColumns = Object.entries(map.tags).map(([name, theirs]) => ({
    name,
    index: mappedPosition(file, name, theirs, columns),
  }));
  const bound = { at, constants: set.columns, spelling, tagColumns, tagConstants: set.tags };
  requireColumns(file, columns, bound);
  return bound;
}

/** The text of a cell, or `null` for what exports write when there is nothing: a blank, `NULL`, `null`. */
export function readCell(
  cells: readonly (string | null)[],
  bound: BoundColumns,
  column: FocusColumn,
): string | null {
  const constant = bound.constants[column];
  if (constant !== undefined) return blankToNull(constant);
  const index = bound.at[column];
  return index === ABSENT ? null : blankToNull(cells[index]);
}

export function hasColumn(bound: BoundColumns, column: FocusColumn): boolean {
  return bound.at[column] !== ABSENT || bound.constants[column] !== undefined;
}

export function blankToNull(cell: string | null | undefined): string | null {
  if (!cell) return null;
  const text = cell.trim();
  return text === '' || text === 'NULL' || text === 'null' ? null : text;
}

function positionsByName(columns: readonly string[], warnings: BillWarnings): Map<string, number> {
  const positions = new Map<string, number>();
  for (const [index, column] of columns.entries()) {
    const name = column.trim().toLowerCase();
    if (!positions.has(name)) positions.set(name, index);
    else if (name !== '') warnings.count('duplicate-column');
  }
  return positions;
}

function firstPosition(positions: ReadonlyMap<string, number>, names: readonly string[]): number {
  for (const name of names) {
    const index = positions.get(name.toLowerCase());
    if (index !== undefined) return index;
  }
  return ABSENT;
}

function mappedPosition(file: string, ours: string, theirs: string, columns: readonly string[]): number {
  const wanted = theirs.trim().toLowerCase();
  const index = columns.findIndex((column) => column.trim().toLowerCase() === wanted);
  if (index !== -1) return index;
  throw new InputFailure(
    'columns-missing',
    `${file}: --map ${ours}=${theirs} names a column that is not there; the file has ${list(columns)}`,
    'name a column of the file, or leave the mapping out',
  );
}

function byFocusColumn(
  file: string,
  flag: '--map' | '--set',
  stated: Readonly<Record<string, string>>,
): { columns: Partial<Record<FocusColumn, string>>; tags: Record<string, string> } {
  const columns: Partial<Record<FocusColumn, string>> = {};
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(stated)) {
    const known = FOCUS_COLUMNS.find((column) => column.name.toLowerCase() === name.trim().toLowerCase());
    if (known) columns[known.name] = value;
    else if (/^tag:./.test(name)) tags[name] = value;
    else if (flag === '--map' || !isReadingRule(name)) throw unknownName(file, flag, name, value);
  }
  return { columns, tags };
}

function isReadingRule(name: string): boolean {
  return (READING_RULES as readonly string[]).includes(name);
}

function unknownName(file: string, flag: string, name: string, value: string): InputFailure {
  const rules = flag === '--set' ? `, ${READING_RULES.join(', ')}` : '';
  return new InputFailure(
    'columns-missing',
    `${file}: ${flag} ${name}=${value}: a bill has no column ${name}`,
    `use a FOCUS column (${FOCUS_COLUMNS.slice(0, 8)
      .map((column) => column.name)
      .join(', ')} …), tag:NAME${rules}`,
  );
}

function requireColumns(file: string, columns: readonly string[], bound: BoundColumns): void {
  const missing = FOCUS_COLUMNS.filter(({ name, isRequired }) => isRequired && !isThere(bound, name));
  if (missing.length === 0) return;

  const foreign = recogniseExport(columns);
  if (foreign) {
    throw new InputFailure('format-unknown', `${file}: this is ${foreign.what}, not FOCUS`, foreign.remedy);
  }
  const known = FOCUS_COLUMNS.filter(({ name }) => bound.at[name] !== ABSENT).length;
  if (known < MIN_COLUMNS_OF_A_BILL) {
    throw new InputFailure(
      'format-unknown',
      `${file}: this is not a bill: it has the columns ${list(columns)}, and not ${names(missing)}`,
      'import a FOCUS export (docs/guides/bills.md), name the kind that this file is, or say with --map which of its columns mean what',
    );
  }
  throw new InputFailure(
    'columns-missing',
    `${file}: this bill has no ${names(missing)}; it has ${list(columns)}`,
    'export it again with these columns, name them with --map COLUMN=THEIRS, or state one value for all rows with --set COLUMN=VALUE',
  );
}

/** Fewer known columns than this are a coincidence (`Tags`, `Region`), not a bill with a gap. */
const MIN_COLUMNS_OF_A_BILL = 4;

function isThere(bound: BoundColumns, column: FocusColumn): boolean {
  const standIn = STAND_IN[column];
  return hasColumn(bound, column) || (standIn !== undefined && hasColumn(bound, standIn));
}

function names(columns: readonly Readonly<{ name: string }>[]): string {
  return columns.map(({ name }) => name).join(', ');
}

const LISTED_COLUMNS = 40;

function list(columns: readonly string[]): string {
  const shown = columns.slice(0, LISTED_COLUMNS).join(', ');
  const more = columns.length - LISTED_COLUMNS;
  return more > 0 ? `${shown} and ${more} more` : shown || 'none';
}
