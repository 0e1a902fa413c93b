import type { IdleFigures, IdleReport } from '../app/results/results.ts';
import { BUCKET_MEANINGS } from '../domain/ledger/buckets.ts';
import { dimensionCells, dimensionColumns, labelCells } from './dimension-columns.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';

const COLUMNS: readonly Column[] = [
  { name: 'grossGpuHours', title: 'GPU-hours', kind: 'hours', importance: 9 },
  { name: 'idleGpuHours', title: 'idle h', kind: 'hours', importance: 4 },
  { name: 'unallocatedGpuHours', title: 'unallocated h', kind: 'hours', importance: 3 },
  { name: 'unobservedGpuHours', title: 'unobserved h', kind: 'hours', importance: 2 },
  { name: 'grossCost', title: 'gross', kind: 'money', importance: 5 },
  { name: 'idleCost', title: 'idle', kind: 'money', importance: 8 },
  { name: 'unallocatedCost', title: 'unallocated', kind: 'money', importance: 7 },
  { name: 'unobservedCost', title: 'unobserved', kind: 'money', importance: 6 },
  { name: 'idleFraction', title: 'idle of held', kind: 'percent' },
];

/** Where GPUs are paid for and stand still. */
export function idleTable({ by, rows, rest, total, currency }: IdleReport): TableModel {
  return {
    title: null,
    headline: null,
    columns: [...dimensionColumns(by), ...COLUMNS],
    rows: rows.map((row) => ({ ...dimensionCells(by, row), ...figureCells(row) })),
    rest: rest && { ...labelCells(by, `(${rest.rows} more)`), ...figureCells(rest) },
    total: { ...labelCells(by, 'TOTAL'), ...figureCells(total) },
    footnotes: [
      `${currency} · idle: ${BUCKET_MEANINGS.idle} · unallocated: ${BUCKET_MEANINGS.unallocated} · unobserved: ${BUCKET_MEANINGS.unobserved}`,
    ],
  };
}

function figureCells({ gpuHours, cost, idleFraction, unpricedGpuHours }: IdleFigures): Row {
  const isUnpriced = gpuHours.gross > 0 && unpricedGpuHours === gpuHours.gross;
  const money = (value: string) => (isUnpriced ? cell(null, '?') : cell(value));
  return {
    grossGpuHours: cell(gpuHours.gross),
    idleGpuHours: cell(gpuHours.idle),
    unallocatedGpuHours: cell(gpuHours.unallocated),
    unobservedGpuHours: cell(gpuHours.unobserved),
    grossCost: isUnpriced ? cell(null, '?') : cell(cost.gross, unpricedGpuHours > 0 ? '?' : undefined),
    idleCost: money(cost.idle),
    unallocatedCost: money(cost.unallocated),
    unobservedCost: money(cost.unobserved),
    idleFraction: cell(idleFraction),
  };
}
