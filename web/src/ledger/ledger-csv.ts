import type { LedgerFigures } from '../../../src/app/results/results.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { toCsv } from '../format/csv.ts';

/** Rows of the ledger with every digit: GPU-hours and cost by bucket, direct, shared, total, and what rests on estimates. */
export function ledgerCsv<Row extends LedgerFigures>(
  dimension: string,
  nameOf: (row: Row) => string,
  rows: readonly Row[],
  currency: string,
): string {
  const columns = ['gross', ...BUCKETS] as const;
  const header = [
    dimension,
    ...columns.map((column) => `${column}GpuHours`),
    ...columns.map((column) => `${column}Cost`),
    'direct',
    'shared',
    'totalCost',
    'estimatedCost',
    'unpricedGpuHours',
    'currency',
  ];
  return toCsv(
    header,
    rows.map((row) => [
      nameOf(row),
      ...columns.map((column) => row.gpuHours[column]),
      ...columns.map((column) => row.cost[column]),
      row.direct,
      row.shared,
      row.totalCost,
      row.estimatedCost,
      row.unpricedGpuHours,
      currency,
    ]),
  );
}
