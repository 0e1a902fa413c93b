import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** What the page of savings shows. */
export type SavingsState = WindowState &
  Readonly<{
    /** Idle time by day and cause, or by device. */
    idle: 'day' | 'device';
    look: 'chart' | 'table';
    /** Of the levers; the largest, or the first of the plan, first. */
    sort: LeverSort;
  }>;

export const LEVER_SORTS = ['inPlan', 'alone', 'cost', 'place'] as const;
export type LeverSort = (typeof LEVER_SORTS)[number];

export function readSavingsState(search: string): SavingsState {
  const query = new URLSearchParams(search);
  return {
    ...readWindowState(query),
    idle: query.get('idle') === 'device' ? 'device' : 'day',
    look: query.get('look') === 'table' ? 'table' : 'chart',
    sort: LEVER_SORTS.find((name) => name === query.get('sort')) ?? 'inPlan',
  };
}

export function writeSavingsState(state: SavingsState): string {
  const query = windowQuery(state);
  if (state.idle === 'device') query.set('idle', 'device');
  if (state.look === 'table') query.set('look', 'table');
  if (state.sort !== 'inPlan') query.set('sort', state.sort);
  return searchText(query);
}
