import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';
import type { ColumnName } from './units-columns.ts';
import { COLUMNS, DEFAULT_COLUMNS } from './units-columns.ts';

export const FILTERS = ['endpoint', 'model', 'team', 'environment'] as const;
export type UnitsFilter = (typeof FILTERS)[number];

export const GROUPINGS = [
  'endpoint',
  'model',
  'prompt',
  'promptVersion',
  'step',
  'agent',
  'team',
  'environment',
  'serving',
  'provider',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const DEFAULT_BY: readonly Grouping[] = ['endpoint', 'model'];

/** What makes a request good, and what its cost is compared with; texts as the command line takes them. */
export type JudgedState = Readonly<{
  sloMs: number | null;
  minQuality: string | null;
  apiPrice: string | null;
  /** `provider/model`, or `default` for well-known ones. */
  against: string;
}>;

export const WELL_KNOWN = 'default';

/** Everything that the page of unit costs shows. */
export type UnitsState = WindowState &
  JudgedState &
  Readonly<Record<UnitsFilter, string | null>> &
  Readonly<{
    basis: 'allocated' | 'used';
    /** One or two dimensions. */
    by: readonly Grouping[];
    sort: ColumnName;
    isDescending: boolean;
    columns: readonly ColumnName[];
    /** Whose break-even is drawn; `null` is the dearest that has one. */
    even: string | null;
  }>;

export function readUnitsState(search: string): UnitsState {
  const query = new URLSearchParams(search);
  const text = (name: string): string | null => query.get(name)?.trim() || null;
  const by = listed(query.get('by'), GROUPINGS).slice(0, 2);
  const columns = listed(query.get('columns'), Object.keys(COLUMNS) as ColumnName[]);
  return {
    ...readWindowState(query),
    ...readJudged(query),
    endpoint: text('endpoint'),
    model: text('model'),
    team: text('team'),
    environment: text('environment'),
    basis: query.get('basis') === 'used' ? 'used' : 'allocated',
    by: by.length > 0 ? by : DEFAULT_BY,
    ...readSort(query.get('sort')),
    columns: columns.length > 0 ? columns : DEFAULT_COLUMNS,
    even: text('even'),
  };
}

/** What is the default is left out, so that a link says no more than it has to. */
export function writeUnitsState(state: UnitsState): string {
  const query = windowQuery(state);
  const set = (name: string, value: string | null): void => {
    if (value) query.set(name, value);
  };
  set('basis', state.basis === 'used' ? 'used' : null);
  set('by', state.by.join() === DEFAULT_BY.join() ? null : state.by.join());
  for (const name of FILTERS) set(name, state[name]);
  writeJudged(query, state);
  const sort = `${state.isDescending ? '-' : '+'}${state.sort}`;
  set('sort', sort === '-cost' ? null : sort);
  set('columns', state.columns.join() === DEFAULT_COLUMNS.join() ? null : state.columns.join());
  set('even', state.even);
  // Commas and slashes may stand in an address as they are.
  return searchText(query).replaceAll('%2C', ',').replaceAll('%2F', '/');
}

export function readJudged(query: URLSearchParams): JudgedState {
  const sloMs = Number(query.get('sloMs'));
  return {
    sloMs: sloMs > 0 && Number.isFinite(sloMs) ? sloMs : null,
    minQuality: query.get('minQuality')?.trim() || null,
    apiPrice: query.get('apiPrice')?.trim() || null,
    against: query.get('against')?.trim() || WELL_KNOWN,
  };
}

export function writeJudged(
  query: URLSearchParams,
  { sloMs, minQuality, apiPrice, against }: JudgedState,
): void {
  if (sloMs !== null) query.set('sloMs', String(sloMs));
  if (minQuality) query.set('minQuality', minQuality);
  if (apiPrice) query.set('apiPrice', apiPrice);
  if (against !== WELL_KNOWN) query.set('against', against);
}

function readSort(text: string | null): Pick<UnitsState, 'sort' | 'isDescending'> {
  const [, sign, name] = /^([+ -]?)(\w+)$/.exec(text ?? '') ?? [];
  const sort = (Object.keys(COLUMNS) as ColumnName[]).find((column) => column === name);
  return sort ? { sort, isDescending: sign === '-' } : { sort: 'cost', isDescending: true };
}

function listed<T extends string>(text: string | null, known: readonly T[]): T[] {
  const words = (text ?? '').split(',').map((word) => word.trim());
  return known.filter((one) => words.includes(one)).sort((a, b) => words.indexOf(a) - words.indexOf(b));
}
