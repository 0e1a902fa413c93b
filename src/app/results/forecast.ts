import type { WarningFigures } from './results.ts';

/** What `tare forecast` answers. Money is decimal text; what is expected is an estimate, rounded to cents. `null` is unknown. */
export type ForecastReport = Readonly<{
  currency: string;
  at: string;
  /** Until when the ledger knows what was spent. Forecasts start at the day that this lies in. */
  dataUntil: string | null;
  by: string | null;
  period: ForecastPeriod;
  from: string;
  to: string;
  /** The largest first; without `by` there is only the total. */
  rows: readonly ForecastRow[];
  total: ForecastRow | null;
  /** All past forecasts of the rows together. */
  past: PastForecastFigures;
  warnings: readonly WarningFigures[];
}>;

export type ForecastPeriod = 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly';

export type ForecastRow = Readonly<{
  /** `null`: everything. */
  owner: string | null;
  /** In the period so far. */
  spent: string;
  /** At its end; the bounds hold 80 % of the outcomes. */
  forecast: ForecastRange | null;
  /** Of the whole period after it. */
  next: (ForecastRange & Readonly<{ from: string; to: string }>) | null;
  /** By what part of itself spending grows in 30 days; 0 where there is no trend. */
  growthPerMonth: number;
  past: PastForecastFigures;
}>;

export type ForecastRange = Readonly<{ low: string; expected: string; high: string; days: number }>;

export type PastForecastFigures = Readonly<{
  /** Made of past periods, each with what was known then. */
  forecasts: number;
  /** Share of the outcomes that lay within the range. */
  within: number | null;
  /** Half of the forecasts were out by less than this part of what came. */
  medianError: number | null;
  /** How much wider ranges are now than the days alone would make them. */
  widenedBy: number;
}>;
