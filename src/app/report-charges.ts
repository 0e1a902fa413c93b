import { formatPicos } from '../domain/money/picos.ts';
import { formatInstant } from '../domain/time/window.ts';
import type { ChargeAggregate } from '../ports/store.ts';
import { compareBigint, compareText } from './figures/compare-text.ts';
import type { ReportParts } from './report-ledger.ts';
import type { ChargeFigures, ChargeReport } from './results/results.ts';
import type { ChargeRequest } from './tare.ts';

/** The bill as billed, summed by what it says about itself. Charges whose period starts inside the window. */
export async function reportCharges(
  { store, settings }: ReportParts,
  { window, by, top }: ChargeRequest,
): Promise<ChargeReport> {
  const [rows, whole] = await Promise.all([
    by.length === 0 ? [] : store.charges({ window, by }),
    store.charges({ window, by: [] }),
  ]);
  const sorted = rows.toSorted(by.includes('day') ? inOrderOfDays(by) : largestFirst);
  const kept = top === null || by.includes('day') ? sorted : sorted.slice(0, top);
  const leftOut = sorted.slice(kept.length);
  return {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    by,
    rows: kept.map((row) => ({ ...row.key, ...chargeFigures([row]) })),
    rest: leftOut.length === 0 ? null : { rowsLeftOut: leftOut.length, ...chargeFigures(leftOut) },
    total: chargeFigures(whole),
  };
}

export function chargeFigures(aggregates: readonly ChargeAggregate[]): ChargeFigures {
  const sum = (value: (aggregate: ChargeAggregate) => bigint) =>
    formatPicos(aggregates.reduce((total, aggregate) => total + value(aggregate), 0n));
  return {
    rows: aggregates.reduce((total, { rows }) => total + rows, 0),
    billedCost: sum(({ billedPicos }) => billedPicos),
    effectiveCost: sum(({ effectivePicos }) => effectivePicos),
    listCost: sum(({ listPicos }) => listPicos),
    contractedCost: sum(({ contractedPicos }) => contractedPicos),
    cost: sum(({ costPicos }) => costPicos),
  };
}

function largestFirst(a: ChargeAggregate, b: ChargeAggregate): number {
  return compareBigint(b.costPicos, a.costPicos) || compareText(JSON.stringify(a.key), JSON.stringify(b.key));
}

function inOrderOfDays(by: readonly string[]) {
  const nameOf = ({ key }: ChargeAggregate) => JSON.stringify([key['day'], ...by.map((name) => key[name])]);
  return (a: ChargeAggregate, b: ChargeAggregate) => compareText(nameOf(a), nameOf(b));
}
