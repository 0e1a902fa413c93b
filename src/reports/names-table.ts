import type { SearchResult, SearchRow, ViewList } from '../app/results/search.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

const KINDS: Readonly<Record<SearchRow['kind'], string>> = {
  team: 'team',
  model: 'model',
  endpoint: 'endpoint',
  workload: 'workload',
  run: 'run',
  pool: 'pool',
  gpuModel: 'GPU model',
  node: 'node',
  device: 'device',
};

const NAME_COLUMNS: readonly Column[] = [
  { name: 'kind', title: 'Kind', kind: 'text' },
  { name: 'name', title: 'Name', kind: 'text' },
  { name: 'detail', title: 'Of', kind: 'text' },
  { name: 'id', title: 'Id', kind: 'text', importance: 1 },
];

/** What has a name that holds the text. */
export function namesTable({ text, rows, isCut }: SearchResult): TableModel {
  return {
    title: null,
    headline: null,
    columns: NAME_COLUMNS,
    rows: rows.map(({ kind, id, name, detail }) => ({
      kind: { value: kind, printed: KINDS[kind] },
      name: cell(name),
      detail: { value: detail, printed: detail ?? '' },
      id: { value: id, printed: id === name ? '' : id },
    })),
    rest: null,
    total: null,
    footnotes: [
      ...(rows.length === 0 ? [`nothing has a name with "${text}" in it`] : []),
      ...(isCut ? ['there are more: write more of the name, or give --limit'] : []),
    ],
  };
}

const VIEW_COLUMNS: readonly Column[] = [
  { name: 'name', title: 'Name', kind: 'text' },
  { name: 'address', title: 'Address', kind: 'text' },
  { name: 'link', title: 'Link', kind: 'text', importance: 2 },
  { name: 'savedAt', title: 'Saved', kind: 'text', importance: 1 },
];

export function viewsTable({ rows }: ViewList): TableModel {
  return {
    title: null,
    headline: null,
    columns: VIEW_COLUMNS,
    rows: rows.map(({ name, address, link, savedAt }) => ({
      name: cell(name),
      address: cell(address),
      link: cell(link),
      savedAt: cell(savedAt),
    })),
    rest: null,
    total: null,
    footnotes: rows.length === 0 ? ['no views are saved; the header of the dashboard saves one'] : [],
  };
}
