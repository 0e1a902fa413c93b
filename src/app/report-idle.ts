import { grossOf } from '../domain/ledger/buckets.ts';
import { formatPicos } from '../domain/money/picos.ts';
import { formatInstant } from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import type { LedgerAggregate, Store } from '../ports/store.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { fraction } from './figures/fraction.ts';
import { keepTop } from './figures/keep-top.ts';
import { isUnpriced } from './figures/ledger-figures.ts';
import { idleByCause } from './levers/idle-by-cause.ts';
import { readExplainedHours } from './levers/read-levers.ts';
import { withoutCause } from './read-idle-request.ts';
import { checkDimensions, type ReportParts } from './report-ledger.ts';
import type { IdleFigures, IdleReport } from './results/results.ts';
import { CAUSE, type IdleRequest } from './tare.ts';

/** Where GPUs are paid for and stand still: held without a kernel, held by nobody, or seen by nobody. Largest first. */
export async function reportIdle(
  { store, settings }: ReportParts,
  { window, by, filters, top }: IdleRequest,
): Promise<IdleReport> {
  checkDimensions([...withoutCause(by), ...filters.map(({ dimension }) => dimension)], settings);
  const [rows, whole] = await Promise.all([
    readRows(store, { window, by, filters }),
    store.ledger({ window, by: [], filters }),
  ]);
  const total = sumAggregates(whole);
  const values = isUnpriced(total) ? standingTicks : standingPicos;
  const { kept, leftOut } = keepTop(rows.filter(hasGpuTime), by, top, values);
  return {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    by,
    rows: kept.map((row) => ({ ...row.key, ...idleFigures(row) })),
    rest: leftOut.length === 0 ? null : { rows: leftOut.length, ...idleFigures(sumAggregates(leftOut)) },
    total: idleFigures(total),
  };
}

async function readRows(
  store: Store,
  { window, by, filters }: Omit<IdleRequest, 'top'>,
): Promise<readonly LedgerAggregate[]> {
  if (by.length === 0) return [];
  if (!by.includes(CAUSE)) return store.ledger({ window, by: withoutCause(by), filters });
  return idleByCause(await readExplainedHours(store, window), by, filters);
}

export function idleFigures({ ticks, cost, unpricedTicks }: LedgerAggregate): IdleFigures {
  const held = grossOf(ticks) - ticks.unallocated - ticks.unobserved;
  return {
    gpuHours: {
      gross: ticksToHours(grossOf(ticks)),
      idle: ticksToHours(ticks.idle),
      unallocated: ticksToHours(ticks.unallocated),
      unobserved: ticksToHours(ticks.unobserved),
    },
    cost: {
      gross: formatPicos(grossOf(cost)),
      idle: formatPicos(cost.idle),
      unallocated: formatPicos(cost.unallocated),
      unobserved: formatPicos(cost.unobserved),
    },
    idleFraction: fraction(ticks.idle, held),
    unpricedGpuHours: ticksToHours(unpricedTicks),
  };
}

function standingPicos({ cost }: LedgerAggregate): bigint {
  return cost.idle + cost.unallocated + cost.unobserved;
}

function standingTicks({ ticks }: LedgerAggregate): bigint {
  return ticks.idle + ticks.unallocated + ticks.unobserved;
}

/** Charges that buy no GPU time cannot stand idle. */
function hasGpuTime({ ticks }: LedgerAggregate): boolean {
  return grossOf(ticks) > 0n;
}
