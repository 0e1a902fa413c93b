import { groupBy } from '../domain/collections/group-by.ts';
import { BUCKETS, grossOf } from '../domain/ledger/buckets.ts';
import { DAY_MS, type EpochMs, formatInstant, HOUR_MS, type TimeWindow } from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import type { LedgerAggregate } from '../ports/store.ts';
import { groupAggregates, sumAggregates } from './figures/aggregates.ts';
import { compareBigint } from './figures/compare-text.ts';
import { funnel } from './figures/funnel.ts';
import { keepTop } from './figures/keep-top.ts';
import { ledgerFigures, totalPicos } from './figures/ledger-figures.ts';
import { moneySentence } from './figures/money-sentence.ts';
import { checkDimensions, type ReportParts } from './report-ledger.ts';
import type { FleetPool, FleetReport, FleetRow } from './results/fleet.ts';
import type { FleetRequest } from './tare.ts';

/** Up to here columns are hours, and up to the other one days; beyond it weeks. */
const MOST_HOURS_MS = 3 * DAY_MS;
const MOST_DAYS_MS = 70 * DAY_MS;
const NO_DEVICE: readonly string[] = ['none', ''];

/** What each node or device did over time, and what became of what was paid, pool by pool. */
export async function reportFleet(
  { store, settings }: ReportParts,
  { window, by, filters, top }: FleetRequest,
): Promise<FleetReport> {
  checkDimensions(
    filters.map(({ dimension }) => dimension),
    settings,
  );
  const step = window.toMs - window.fromMs <= MOST_HOURS_MS ? 'hour' : 'day';
  const [places, cells, extent] = await Promise.all([
    store.ledger({ window, by: ['pool', 'gpuModel', by], filters }),
    store.ledger({ window, by: [by, step], filters }),
    store.extent(),
  ]);
  const columns = columnsOf(window, step);
  // Charges that belong to no machine have no place here.
  const machines = places.filter(({ key }) => !NO_DEVICE.includes(key[by] ?? ''));
  const byName = groupBy(machines, ({ key }) => key[by]!);
  const { kept, leftOut } = keepTop(groupAggregates(machines, [by]), [by], top);
  const cellsOf = groupBy(cells, ({ key }) => key[by] ?? '');
  const total = sumAggregates(machines);
  const { currency } = settings;
  return {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    // The sentence of every other page: charges that belong to no machine are in it.
    sentence: moneySentence({ window, currency, total: sumAggregates(places), extent: extent.ledger }),
    by,
    columns: columns.map(({ fromMs, toMs }) => ({ from: formatInstant(fromMs), to: formatInstant(toMs) })),
    rows: kept.map((row): FleetRow => {
      const name = row.key[by]!;
      return {
        name,
        pool: listed(byName.get(name)!, 'pool'),
        gpuModel: listed(byName.get(name)!, 'gpuModel'),
        figures: ledgerFigures(row),
        cells: cellsIn(cellsOf.get(name) ?? [], columns, step),
      };
    }),
    rest: leftOut.length === 0 ? null : { rows: leftOut.length, ...ledgerFigures(sumAggregates(leftOut)) },
    pools: poolsOf(machines, by),
    total: ledgerFigures(total),
  };
}

function columnsOf({ fromMs, toMs }: TimeWindow, step: 'hour' | 'day'): readonly TimeWindow[] {
  const unit = step === 'hour' ? HOUR_MS : DAY_MS;
  // Days of the ledger begin at midnight, also where the window does not.
  const startMs = Math.floor(fromMs / unit) * unit;
  const length = toMs - startMs > MOST_DAYS_MS ? 7 * DAY_MS : unit;
  const columns: TimeWindow[] = [];
  for (let atMs = startMs; atMs < toMs; atMs += length) {
    columns.push({ fromMs: Math.max(atMs, fromMs), toMs: Math.min(atMs + length, toMs) });
  }
  return columns;
}

function cellsIn(
  cells: readonly LedgerAggregate[],
  columns: readonly TimeWindow[],
  step: 'hour' | 'day',
): FleetRow['cells'] {
  const byColumn = groupBy(cells, ({ key }) => columnAt(columns, Date.parse(key[step] ?? '')));
  return columns.map((_, index) => {
    const sum = sumAggregates(byColumn.get(index) ?? []);
    if (grossOf(sum.ticks) === 0n) return null;
    return BUCKETS.map((bucket) => Math.round(ticksToHours(sum.ticks[bucket]) * 1e6) / 1e6);
  });
}

/** The last column that begins at or before an instant; the first for a day that the window begins in the middle of. */
function columnAt(columns: readonly TimeWindow[], atMs: EpochMs): number {
  const after = columns.findIndex(({ fromMs }) => fromMs > atMs);
  return Math.max(0, after === -1 ? columns.length - 1 : after - 1);
}

function poolsOf(machines: readonly LedgerAggregate[], by: FleetRequest['by']): readonly FleetPool[] {
  return [...groupBy(machines, ({ key }) => key['pool'] ?? 'none')]
    .map(([pool, members]) => ({ pool, members, total: sumAggregates(members) }))
    .toSorted((a, b) => compareBigint(totalPicos(b.total), totalPicos(a.total)))
    .map(({ pool, members, total }) => ({
      pool,
      gpuModels: valuesOf(members, 'gpuModel'),
      rows: valuesOf(members, by).length,
      figures: ledgerFigures(total),
      funnel: funnel(total),
    }));
}

function listed(members: readonly LedgerAggregate[], dimension: string): string {
  return valuesOf(members, dimension).join(', ');
}

function valuesOf(members: readonly LedgerAggregate[], dimension: string): readonly string[] {
  return [...new Set(members.map(({ key }) => key[dimension] ?? 'none'))].sort();
}
