import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** Everything that the page shows: the window that is replayed, and the limits of the plan. */
export type PlanState = WindowState &
  Readonly<{
    noSpot: boolean;
    noQualityRisk: boolean;
    /** Percent of the GPU-hours; `null` is no limit. */
    maxCommitted: number | null;
    /** `3%` a month, or `history`; `null`: demand stays. */
    growth: string | null;
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
    growth: readGrowth(query.get('growth')),
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
  if (state.growth !== null) query.set('growth', state.growth);
  for (const id of state.without) query.append('without', id);
  if (state.open) query.set('open', state.open);
  return searchText(query);
}

function readGrowth(text: string | null): string | null {
  if (text === null) return null;
  const percent = /^([+-]?\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  return text === 'history' || (percent !== undefined && Math.abs(Number(percent)) <= 50) ? text : null;
}
