import type { ChargeFigures, ChargeReport } from '../app/results/results.ts';
import { dimensionCells, dimensionColumns, labelCells } from './dimension-columns.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';

const COLUMNS: readonly Column[] = [
  { name: 'rows', title: 'rows', kind: 'count', importance: 2 },
  { name: 'billedCost', title: 'billed', kind: 'money', importance: 5 },
  { name: 'effectiveCost', title: 'effective', kind: 'money', importance: 4 },
  { name: 'listCost', title: 'list', kind: 'money', importance: 3 },
  { name: 'contractedCost', title: 'contracted', kind: 'money', importance: 1 },
  { name: 'cost', title: 'counted', kind: 'money' },
];

/** The bill by what it says about itself. */
export function chargesTable({ by, rows, rest, total, currency }: ChargeReport): TableModel {
  return {
    title: null,
    headline: null,
    columns: [...dimensionColumns(by), ...COLUMNS],
    rows: rows.map((row) => ({ ...dimensionCells(by, row), ...figureCells(row) })),
    rest: rest && { ...labelCells(by, `(${rest.rowsLeftOut} more)`), ...figureCells(rest) },
    total: { ...labelCells(by, 'TOTAL'), ...figureCells(total) },
    footnotes: [
      `${currency} · counted is what the ledger takes: effective cost, or billed cost where that cannot be trusted`,
    ],
  };
}

function figureCells(figures: ChargeFigures): Row {
  return Object.fromEntries(COLUMNS.map(({ name }) => [name, cell(figures[name as keyof ChargeFigures])]));
}
