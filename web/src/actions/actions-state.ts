import { searchText } from '../state/url-state.ts';

export const IDLE_HOURS = [2, 6, 12, 24, 72] as const;

export type ActionsState = Readonly<{
  /** How long something has to have stood still. */
  hours: number;
  uncheckedOnly: boolean;
}>;

export function readActionsState(search: string): ActionsState {
  const query = new URLSearchParams(search);
  const hours = Number(query.get('hours'));
  return {
    hours: IDLE_HOURS.find((known) => known === hours) ?? IDLE_HOURS[0],
    uncheckedOnly: query.get('unchecked') === 'only',
  };
}

/** What is the default is left out. */
export function writeActionsState({ hours, uncheckedOnly }: ActionsState): string {
  const query = new URLSearchParams();
  if (hours !== IDLE_HOURS[0]) query.set('hours', String(hours));
  if (uncheckedOnly) query.set('unchecked', 'only');
  return searchText(query);
}
