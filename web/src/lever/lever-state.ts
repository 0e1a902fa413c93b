import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';
import type { LeverMeasure } from './lever-views.ts';

/** What the page of one lever shows. */
export type LeverState = WindowState & Readonly<{ measure: LeverMeasure; look: 'chart' | 'table' }>;

export function readLeverState(search: string): LeverState {
  const query = new URLSearchParams(search);
  return {
    ...readWindowState(query),
    measure: query.get('measure') === 'causes' ? 'causes' : 'cost',
    look: query.get('look') === 'table' ? 'table' : 'chart',
  };
}

export function writeLeverState(state: LeverState): string {
  const query = windowQuery(state);
  if (state.measure === 'causes') query.set('measure', 'causes');
  if (state.look === 'table') query.set('look', 'table');
  return searchText(query);
}
