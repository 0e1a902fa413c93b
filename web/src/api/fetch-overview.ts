import type { Overview } from '../../../src/app/results/results.ts';
import { searchText, type WindowState, windowQuery } from '../state/url-state.ts';
import { askApi, hasParts } from './ask-api.ts';

/** Everything the first page shows, in one request. Rejects with a `ProblemError`. */
export function fetchOverview(request: WindowState, signal: AbortSignal): Promise<Overview> {
  return askApi(overviewPath(request), signal, isOverview);
}

export function overviewPath(window: WindowState): string {
  return `/api/v1/overview${searchText(windowQuery(window))}`;
}

function isOverview(body: unknown): body is Overview {
  return hasParts(body, ['sentence', 'funnel', 'health']);
}
