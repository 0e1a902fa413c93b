import type { SearchResult, ViewList, ViewRow } from '../../../src/app/results/search.ts';
import { askApi, hasParts, sendApi } from './ask-api.ts';

/** Names with the text in them. Rejects with a `ProblemError`, as the others. */
export function fetchNames(text: string, signal: AbortSignal): Promise<SearchResult> {
  const query = new URLSearchParams({ q: text });
  return askApi(`/api/v1/search?${query}`, signal, (body): body is SearchResult =>
    hasParts(body, ['text', 'rows', 'isCut']),
  );
}

export function fetchViews(signal: AbortSignal): Promise<ViewList> {
  return askApi('/api/v1/views', signal, (body): body is ViewList => hasParts(body, ['rows']));
}

export function saveView(name: string, address: string): Promise<ViewRow> {
  return sendApi('POST', '/api/v1/views', { name, address }, isView);
}

export function removeView(name: string): Promise<ViewRow> {
  return sendApi('DELETE', `/api/v1/views/${encodeURIComponent(name)}`, null, isView);
}

function isView(body: unknown): body is ViewRow {
  return hasParts(body, ['name', 'address', 'link']);
}
