import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** What the page of savings shows. */
export type SavingsState = WindowState &
  Readonly<{
    /** Idle time by day and cause, or by device. */
    idle: 'day' | 'device';
    look: 'chart' | 'table';
  }>;

export function readSavingsState(search: string): SavingsState {
  const query = new URLSearchParams(search);
  return {
    ...readWindowState(query),
    idle: query.get('idle') === 'device' ? 'device' : 'day',
    look: query.get('look') === 'table' ? 'table' : 'chart',
  };
}

export function writeSavingsState(state: SavingsState): string {
  const query = windowQuery(state);
  if (state.idle === 'device') query.set('idle', 'device');
  if (state.look === 'table') query.set('look', 'table');
  return searchText(query);
}
