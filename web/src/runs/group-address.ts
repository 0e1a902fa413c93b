import type { Grouping, RunsFilter, RunsState } from './runs-state.ts';
import { FILTERS, writeRunsState } from './runs-state.ts';

/** Where the runs of a group are listed; `null` where the page has no such filter. What is not known has no name to filter by. */
export function groupAddress(state: RunsState, grouping: Grouping, value: string): string | null {
  if (!isFilter(grouping)) return null;
  const by = state.by.filter((name) => name !== grouping);
  return `/runs${writeRunsState({ ...state, by, [grouping]: value, page: 1, sort: 'cost', isDescending: true })}`;
}

function isFilter(name: string): name is RunsFilter {
  return FILTERS.some((filter) => filter === name);
}
