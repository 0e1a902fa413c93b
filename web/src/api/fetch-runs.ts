import type { RunReceipt, RunsReport } from '../../../src/app/results/runs.ts';
import type { RunsState } from '../runs/runs-state.ts';
import { PAGE_ROWS } from '../runs/runs-state.ts';
import { type WindowState, windowQuery } from '../state/url-state.ts';
import { askApi, askCsv, hasParts } from './ask-api.ts';

/** One page of runs, or of groups of them. */
export function fetchRuns(state: RunsState, signal: AbortSignal): Promise<RunsReport> {
  return askApi(runsPath(state), signal, isRunsReport);
}

/** Every row that is selected, not the page alone. */
export function fetchRunsCsv(state: RunsState): Promise<string> {
  return askCsv(runsPath(state, 'all'));
}

/** What there is to choose from in a window: the groups by all four filters. */
export function fetchRunChoices(window: WindowState, signal: AbortSignal): Promise<RunsReport> {
  const query = windowQuery(window);
  query.set('by', 'team,model,state,experiment');
  query.set('limit', '1000');
  return askApi(`/api/v1/runs?${query}`, signal, isRunsReport);
}

/** The first or the last run of all, for a window that has none. */
export function fetchOutermostRun(which: 'first' | 'last', signal: AbortSignal): Promise<RunsReport> {
  const query = new URLSearchParams({ from: '2000-01-01', to: '2100-01-01', limit: '1' });
  query.set('sort', which === 'first' ? '+startedAt' : '-startedAt');
  return askApi(`/api/v1/runs?${query}`, signal, isRunsReport);
}

export function fetchReceipt(runId: string, signal: AbortSignal): Promise<RunReceipt> {
  return askApi(`/api/v1/runs/${encodeURIComponent(runId)}`, signal, isReceipt);
}

export function runsPath(state: RunsState, limit: 'page' | 'all' = 'page'): string {
  const query = windowQuery(state);
  if (state.by.length > 0) query.set('by', state.by.join(','));
  for (const name of ['team', 'model', 'state', 'experiment'] as const) {
    if (state[name]) query.append('filter', `${name}=${state[name]}`);
  }
  if (state.text) query.set('text', state.text);
  query.set('sort', `${state.isDescending ? '-' : '+'}${state.sort}`);
  if (state.metric) {
    query.set('metric', state.metric);
    query.set('direction', state.direction);
  }
  query.set('limit', limit === 'all' ? 'all' : String(PAGE_ROWS));
  if (limit === 'page' && state.page > 1) query.set('offset', String((state.page - 1) * PAGE_ROWS));
  return `/api/v1/runs?${query}`;
}

function isRunsReport(body: unknown): body is RunsReport {
  return hasParts(body, ['sentence', 'rows', 'total']);
}

function isReceipt(body: unknown): body is RunReceipt {
  return hasParts(body, ['title', 'run', 'lines', 'timeline']);
}
