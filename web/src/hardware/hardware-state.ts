import type { HardwareSort } from '../../../src/app/tare.ts';
import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** Everything that the page shows. */
export type HardwareState = WindowState &
  Readonly<{
    sort: HardwareSort;
    /** From 1. */
    page: number;
    /** The workload whose kinds are side by side, by its key; `null` for the first. */
    open: string | null;
    look: 'chart' | 'table';
    /** `endpoint=ms`: latencies that endpoints promise. */
    slo: readonly string[];
  }>;

export const HARDWARE_PAGE_ROWS = 25;
export const HARDWARE_COLUMN_SORTS: readonly HardwareSort[] = ['saving', 'heldCost', 'workload'];

export function readHardwareState(search: string): HardwareState {
  const query = new URLSearchParams(search);
  return {
    ...readWindowState(query),
    sort: HARDWARE_COLUMN_SORTS.find((name) => name === query.get('sort')) ?? 'saving',
    page: Math.max(1, Math.floor(Number(query.get('page')) || 1)),
    open: query.get('open') || null,
    look: query.get('look') === 'table' ? 'table' : 'chart',
    slo: [...new Set(query.getAll('slo').filter((text) => /^.+=\d+(\.\d+)?$/.test(text)))],
  };
}

/** What is the default is left out. */
export function writeHardwareState(state: HardwareState): string {
  const query = windowQuery(state);
  if (state.sort !== 'saving') query.set('sort', state.sort);
  if (state.page > 1) query.set('page', String(state.page));
  if (state.open) query.set('open', state.open);
  if (state.look === 'table') query.set('look', 'table');
  for (const text of state.slo) query.append('slo', text);
  return searchText(query);
}
