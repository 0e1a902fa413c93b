import type { LedgerFigures } from '../../app/results/results.ts';
import { BUCKETS } from '../../domain/ledger/buckets.ts';
import { cell, type Row, type TableModel } from '../table-model.ts';

/** Figures of any kind under each other, exact, for CSV: what they belong to, what they are, and in which unit. */
export type Figure = readonly [
  section: string,
  item: string,
  figure: string,
  value: string | number | null,
  unit: string,
];

const COLUMNS = ['section', 'item', 'figure', 'value', 'unit'] as const;

export function figureTable(figures: readonly Figure[]): TableModel {
  return {
    title: null,
    headline: null,
    columns: COLUMNS.map((name) => ({ name, title: name, kind: 'text' })),
    rows: figures.map(
      (figure): Row => Object.fromEntries(COLUMNS.map((name, index) => [name, cell(figure[index] ?? null)])),
    ),
    rest: null,
    total: null,
    footnotes: [],
  };
}

/** The figures of one group of the ledger. */
export function ledgerList(
  section: string,
  item: string,
  figures: LedgerFigures,
  currency: string,
): Figure[] {
  const { cost, gpuHours } = figures;
  return [
    [section, item, 'totalCost', figures.totalCost, currency],
    [section, item, 'grossCost', cost.gross, currency],
    ...BUCKETS.map((bucket): Figure => [section, item, `${bucket}Cost`, cost[bucket], currency]),
    [section, item, 'direct', figures.direct, currency],
    [section, item, 'shared', figures.shared, currency],
    [section, item, 'estimatedCost', figures.estimatedCost, currency],
    [section, item, 'grossGpuHours', gpuHours.gross, 'GPU-hours'],
    [section, item, 'unpricedGpuHours', figures.unpricedGpuHours, 'GPU-hours'],
    [section, item, 'tareFraction', figures.tareFraction, 'fraction'],
  ];
}
