import type { WarningFigures } from './results.ts';

/** What `tare budget` answers. Money is an exact decimal text; forecasts are estimates, rounded to cents. `null` is unknown. */
export type BudgetReport = Readonly<{
  currency: string;
  /** The instant that the periods lie around. */
  at: string;
  /** Until when the ledger knows what was spent; `null` when it knows nothing. */
  dataUntil: string | null;
  /** Widest first, what lies within another behind it. */
  rows: readonly BudgetRow[];
  warnings: readonly WarningFigures[];
}>;

export type BudgetRow = Readonly<{
  name: string;
  /** Owner dimension and value; empty for everything. */
  scope: Readonly<Record<string, string>>;
  period: 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly';
  of: 'total' | 'tare' | 'unit-cost';
  /** What limit and spent are for, where they are no sums: the average cost of so much serving. */
  per: '1k-inferences' | '1m-tokens' | null;
  isSoft: boolean;
  from: string;
  to: string;
  limit: string;
  spent: string | null;
  /** Of the limit. */
  usedFraction: number | null;
  left: string | null;
  /** Share of the limit at which it is warned of. */
  warn: number;
  /** Of the whole period; the bounds hold 80 % of the outcomes. */
  forecast: Readonly<{ low: string; expected: string; high: string; days: number }> | null;
  state: 'over' | 'heading_over' | 'warn' | 'fine' | 'unknown';
  /** Budgets that it lies within, widest first. */
  within: readonly string[];
  /** Of itself and those, the one that stops spending first. */
  binds: string | null;
  burn: readonly Readonly<{
    name: 'fast' | 'slow';
    /** 1 spends the limit by the end of the period. */
    long: number | null;
    short: number | null;
    threshold: number;
    isBurning: boolean;
  }>[];
  /** GPU time of the period that has no price, and is missing in what was spent. */
  unpricedGpuHours: number;
}>;
