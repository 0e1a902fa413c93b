import { periodAround } from '../../domain/governance/budgets/budget.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';

/**
 * What a report that is due then is about: the calendar month before, by the calendar on the wall of the time zone. The months of the
 * ledger are those of UTC, so that west of Greenwich the month is over by then and east of it may have some hours to go.
 */
export function reportWindow(dueMs: EpochMs, timeZone: string): TimeWindow {
  const { year, month } = dateOnTheWall(dueMs, timeZone);
  return periodAround('monthly', Date.UTC(year, month - 1) - 1);
}

function dateOnTheWall(atMs: EpochMs, timeZone: string): { year: number; month: number } {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
  }).formatToParts(atMs);
  const numberOf = (type: 'year' | 'month') => Number(parts.find((part) => part.type === type)!.value);
  return { year: numberOf('year'), month: numberOf('month') };
}
