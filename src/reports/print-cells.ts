import { displayAmount, groupThousands } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import { roundParts, roundTable, roundToStep } from './round-for-display.ts';
import type { Cell, Column, PrintedRows, Row, TableModel } from './table-model.ts';

/** Unknown; never to be mistaken for zero. */
export const UNKNOWN = '–';

const CENTS = 2;

/** Every cell of the table as people read it: thousands separated, rounded so that what is printed adds up. */
export function printCells(model: TableModel): PrintedRows {
  const lines = [...model.rows, ...(model.rest ? [model.rest] : []), ...(model.total ? [model.total] : [])];
  const printed: Record<string, string>[] = lines.map(() => ({}));
  for (const column of model.columns) {
    if (isPlain(column)) printPlainColumn(column, lines, printed);
  }
  for (const family of familiesOf(model.columns)) printFamily(family, model, printed);
  const body = model.rows.length + (model.rest ? 1 : 0);
  return {
    rows: printed.slice(0, model.rows.length),
    rest: model.rest ? printed[model.rows.length]! : null,
    total: model.total ? printed[body]! : null,
  };
}

function isPlain({ kind }: Column): boolean {
  return kind === 'text' || kind === 'percent' || kind === 'count';
}

function printPlainColumn(column: Column, lines: readonly Row[], printed: Record<string, string>[]): void {
  for (const [index, line] of lines.entries()) {
    printed[index]![column.name] = printPlain(column, line[column.name]);
  }
}

function printPlain({ kind }: Column, found: Cell | undefined): string {
  if (found === undefined) return '';
  if (found.printed !== undefined) return found.printed;
  if (found.value === null) return found.mark ?? UNKNOWN;
  if (kind === 'percent') return `${displayPercent(Number(found.value))}${found.mark ?? ''}`;
  const text = kind === 'count' ? groupThousands(String(found.value)) : String(found.value);
  return `${text}${found.mark ?? ''}`;
}

/** A whole with its parts, or a column that stands for itself. */
type Family = Readonly<{ whole: Column; parts: readonly Column[] }>;

function familiesOf(columns: readonly Column[]): Family[] {
  const figures = columns.filter((column) => !isPlain(column));
  return figures
    .filter(({ partOf }) => partOf === undefined)
    .map((whole) => ({ whole, parts: figures.filter(({ partOf }) => partOf === whole.name) }));
}

function printFamily({ whole, parts }: Family, model: TableModel, printed: Record<string, string>[]): void {
  const body = [...model.rows, ...(model.rest ? [model.rest] : [])];
  const decimals = whole.kind === 'money' ? CENTS : hourDecimals(whole, body, model.total);
  const step = 10n ** BigInt(SCALE - decimals);
  const columns = parts.length === 0 ? [whole] : parts;
  const values = body.map((row) => columns.map((column) => exactOf(row[column.name])));
  // Hours arrive with nine decimals each, so their sum may miss the total by as little.
  const tolerance = whole.kind === 'hours' ? step / 1_000n : 0n;
  const rounded = roundLikeTable(values, step, exactTotals(model.total, columns), tolerance);
  const write = (line: number, row: Row | null, column: Column, steps: bigint) => {
    printed[line]![column.name] = printFigure(row?.[column.name], steps * step, decimals);
  };

  for (const [y, row] of body.entries()) {
    for (const [x, column] of columns.entries()) write(y, row, column, rounded.cells[y]![x]!);
    if (parts.length > 0) write(y, row, whole, rounded.rows[y]!);
  }
  if (model.total === null) return;
  for (const [x, column] of columns.entries()) write(body.length, model.total, column, rounded.columns[x]!);
  if (parts.length > 0) write(body.length, model.total, whole, rounded.total);
}

type Rounded = Readonly<{
  cells: readonly (readonly bigint[])[];
  rows: readonly bigint[];
  columns: readonly bigint[];
  total: bigint;
}>;

/** Rows that are not what the total is made of are rounded each by itself, and so is the total. */
function roundLikeTable(
  values: readonly (readonly bigint[])[],
  step: bigint,
  totals: readonly bigint[] | null,
  tolerance: bigint,
): Rounded {
  const misses = (totals ?? []).map((total, x) => total - sum(values.map((row) => row[x]!)));
  const isSum = values.length > 0 && misses.every((miss) => miss <= tolerance && -miss <= tolerance);
  if (totals === null || isSum) return roundTable(values, step);
  const total = roundToStep(sum(totals), step);
  const rows = values.map((row) => roundToStep(sum(row), step));
  return {
    cells: values.map((row, y) => roundParts(row, step, rows[y]!)),
    rows,
    columns: roundParts(totals, step, total),
    total,
  };
}

function exactTotals(total: Row | null, columns: readonly Column[]): bigint[] | null {
  return total && columns.map((column) => exactOf(total[column.name]));
}

/** Hours are kept with the twelve decimals of money, so that both are rounded by the same rule. */
const SCALE = 12;

function exactOf(found: Cell | undefined): bigint {
  if (found === undefined || found.value === null) return 0n;
  const text = typeof found.value === 'number' ? found.value.toFixed(9) : found.value;
  return parsePicos(text)?.picos ?? 0n;
}

function printFigure(found: Cell | undefined, picos: bigint, decimals: number): string {
  if (found === undefined) return '';
  if (found.value === null) return found.mark ?? UNKNOWN;
  return `${displayAmount(picos, decimals)}${found.mark ?? ''}`;
}

/** A fleet is read in whole hours, a single job in hundredths. */
function hourDecimals(column: Column, body: readonly Row[], total: Row | null): number {
  const lines = total ? [total] : body;
  const largest = Math.max(0, ...lines.map((line) => Number(line[column.name]?.value ?? 0)));
  if (largest >= 1_000) return 0;
  return largest >= 100 ? 1 : 2;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
