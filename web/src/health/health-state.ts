import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

export type HealthState = WindowState &
  Readonly<{
    /** The day whose services are shown; `null`: none. */
    day: string | null;
    /** The service of that day whose charges are shown. */
    service: string | null;
  }>;

export function readHealthState(search: string): HealthState {
  const query = new URLSearchParams(search);
  const day = query.get('day');
  const isDay = day !== null && /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));
  return {
    ...readWindowState(query),
    day: isDay ? day : null,
    service: isDay ? query.get('service') || null : null,
  };
}

/** What is the default is left out; a service means nothing without its day. */
export function writeHealthState(state: HealthState): string {
  const query = windowQuery(state);
  if (state.day) {
    query.set('day', state.day);
    if (state.service) query.set('service', state.service);
  }
  return searchText(query);
}
