import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** The window that is looked back on, the policies as they are typed, and the one that is open. */
export type PoliciesState = WindowState &
  Readonly<{
    /** `null`: those in force; or what is too long for an address. */
    text: string | null;
    /** Its place in the text, as rows may have one name. */
    open: number | null;
  }>;

/** Servers and proxies take addresses of some thousand characters; what is longer stays on the page. */
export const MOST_SHARED_CHARACTERS = 2_000;

export function readPoliciesState(search: string): PoliciesState {
  const query = new URLSearchParams(search);
  const open = Number(query.get('open') ?? Number.NaN);
  return {
    ...readWindowState(query),
    text: query.get('policies'),
    open: Number.isInteger(open) && open >= 0 ? open : null,
  };
}

/** What is the default is left out. */
export function writePoliciesState(state: PoliciesState): string {
  const query = windowQuery(state);
  if (state.text !== null && isShareable(state.text)) query.set('policies', state.text);
  if (state.open !== null) query.set('open', String(state.open));
  return searchText(query);
}

export function isShareable(text: string): boolean {
  return encodeURIComponent(text).length <= MOST_SHARED_CHARACTERS;
}
