import type { SpotGrain } from '../../../src/app/results/spot.ts';
import type { SpotSort } from '../../../src/app/tare.ts';
import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** Everything that the page shows. */
export type SpotState = WindowState &
  Readonly<{
    by: SpotGrain;
    only: 'could' | 'could-not' | null;
    workload: string | null;
    sort: SpotSort;
    /** From 1. */
    page: number;
    look: 'chart' | 'table';
    /** Prices of spot that are asked about, by kind of GPU. */
    prices: Readonly<Record<string, string>>;
    /** The run whose policies are compared, its deadline where one was written, and the simulation of it. */
    run: string | null;
    deadline: string | null;
    simulation: string | null;
  }>;

export const SPOT_PAGE_ROWS = 25;
export const SPOT_COLUMN_SORTS: readonly SpotSort[] = [
  'saved',
  'heldCost',
  'gpuHours',
  'workload',
  'startedAt',
];

export function readSpotState(search: string): SpotState {
  const query = new URLSearchParams(search);
  const only = query.get('only');
  return {
    ...readWindowState(query),
    by: query.get('by') === 'workload' ? 'workload' : 'run',
    only: only === 'could' || only === 'could-not' ? only : null,
    workload: query.get('workload') || null,
    sort: SPOT_COLUMN_SORTS.find((name) => name === query.get('sort')) ?? 'saved',
    page: Math.max(1, Math.floor(Number(query.get('page')) || 1)),
    look: query.get('look') === 'table' ? 'table' : 'chart',
    prices: Object.fromEntries(
      query.getAll('price').flatMap((text) => {
        const [, gpuModel, price] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
        return gpuModel && price && Number(price) > 0 ? [[gpuModel, price] as const] : [];
      }),
    ),
    run: query.get('run') || null,
    deadline: query.get('deadline') || null,
    simulation: query.get('simulation') || null,
  };
}

/** What is the default is left out. */
export function writeSpotState(state: SpotState): string {
  const query = windowQuery(state);
  if (state.by !== 'run') query.set('by', state.by);
  if (state.only) query.set('only', state.only);
  if (state.workload) query.set('workload', state.workload);
  if (state.sort !== 'saved') query.set('sort', state.sort);
  if (state.page > 1) query.set('page', String(state.page));
  if (state.look === 'table') query.set('look', 'table');
  for (const [gpuModel, price] of Object.entries(state.prices)) query.append('price', `${gpuModel}=${price}`);
  if (state.run) query.set('run', state.run);
  if (state.deadline) query.set('deadline', state.deadline);
  if (state.simulation) query.set('simulation', state.simulation);
  return searchText(query);
}
