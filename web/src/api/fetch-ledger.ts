import type { Explanation, LedgerReport } from '../../../src/app/results/results.ts';
import type { ExploreState } from '../explore/explore-state.ts';
import { windowQuery } from '../state/url-state.ts';
import { askApi, askCsv, hasParts } from './ask-api.ts';

export const MOST_ROWS = 200;

type Selection = Pick<ExploreState, 'from' | 'to' | 'by' | 'selected' | 'isCompared'>;

/** The ledger of a window by dimensions, of what is selected. Rejects with a `ProblemError`. */
export function fetchLedger(selection: Selection, signal: AbortSignal): Promise<LedgerReport> {
  return askApi(`${ledgerPath(selection)}&top=${MOST_ROWS}`, signal, isLedgerReport);
}

/** The same by day, all days of it. */
export function fetchLedgerDays(selection: Selection, signal: AbortSignal): Promise<LedgerReport> {
  return askApi(ledgerPath({ ...selection, by: ['day'], isCompared: false }), signal, isLedgerReport);
}

/** Every row, not only those that the page has. */
export function fetchLedgerCsv(selection: Selection): Promise<string> {
  return askCsv(ledgerPath(selection));
}

/** `row` as in `2026-10-14T09:00Z/DEVICE/WORKLOAD/BUCKET`. */
export function fetchExplanation(row: string, signal: AbortSignal): Promise<Explanation> {
  return askApi(`/api/v1/explain?${new URLSearchParams({ row })}`, signal, isExplanation);
}

export function ledgerPath(selection: Selection): string {
  const query = windowQuery(selection);
  query.set('by', selection.by.join(','));
  for (const { dimension, value } of selection.selected) query.append('filter', `${dimension}=${value}`);
  if (selection.isCompared) query.set('compare', 'before');
  return `/api/v1/report/ledger?${query}`;
}

function isLedgerReport(body: unknown): body is LedgerReport {
  return hasParts(body, ['sentence', 'rows', 'total', 'coverage']);
}

function isExplanation(body: unknown): body is Explanation {
  return hasParts(body, ['title', 'lines']);
}
