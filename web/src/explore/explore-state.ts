import type { Measure, WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';
import type { Dimension } from './dimensions.ts';
import { isDimension, nextDimension } from './dimensions.ts';

export type Selected = Readonly<{ dimension: Dimension; value: string }>;

export const SORTS = ['name', 'gpuHours', 'gross', 'tare', 'direct', 'shared', 'total', 'change'] as const;
export type ExploreSort = (typeof SORTS)[number];

/** Everything that the page shows. */
export type ExploreState = WindowState &
  Readonly<{
    /** One or two dimensions. */
    by: readonly Dimension[];
    /** In the order in which they were chosen; the same dimension twice means either value. */
    selected: readonly Selected[];
    measure: Measure;
    /** Beside the window of the same length before. */
    isCompared: boolean;
    hasBuckets: boolean;
    sort: ExploreSort;
    isDescending: boolean;
    look: 'chart' | 'table';
  }>;

const DEFAULT_BY: readonly Dimension[] = ['team'];

export function readExploreState(search: string): ExploreState {
  const query = new URLSearchParams(search);
  const by = (query.get('by') ?? '').split(',').filter(isDimension);
  const [, sign, name] = /^([+ -]?)(\w+)$/.exec(query.get('sort') ?? '') ?? [];
  const sort = SORTS.find((known) => known === name);
  return {
    ...readWindowState(query),
    by: by.length > 0 ? [...new Set(by)].slice(0, 2) : DEFAULT_BY,
    selected: query.getAll('filter').flatMap(readSelected),
    measure: query.get('measure') === 'gpu-hours' ? 'gpu-hours' : 'cost',
    isCompared: query.get('compare') === 'before',
    hasBuckets: query.get('columns') === 'buckets',
    sort: sort ?? 'total',
    isDescending: sort === undefined || sign === '-',
    look: query.get('look') === 'table' ? 'table' : 'chart',
  };
}

/** What is the default is left out. */
export function writeExploreState(state: ExploreState): string {
  const query = windowQuery(state);
  if (state.by.join() !== DEFAULT_BY.join()) query.set('by', state.by.join(','));
  for (const { dimension, value } of state.selected) query.append('filter', `${dimension}=${value}`);
  if (state.measure !== 'cost') query.set('measure', state.measure);
  if (state.isCompared) query.set('compare', 'before');
  if (state.hasBuckets) query.set('columns', 'buckets');
  const sort = `${state.isDescending ? '-' : '+'}${state.sort}`;
  if (sort !== '-total') query.set('sort', sort);
  if (state.look === 'table') query.set('look', 'table');
  return searchText(query).replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/** The state inside one row of the table: its values are fixed, and what lies within is looked at next. */
export function drillInto(state: ExploreState, values: readonly Selected[]): Partial<ExploreState> {
  const kept = state.selected.filter((one) => !values.some(({ dimension }) => dimension === one.dimension));
  const selected = [...kept, ...values];
  const isFixed = (dimension: Dimension) => selected.some((one) => one.dimension === dimension);
  const next = nextDimension(values.at(-1)!.dimension, isFixed);
  return { selected, by: next ? [next] : state.by };
}

/** One hour of one device and workload: what the ledger has a single row for. */
export function fixedRow(
  state: Pick<ExploreState, 'selected'>,
): Readonly<{ hour: string; device: string; workload: string }> | null {
  const only = (dimension: Dimension): string | null => {
    const values = state.selected.filter((one) => one.dimension === dimension);
    return values.length === 1 ? values[0]!.value : null;
  };
  const [hour, device, workload] = [only('hour'), only('device'), only('workload')];
  return hour !== null && device !== null && workload !== null ? { hour, device, workload } : null;
}

function readSelected(text: string): readonly Selected[] {
  const at = text.indexOf('=');
  const dimension = text.slice(0, at);
  return at > 0 && isDimension(dimension) ? [{ dimension, value: text.slice(at + 1) }] : [];
}
