import type { HealthReport } from '../../../src/app/results/health.ts';
import type { ChargeReport } from '../../../src/app/results/results.ts';
import { shiftDay } from '../format/dates.ts';
import type { WindowState } from '../state/url-state.ts';
import { searchText, windowQuery } from '../state/url-state.ts';
import { askApi, askCsv, hasParts } from './ask-api.ts';

/** Whether the figures can be trusted. Rejects with a `ProblemError`. */
export function fetchHealth(window: WindowState, signal: AbortSignal): Promise<HealthReport> {
  return askApi(`/api/v1/report/health${searchText(windowQuery(window))}`, signal, isHealthReport);
}

/** The bill against the ledger, day by day, with every digit. */
export function fetchHealthCsv(window: WindowState): Promise<string> {
  return askCsv(`/api/v1/report/health${searchText(windowQuery(window))}`);
}

/** What the bills say of charges whose period starts on the day, largest first. */
export function fetchDayCharges(day: string, signal: AbortSignal): Promise<ChargeReport> {
  const query = windowQuery({ from: day, to: shiftDay(day, 1) });
  query.set('by', 'service,use,sku,category');
  return askApi(`/api/v1/report/charges?${query}`, signal, isChargeReport);
}

function isHealthReport(body: unknown): body is HealthReport {
  return hasParts(body, ['sentence', 'problems', 'byDay', 'services', 'calendar', 'sources', 'imports']);
}

function isChargeReport(body: unknown): body is ChargeReport {
  return hasParts(body, ['rows', 'total']);
}
