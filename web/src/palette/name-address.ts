import type { SearchRow } from '../../../src/app/results/search.ts';
import { pathBelow } from '../frame/page-list.ts';
import type { WindowState } from '../state/url-state.ts';
import { searchText, windowQuery } from '../state/url-state.ts';

/** Where what has the name is shown: its own page, or the ledger of it alone. */
export function nameAddress({ kind, id }: Pick<SearchRow, 'kind' | 'id'>, window: WindowState): string {
  const query = windowQuery(window);
  switch (kind) {
    case 'run':
      return `${pathBelow('Runs', id)}${searchText(query)}`;
    case 'endpoint':
      return `${pathBelow('Units', id)}${searchText(query)}`;
    case 'node':
      query.set('node', id);
      return `/fleet${searchText(query)}`;
    default:
      query.set('by', WITHIN[kind]);
      query.append('filter', `${kind}=${id}`);
      return `/explore${searchText(query)}`;
  }
}

/** What one looks at next within one of these. */
const WITHIN: Readonly<Record<Exclude<SearchRow['kind'], 'run' | 'endpoint' | 'node'>, string>> = {
  team: 'workload',
  model: 'workload',
  workload: 'day',
  pool: 'node',
  gpuModel: 'pool',
  device: 'workload',
};

export const KIND_GROUPS: Readonly<Record<SearchRow['kind'], string>> = {
  team: 'Teams',
  model: 'Models',
  endpoint: 'Endpoints',
  workload: 'Workloads',
  run: 'Runs',
  pool: 'Pools',
  gpuModel: 'GPU models',
  node: 'Nodes',
  device: 'Devices',
};
