import { grossOf } from '../../domain/ledger/buckets.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import type { FiguresBefore } from '../results/results.ts';
import { sumAggregates } from './aggregates.ts';
import { tareFraction, totalPicos } from './ledger-figures.ts';

export type PairedRow = Readonly<{ row: LedgerAggregate; before: LedgerAggregate }>;

/** Each group of either window beside itself in the other; what is missing from one of them cost nothing there. */
export function pairRows(
  rows: readonly LedgerAggregate[],
  before: readonly LedgerAggregate[],
  by: readonly string[],
): readonly PairedRow[] {
  const name = ({ key }: LedgerAggregate): string => JSON.stringify(by.map((dimension) => key[dimension]));
  const earlier = new Map(before.map((row) => [name(row), row]));
  const paired = rows.map((row) => ({ row, before: earlier.get(name(row)) ?? sumAggregates([], row.key) }));
  const here = new Set(rows.map(name));
  const gone = before
    .filter((row) => !here.has(name(row)))
    .map((row) => ({ row: sumAggregates([], row.key), before: row }));
  return [...paired, ...gone];
}

/** What it was before, and by how much the total moved. */
export function figuresBefore({ row, before }: PairedRow): FiguresBefore {
  return {
    totalCost: formatPicos(totalPicos(before)),
    grossGpuHours: ticksToHours(grossOf(before.ticks)),
    tareFraction: tareFraction(before),
    change: formatPicos(totalPicos(row) - totalPicos(before)),
  };
}
