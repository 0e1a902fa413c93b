import { stringify } from 'yaml';
import type { ViewRow } from '../app/results/search.ts';

/** Saved views as `tare views import` reads them back. */
export function viewsYaml(rows: readonly ViewRow[]): string {
  const views = rows.map(({ name, address }) => ({ name, address }));
  return stringify({ views }, { lineWidth: 0 });
}
