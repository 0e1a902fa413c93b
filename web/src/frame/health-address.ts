import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** Where it says whether the figures of this window can be trusted. */
export function healthAddress(): string {
  return `/health${searchText(windowQuery(readWindowState(new URLSearchParams(window.location.search))))}`;
}
