import { printCells } from './print-cells.ts';
import type { Column, TableModel } from './table-model.ts';

/** The table as GitHub reads it, with the same digits as on a terminal; the total is bold, the footnotes are a paragraph. */
export function renderMarkdown(model: TableModel): string {
  const printed = printCells(model);
  const columns = model.columns.filter(({ isExportOnly }) => !isExportOnly);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const textsOf = (row: Readonly<Record<string, string>>) =>
    columns.map(({ name }) => escapeCell(row[name] ?? ''));
  const table =
    columns.length === 0
      ? []
      : [
          line(columns.map(({ title }) => escapeCell(title))),
          line(columns.map(ruler)),
          ...printed.rows.map((row) => line(textsOf(row))),
          ...(printed.rest ? [line(textsOf(printed.rest))] : []),
          ...(printed.total
            ? [line(textsOf(printed.total).map((text) => (text === '' ? '' : `**${text}**`)))]
            : []),
        ];
  const footnotes = model.footnotes
    .map((note) => (typeof note === 'string' ? note : note(printed)))
    .filter((note) => note !== '');
  const blocks = [
    model.title === null ? [] : [`### ${model.title}`],
    model.headline === null ? [] : [`**${escapeCell(model.headline)}**`],
    table,
    footnotes.map((note) => `${escapeCell(note)}  `),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n').trimEnd())
    .join('\n\n')}\n`;
}

function ruler({ kind }: Column): string {
  return kind === 'text' ? '---' : '---:';
}

/** A name with a bar or a line break must not break the table. */
function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replace(/\r?\n/g, ' ');
}
