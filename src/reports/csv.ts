import { parsePicos } from '../domain/money/picos.ts';
import type { Cell, TableModel } from './table-model.ts';

/**
 * The rows of a table as RFC 4180 CSV: exact decimals, no separators, unknown as an empty cell.
 *
 * The total is left out, so that a column can be summed; what `--top` left out is a row of its own, so that the sum is the total.
 */
export function renderCsv(model: TableModel): string {
  const rows = model.rest ? [...model.rows, model.rest] : model.rows;
  const lines = [
    model.columns.map(({ name }) => quote(name)),
    ...rows.map((row) => model.columns.map(({ name }) => quote(exactText(row[name])))),
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** Numbers without an exponent, whatever their size. */
function exactText(found: Cell | undefined): string {
  if (found === undefined || found.value === null) return '';
  if (typeof found.value === 'string') return found.value;
  const text = String(found.value);
  return text.includes('e') && parsePicos(text) ? found.value.toFixed(12).replace(/\.?0+$/, '') : text;
}

function quote(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
