import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** Everything that the page shows: the window that is replayed, and the limits of the plan. */
export type PlanState = WindowState &
  Readonly<{
    noSpot: boolean;
    noQualityRisk: boolean;
    /** Percent of the GPU-hours; `null` is no limit. */
    maxCommitted: number | null;
    /** Ids of levers that are not wanted. */
    without: readonly string[];
    /** The lever whose reasons are open. */
    open: string | null;
  }>;

export function readPlanState(search: string): PlanState {
  const query = new URLSearchParams(search);
  const committed = query.get('committed');
  const percent = committed === null || committed.trim() === '' ? Number.NaN : Number(committed);
  return {
    ...readWindowState(query),
    noSpot: query.get('spot') === 'no',
    noQualityRisk: query.get('quality') === 'safe',
    maxCommitted: percent >= 0 && percent <= 100 ? percent : null,
    without: [...new Set(query.getAll('without').filter(Boolean))],
    open: query.get('open') || null,
  };
}

/** What is the default is left out. */
export function writePlanState(state: PlanState): string {
  const query = windowQuery(state);
  if (state.noSpot) query.set('spot', 'no');
  if (state.noQualityRisk) query.set('quality', 'safe');
  if (state.maxCommitted !== null) query.set('committed', String(state.maxCommitted));
  for (const id of state.without) query.append('without', id);
  if (state.open) query.set('open', state.open);
  return searchText(query);
}
