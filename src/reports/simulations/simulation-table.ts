import type { Cell, Column, ColumnKind, TableModel } from '../table-model.ts';

/** What the tables of simulators share. */

export function table(
  parts: Pick<TableModel, 'headline' | 'columns' | 'rows' | 'total' | 'footnotes'>,
): TableModel {
  return { title: null, rest: null, ...parts };
}

export function column(name: string, title: string, kind: ColumnKind): Column {
  return { name, title, kind };
}

export function figure(value: number | null, decimals: number): Cell {
  return value === null ? { value } : { value, printed: printed(value, decimals) };
}

export function printed(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals });
}
