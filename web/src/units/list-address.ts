import { pathBelow } from '../frame/page-list.ts';
import { searchText, windowQuery } from '../state/url-state.ts';
import type { UnitsState } from './units-state.ts';
import { writeJudged } from './units-state.ts';

/** The list as it was last looked at, so that a receipt can lead back to it. */
let search = '';

export function rememberUnits(next: string): void {
  search = next;
}

export function unitsAddress(): string {
  return `/units${search}`;
}

/** The receipt of an endpoint, of the same days and judged alike. */
export function endpointAddress(state: UnitsState, endpoint: string): string {
  const query = windowQuery(state);
  writeJudged(query, state);
  return `${pathBelow('Units', endpoint)}${searchText(query).replaceAll('%2F', '/')}`;
}
