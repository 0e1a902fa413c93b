/** What a page shows lives in its address, so that a copied link opens the same view. */
export type WindowState = Readonly<{
  /** As the command line takes them: `7d`, `month`, `2026-10`, an ISO day or instant; `null` for the last 30 days. */
  from: string | null;
  to: string | null;
}>;

/** State of the overview. */
export type PageState = WindowState & Readonly<{ measure: Measure }>;

export type Measure = 'cost' | 'gpu-hours';

export function readPageState(search: string): PageState {
  const query = new URLSearchParams(search);
  return {
    ...readWindowState(query),
    measure: query.get('measure') === 'gpu-hours' ? 'gpu-hours' : 'cost',
  };
}

/** `?from=2026-10&measure=gpu-hours`; what is the default is left out. */
export function writePageState(state: PageState): string {
  const query = windowQuery(state);
  if (state.measure !== 'cost') query.set('measure', state.measure);
  return searchText(query);
}

export function readWindowState(query: URLSearchParams): WindowState {
  return { from: query.get('from') || null, to: query.get('to') || null };
}

export function windowQuery({ from, to }: WindowState): URLSearchParams {
  const query = new URLSearchParams();
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  return query;
}

/** `?a=b`, or nothing at all. */
export function searchText(query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
