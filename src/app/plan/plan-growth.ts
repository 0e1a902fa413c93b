import { growthFactor } from '../../domain/levers/grow-hours.ts';
import { HOURS_PER_MONTH } from '../../domain/simulation/commitment/project-demand.ts';
import { reportForecast } from '../forecast/report-forecast.ts';
import type { Period } from '../plan-savings.ts';
import type { ReportParts } from '../report-ledger.ts';
import type { PlanGrowth } from '../tare.ts';

export type DecidedGrowth = Readonly<{
  source: 'stated' | 'history';
  perMonth: number;
  months: number;
  factor: number;
}>;

const DAYS_OF_FORECAST = 30;

/** What demand does: stated, or the growth that the forecast of spending goes by, at the end of the period. `null`: it stays. */
export async function decideGrowth(
  { store, settings }: ReportParts,
  period: Period,
  growth: PlanGrowth | null,
): Promise<DecidedGrowth | null> {
  if (growth === null) return null;
  const perMonth =
    growth.kind === 'stated' ? growth.perMonth : await growthOfHistory({ store, settings }, period);
  return {
    source: growth.kind,
    perMonth,
    months: (period.hours + HOURS_PER_MONTH) / (2 * HOURS_PER_MONTH),
    factor: growthFactor(perMonth, period.hours),
  };
}

/** A straight line by the day, as the forecast has it, read as a share of a month of 730 hours. */
async function growthOfHistory(parts: ReportParts, { toMs }: Period): Promise<number> {
  const clock = { nowMs: () => toMs };
  const { total } = await reportForecast({ ...parts, clock }, { by: null, period: 'monthly', atMs: toMs });
  return ((total?.growthPerMonth ?? 0) / DAYS_OF_FORECAST) * (HOURS_PER_MONTH / 24);
}
