import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

export const FORECAST_DIMENSIONS = ['team', 'model', 'environment'] as const;
export type ForecastDimension = (typeof FORECAST_DIMENSIONS)[number];

/** The window is that of the anomalies; budgets and forecasts are about the periods that go on. */
export type GuardrailsState = WindowState & Readonly<{ by: ForecastDimension; open: string | null }>;

export function readGuardrailsState(search: string): GuardrailsState {
  const query = new URLSearchParams(search);
  return {
    ...readWindowState(query),
    by: FORECAST_DIMENSIONS.find((known) => known === query.get('by')) ?? 'team',
    open: query.get('open') || null,
  };
}

/** What is the default is left out. */
export function writeGuardrailsState(state: GuardrailsState): string {
  const query = windowQuery(state);
  if (state.by !== 'team') query.set('by', state.by);
  if (state.open) query.set('open', state.open);
  return searchText(query);
}
