import type { ChargeFact } from '../../domain/facts/facts.ts';
import { DAY_MS, type EpochMs, floorToHour, formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import type { BillWarnings } from './bill-warnings.ts';
import type { RowReader } from './row-reader.ts';

/** Commitments are billed ahead, by a year at most; a start later than that comes from a wrong clock or a wrong date order. */
const MAX_AHEAD_MS = 400 * DAY_MS;
export type Periods = Pick<
  ChargeFact,
  'billingPeriodStartMs' | 'billingPeriodEndMs' | 'chargePeriodStartMs' | 'chargePeriodEndMs'
>;

/** When a charge was billed and what time it covers; the one stands in for the other where it is missing. */
export function readPeriods(
  row: RowReader,
  { warnings, nowMs }: Readonly<{ warnings: BillWarnings; nowMs: EpochMs }>,
): Periods {
  const billingStart = row.instant('BillingPeriodStart');
  const billingEnd = row.instant('BillingPeriodEnd');
  const start = row.instant('ChargePeriodStart');
  const end = row.instant('ChargePeriodEnd');
  if (start === null || end === null) warnings.count('charge-period-derived');
  const startMs = start ?? billingStart;
  const endMs = end ?? billingEnd;
  if (startMs === null) throw row.missingInstant('ChargePeriodStart');
  if (endMs === null) throw row.missingInstant('ChargePeriodEnd');
  checkPeriod(row, startMs, endMs, nowMs);
  if (billingStart === null || billingEnd === null) warnings.count('billing-period-derived');
  if (endMs === startMs) warnings.count('empty-period');
  return {
    billingPeriodStartMs: billingStart ?? startOfMonth(startMs, 0),
    billingPeriodEndMs: billingEnd ?? startOfMonth(billingStart ?? startMs, 1),
    chargePeriodStartMs: startMs,
    chargePeriodEndMs: endMs === startMs ? endOfEmptyPeriod(startMs) : endMs,
  };
}

/** A day that is given twice means that day; an instant that is given twice means its hour. */
function endOfEmptyPeriod(startMs: EpochMs): EpochMs {
  return startMs % DAY_MS === 0 ? startMs + DAY_MS : floorToHour(startMs) + HOUR_MS;
}

function checkPeriod(row: RowReader, startMs: EpochMs, endMs: EpochMs, nowMs: EpochMs): void {
  if (endMs < startMs) {
    throw row.bad(
      'ChargePeriodEnd',
      'period-backwards',
      `the charge ends at ${formatInstant(endMs)}, before it starts at ${formatInstant(startMs)}; correct the dates, or state their order with --set dates=day-first`,
    );
  }
  if (startMs > nowMs + MAX_AHEAD_MS) {
    throw row.bad(
      'ChargePeriodStart',
      'clock-in-the-future',
      `the charge starts at ${formatInstant(startMs)}, more than 400 days from now (${formatInstant(nowMs)}); check the date, and the clock of this machine`,
    );
  }
}

function startOfMonth(at: EpochMs, monthsLater: number): EpochMs {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1);
}
