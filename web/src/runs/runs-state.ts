import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';
import type { ColumnName } from './runs-columns.ts';
import { COLUMNS, DEFAULT_COLUMNS } from './runs-columns.ts';

export const PAGE_ROWS = 50;
export const FILTERS = ['team', 'model', 'state', 'experiment'] as const;
export type RunsFilter = (typeof FILTERS)[number];

export const GROUPINGS = [
  'team',
  'model',
  'experiment',
  'state',
  'environment',
  'queue',
  'gpuModel',
  'priceSource',
  'day',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Everything that the page of runs shows. */
export type RunsState = WindowState &
  Readonly<Record<RunsFilter, string | null>> &
  Readonly<{
    /** Groups instead of runs, by at most two dimensions. */
    by: readonly Grouping[];
    text: string | null;
    sort: string;
    isDescending: boolean;
    /** From 1. */
    page: number;
    metric: string | null;
    direction: 'max' | 'min';
    columns: readonly ColumnName[];
    /** Ids of at most two runs, to be compared. */
    compare: readonly string[];
  }>;

export function readRunsState(search: string): RunsState {
  const query = new URLSearchParams(search);
  const text = (name: string): string | null => query.get(name)?.trim() || null;
  const by = listed(query.get('by'), GROUPINGS).slice(0, 2);
  const metric = text('metric');
  const columns = listed(query.get('columns'), Object.keys(COLUMNS) as ColumnName[]);
  return {
    ...readWindowState(query),
    team: text('team'),
    model: text('model'),
    state: text('state'),
    experiment: text('experiment'),
    by,
    text: text('text'),
    ...readSort(query.get('sort'), metric !== null && by.length === 0, by.length > 0),
    page: Math.max(1, Math.trunc(Number(query.get('page'))) || 1),
    metric,
    direction: query.get('direction') === 'min' ? 'min' : 'max',
    columns: columns.length > 0 ? columns : DEFAULT_COLUMNS,
    compare: [...new Set(query.getAll('compare').filter(Boolean))].slice(0, 2),
  };
}

/** What is the default is left out, so that a link says no more than it has to. */
export function writeRunsState(state: RunsState): string {
  const query = windowQuery(state);
  const set = (name: string, value: string | null): void => {
    if (value) query.set(name, value);
  };
  set('by', state.by.join(','));
  for (const name of FILTERS) set(name, state[name]);
  set('text', state.text);
  const sort = `${state.isDescending ? '-' : '+'}${state.sort}`;
  set('sort', sort === '-cost' ? null : sort);
  set('page', state.page > 1 ? String(state.page) : null);
  set('metric', state.metric);
  set('direction', state.direction === 'min' ? 'min' : null);
  set('columns', state.columns.join() === DEFAULT_COLUMNS.join() ? null : state.columns.join());
  for (const id of state.compare) query.append('compare', id);
  // Commas may stand in an address as they are.
  return searchText(query).replaceAll('%2C', ',');
}

/** Sorts that the server knows, and that mean something for what is listed. */
function readSort(
  text: string | null,
  hasMetric: boolean,
  isGrouped: boolean,
): Pick<RunsState, 'sort' | 'isDescending'> {
  const [, sign, name] = /^([+ -]?)(\w+)$/.exec(text ?? '') ?? [];
  const columns = Object.values(COLUMNS).filter(
    ({ sort, isOfGroups, needsMetric }) =>
      sort === name && (!isGrouped || isOfGroups) && (!needsMetric || hasMetric),
  );
  if (!name || columns.length === 0) return { sort: 'cost', isDescending: true };
  return { sort: name, isDescending: sign === '-' };
}

function listed<T extends string>(text: string | null, known: readonly T[]): T[] {
  const words = (text ?? '').split(',').map((word) => word.trim());
  return known.filter((one) => words.includes(one)).sort((a, b) => words.indexOf(a) - words.indexOf(b));
}
