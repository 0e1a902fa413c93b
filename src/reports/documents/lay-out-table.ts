import { printCells } from '../print-cells.ts';
import type { Column, TableModel } from '../table-model.ts';
import { INK, type Mark } from './drawing.ts';
import type { MeasureText } from './fonts.ts';
import { wrapText } from './wrap-text.ts';

export type PrintedTable = Readonly<{
  columns: readonly Readonly<{ title: string; isText: boolean }>[];
  /** Texts as they are printed; the total is the last one where there is one. */
  rows: readonly (readonly string[])[];
  hasTotal: boolean;
}>;

/** A table as its printed texts, with the digits that every other rendering has. */
export function printedTable(model: TableModel): PrintedTable {
  const printed = printCells(model);
  const columns = model.columns.filter(({ isExportOnly }) => !isExportOnly);
  const lines = [
    ...printed.rows,
    ...(printed.rest ? [printed.rest] : []),
    ...(printed.total ? [printed.total] : []),
  ];
  return {
    columns: columns.map((column) => ({ title: titleOf(column), isText: column.kind === 'text' })),
    rows: lines.map((line) => columns.map(({ name }) => line[name] ?? '')),
    hasTotal: printed.total !== null,
  };
}

function titleOf({ title }: Column): string {
  return title;
}

export type TableRow = Readonly<{
  height: number;
  isTotal: boolean;
  /** From the top left of the row. */
  cells: readonly (readonly Mark[])[];
}>;

export type TableLayout = Readonly<{ head: TableRow; rows: readonly TableRow[] }>;

const SIZE = 8;
const HEAD_SIZE = 7;
const LINE = 10.2;
const PADDING = 2.2;
const GAP = 7;

/** Columns as wide as their texts, the first text column with what is left; texts wrap where that is too little. */
export function layOutTable(table: PrintedTable, width: number, measure: MeasureText): TableLayout {
  const size = sizeFor(table, width, measure);
  const columns = placeColumns(table, width, size, measure);
  const rows = table.rows.map((row, index) =>
    rowOf(row, table, columns, {
      size,
      weight: table.hasTotal && index === table.rows.length - 1 ? 'semibold' : 'regular',
      color: INK.text,
      measure,
    }),
  );
  const head = rowOf(
    table.columns.map(({ title }) => title),
    table,
    columns,
    { size: HEAD_SIZE * (size / SIZE), weight: 'semibold', color: INK.muted, measure },
  );
  return { head: { ...head, isTotal: false }, rows };
}

/** Smaller print rather than figures that run into each other. */
function sizeFor(table: PrintedTable, width: number, measure: MeasureText): number {
  for (const size of [SIZE, 7.5, 7.1, 6.6, 6.1, 5.6]) {
    const figures = table.columns
      .map((_, index) => index)
      .filter((index) => !table.columns[index]!.isText)
      .reduce((sum, index) => sum + widthOf(table, index, size, measure) + GAP, 0);
    const texts = table.columns.filter(({ isText }) => isText).length;
    if (figures + texts * 58 <= width) return size;
  }
  return 5.2;
}

function widthOf({ columns, rows }: PrintedTable, index: number, size: number, measure: MeasureText): number {
  return Math.max(
    measure(columns[index]!.title, HEAD_SIZE * (size / SIZE), 'semibold'),
    ...rows.map((row) => measure(row[index]!, size, 'semibold')),
  );
}

const MANY_FIGURES = 4;

type PlacedColumn = Readonly<{ x: number; width: number; isText: boolean }>;

function placeColumns(
  table: PrintedTable,
  width: number,
  size: number,
  measure: MeasureText,
): PlacedColumn[] {
  const natural = table.columns.map((_, index) => widthOf(table, index, size, measure));
  const left = width - natural.reduce((sum, one) => sum + one, 0) - GAP * (natural.length - 1);
  const texts = table.columns.flatMap(({ isText }, index) => (isText ? [index] : []));
  const widths = [...natural];
  if (left >= 0) {
    const first = texts[0] ?? 0;
    const figures = table.columns.flatMap(({ isText }, index) => (isText ? [] : [index]));
    // Many columns of figures far from their name are hard to follow.
    const spread = figures.length >= MANY_FIGURES ? left / 2 : 0;
    for (const index of figures) widths[index] = widths[index]! + spread / figures.length;
    widths[first] = widths[first]! + left - spread;
  } else {
    // The widest text gives way first.
    let missing = -left;
    for (const index of texts.toSorted((a, b) => natural[b]! - natural[a]!)) {
      const given = Math.min(missing, Math.max(0, natural[index]! - 40));
      widths[index] = natural[index]! - given;
      missing -= given;
    }
  }
  let x = 0;
  return table.columns.map(({ isText }, index) => {
    const place = { x, width: widths[index]!, isText };
    x += widths[index]! + GAP;
    return place;
  });
}

type Look = Readonly<{
  size: number;
  weight: 'regular' | 'semibold';
  color: string;
  measure: MeasureText;
}>;

function rowOf(
  texts: readonly string[],
  table: PrintedTable,
  columns: readonly PlacedColumn[],
  { size, weight, color, measure }: Look,
): TableRow {
  const lines = texts.map((text, index) =>
    columns[index]!.isText ? wrapText(text, columns[index]!.width, size, measure, weight) : [text],
  );
  const line = LINE * (size / SIZE);
  const cells = lines.map((cell, index) =>
    cell.map((text, row): Mark => {
      const { x, width, isText } = columns[index]!;
      return {
        kind: 'text',
        x: isText ? x : x + width,
        y: PADDING + line * (row + 0.78),
        text,
        size,
        weight,
        color,
        anchor: isText ? 'start' : 'end',
      };
    }),
  );
  return {
    height: 2 * PADDING + line * Math.max(1, ...lines.map((cell) => cell.length)),
    isTotal: table.hasTotal && weight === 'semibold',
    cells,
  };
}
