/** What the page shows lives in its address, so that a copied link opens the same view. */
export type PageState = Readonly<{
  /** As the command line takes them: `7d`, `month`, `2026-10`, an ISO day or instant; `null` for the last 30 days. */
  from: string | null;
  to: string | null;
  measure: Measure;
}>;

export type Measure = 'cost' | 'gpu-hours';

export function readPageState(search: string): PageState {
  const query = new URLSearchParams(search);
  return {
    from: query.get('from') || null,
    to: query.get('to') || null,
    measure: query.get('measure') === 'gpu-hours' ? 'gpu-hours' : 'cost',
  };
}

/** `?from=2026-10&measure=gpu-hours`; what is the default is left out. */
export function writePageState(state: PageState): string {
  const query = new URLSearchParams();
  if (state.from) query.set('from', state.from);
  if (state.to) query.set('to', state.to);
  if (state.measure !== 'cost') query.set('measure', state.measure);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
