import stringWidth from 'string-width';
import { toAscii } from './ascii.ts';
import { printCells } from './print-cells.ts';
import type { Column, TableModel } from './table-model.ts';

export type TerminalOptions = Readonly<{
  /** Columns of the terminal; `null` prints all, whatever it takes. */
  width: number | null;
  /** Plain ASCII, for terminals and logs that know nothing else. */
  isAscii: boolean;
  hasColor: boolean;
}>;

/** The parts of a report on a terminal. Doors print `before` and `after` to stderr when stdout is not a terminal. */
export type TerminalText = Readonly<{ before: string; table: string; after: string }>;

const GAP = '  ';
const MARKS = ['~', '?'];

/** Figures right-aligned, the total last. Columns that do not fit are left out and announced, the least important first. */
export function renderTable(model: TableModel, options: TerminalOptions): TerminalText {
  const printed = printCells(model);
  const shown = model.columns.filter(({ isExportOnly }) => !isExportOnly);
  const lines = [
    ...printed.rows,
    ...(printed.rest ? [printed.rest] : []),
    ...(printed.total ? [printed.total] : []),
  ];
  const texts = new Map(shown.map((column) => [column.name, textsOf(column, lines)]));
  const fitting = fittingColumns(shown, texts, options.width);

  const table = [header(fitting), ...lines.keys()].map((line) =>
    typeof line === 'number' ? fitting.map((column) => texts.get(column.name)![line + 1]!) : line,
  );
  const isTotal = (index: number) => printed.total !== null && index === table.length - 1;
  const rendered = alignColumns(fitting, table).map((line, index) =>
    options.hasColor && (index === 0 || isTotal(index)) ? `${BOLD}${line}${PLAIN}` : line,
  );

  const footnotes = model.footnotes.map((note) => (typeof note === 'string' ? note : note(printed)));
  const leftOut = shown.filter((column) => !fitting.includes(column));
  if (leftOut.length > 0) footnotes.push(announce(leftOut));
  const finish = (text: string) => (options.isAscii ? toAscii(text) : text);
  return {
    before: finish(
      [model.title, model.headline]
        .filter(Boolean)
        .map((line) => `${line}\n`)
        .join(''),
    ),
    table: finish(model.columns.length === 0 ? '' : `${rendered.join('\n')}\n`),
    after: finish(
      footnotes
        .filter((note) => note !== '')
        .map((note) => `${note}\n`)
        .join(''),
    ),
  };
}

const BOLD = '\u001b[1m';
const PLAIN = '\u001b[22m';

function header(columns: readonly Column[]): string[] {
  return columns.map(({ title }) => title.toUpperCase());
}

/** The header and every cell. Where some cell carries a mark, the others leave its place empty, so that digits stay aligned. */
function textsOf(column: Column, lines: readonly Readonly<Record<string, string>>[]): string[] {
  const cells = lines.map((line) => line[column.name] ?? '');
  const isMarked =
    column.kind !== 'text' && cells.some((text) => text.length > 1 && MARKS.includes(text.at(-1)!));
  const padded = isMarked
    ? cells.map((text) => (MARKS.includes(text.at(-1) ?? '') ? text : `${text} `))
    : cells;
  return [`${column.title.toUpperCase()}${isMarked ? ' ' : ''}`, ...padded];
}

function fittingColumns(
  columns: readonly Column[],
  texts: ReadonlyMap<string, readonly string[]>,
  width: number | null,
): readonly Column[] {
  let fitting = columns;
  while (width !== null && widthOf(fitting, texts) > width) {
    const droppable = fitting.filter(({ importance }) => importance !== undefined);
    if (droppable.length === 0) break;
    const least = droppable.reduce((a, b) => (b.importance! < a.importance! ? b : a));
    fitting = fitting.filter((column) => column !== least);
  }
  return fitting;
}

function widthOf(columns: readonly Column[], texts: ReadonlyMap<string, readonly string[]>): number {
  const widths = columns.map(({ name }) => widest(texts.get(name) ?? []));
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, columns.length - 1);
}

function alignColumns(columns: readonly Column[], table: readonly (readonly string[])[]): string[] {
  const widths = columns.map((_, x) => widest(table.map((line) => line[x]!)));
  return table.map((line) =>
    line
      .map((text, x) => pad(text, widths[x]!, columns[x]!.kind === 'text'))
      .join(GAP)
      .trimEnd(),
  );
}

function pad(text: string, width: number, isLeft: boolean): string {
  const blanks = ' '.repeat(width - stringWidth(text));
  return isLeft ? `${text}${blanks}` : `${blanks}${text}`;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => stringWidth(text)));
}

function announce(leftOut: readonly Column[]): string {
  const names = leftOut.map(({ title }) => title.toLowerCase()).join(', ');
  const noun = leftOut.length === 1 ? 'column' : 'columns';
  return `+${leftOut.length} ${noun}: ${names} (a wider terminal shows more, --format csv all)`;
}
