import { NOBODY, UNTAGGED } from '../domain/ownership/owner.ts';
import { UNKNOWN } from './print-cells.ts';
import { type Cell, type Column, cell, type Row } from './table-model.ts';

/** The columns that a report is grouped by, in the order asked for; they are never left out. */
export function dimensionColumns(by: readonly string[]): Column[] {
  return by.map((name) => ({ name, title: titleOf(name), kind: 'text' }));
}

/** What stands in them: names as they are, the nameless in brackets, so that no team can be mistaken for them. */
export function dimensionCells(by: readonly string[], row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(by.map((name) => [name, nameCell(row[name])]));
}

/** `(2 more)` or `TOTAL` under the first of them. */
export function labelCells(by: readonly string[], label: string): Row {
  const [first] = by;
  return first === undefined ? {} : { [first]: cell(label) };
}

export function nameCell(value: unknown): Cell {
  if (value === NOBODY || value === UNTAGGED) return { value, printed: `(${value})` };
  if (value === undefined || value === 'none') return { value: 'none', printed: UNKNOWN };
  return cell(String(value));
}

const TITLES: Readonly<Record<string, string>> = {
  gpuModel: 'GPU model',
  priceSource: 'price source',
  serviceCategory: 'service category',
  pricingCategory: 'pricing category',
};

function titleOf(dimension: string): string {
  return TITLES[dimension] ?? dimension.replace(/^tag:/, '');
}
