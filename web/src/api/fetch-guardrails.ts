import type { AlertReport } from '../../../src/app/results/alerts.ts';
import type { AnomalyReport } from '../../../src/app/results/anomalies.ts';
import type { BudgetReport } from '../../../src/app/results/budgets.ts';
import type { ForecastReport } from '../../../src/app/results/forecast.ts';
import { searchText, type WindowState, windowQuery } from '../state/url-state.ts';
import { askApi, hasParts } from './ask-api.ts';

/** Budgets in the periods that go on now. Rejects with a `ProblemError`, as the others. */
export function fetchBudgets(signal: AbortSignal): Promise<BudgetReport> {
  return askApi('/api/v1/budgets', signal, (body): body is BudgetReport => hasParts(body, ['at', 'rows']));
}

export function fetchForecast(by: string, signal: AbortSignal): Promise<ForecastReport> {
  const query = new URLSearchParams({ by });
  return askApi(`/api/v1/forecast?${query}`, signal, (body): body is ForecastReport =>
    hasParts(body, ['rows', 'past']),
  );
}

export function fetchAlerts(signal: AbortSignal): Promise<AlertReport> {
  return askApi('/api/v1/alerts', signal, (body): body is AlertReport =>
    hasParts(body, ['rows', 'recipients']),
  );
}

export function fetchAnomalies(window: WindowState, signal: AbortSignal): Promise<AnomalyReport> {
  return askApi(
    `/api/v1/anomalies${searchText(windowQuery(window))}`,
    signal,
    (body): body is AnomalyReport => hasParts(body, ['rows', 'series', 'precision']),
  );
}
