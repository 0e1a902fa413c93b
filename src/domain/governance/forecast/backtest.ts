import { DAY_MS, type EpochMs, type TimeWindow } from '../../time/window.ts';
import type { SpendForecast, SpentDay } from '../budgets/forecast-spend.ts';
import { FEWEST_DAYS, forecastSpend, MOST_DAYS } from '../budgets/forecast-spend.ts';
import { growthPerDay } from './trend.ts';

/** Spending by UTC day from a day on; `null` is a day of which nothing is known. */
export type SpendDays = Readonly<{ startMs: EpochMs; amounts: readonly (number | null)[] }>;

/** A forecast that was made with what was known then, and what came. */
export type PastForecast = Readonly<{ madeMs: EpochMs; forecast: SpendForecast; actual: number }>;

export type Backtest = Readonly<{
  forecasts: number;
  /** Share of outcomes within the range; it says 80 %. */
  within: number | null;
  /** Median of |actual − expected| ÷ actual. */
  medianError: number | null;
}>;

/** Days of a period after which a forecast of it is tried: at its start, and after a quarter, half and three quarters of it. */
const TRIED_AFTER = [0, 0.25, 0.5, 0.75];

/**
 * What a window will have cost, asked at an instant within or before it, from the days before: the forecast of a budget, along the growth of
 * the last weeks where there is one. Days that stay unknown count on neither side. `null` while too little is known.
 */
export function forecastWindow(
  { startMs, amounts }: SpendDays,
  window: TimeWindow,
  atMs: EpochMs,
  widening = 1,
): SpendForecast | null {
  const dayOf = (ms: EpochMs) => Math.floor((ms - startMs) / DAY_MS);
  const today = dayOf(atMs);
  const history = amounts.slice(Math.max(0, today - MOST_DAYS), Math.max(0, today));
  const growth = growthPerDay(history);
  const firstHistory = today - history.length;
  const days = history.flatMap((amount, index): SpentDay[] => {
    const day = firstHistory + index;
    if (amount === null) return [];
    return [{ weekday: weekdayOf(startMs + day * DAY_MS), amount: amount * (1 + growth * (today - day)) }];
  });
  const spent = known(amounts.slice(Math.max(0, dayOf(window.fromMs)), Math.max(0, today)));
  const rest: { weekday: number; part: number }[] = [];
  for (let day = Math.max(dayOf(window.fromMs), today); startMs + day * DAY_MS < window.toMs; day++) {
    if (amounts[day] === null) continue;
    rest.push({ weekday: weekdayOf(startMs + day * DAY_MS), part: Math.max(0, 1 + growth * (day - today)) });
  }
  const forecast = forecastSpend(spent, days, rest);
  return forecast && widen(forecast, spent, widening);
}

/** Tries the forecast on periods that have passed, each time with nothing but what was known then. */
export function pastForecasts(days: SpendDays, periods: readonly TimeWindow[]): readonly PastForecast[] {
  return periods.flatMap((window) => {
    const actual = sumOf(days, window);
    if (actual === null) return [];
    const whole = Math.round((window.toMs - window.fromMs) / DAY_MS);
    return TRIED_AFTER.flatMap((share) => {
      const madeMs = window.fromMs + Math.round(whole * share) * DAY_MS;
      const forecast = forecastWindow(days, window, madeMs);
      return forecast === null ? [] : [{ madeMs, forecast, actual }];
    });
  });
}

export function judgeForecasts(past: readonly PastForecast[], widening = 1): Backtest {
  if (past.length === 0) return { forecasts: 0, within: null, medianError: null };
  const within = past.filter((one) => missOf(one) <= widening).length;
  const errors = past
    .filter(({ actual }) => actual > 0)
    .map(({ forecast, actual }) => Math.abs(actual - forecast.expected) / actual)
    .toSorted((a, b) => a - b);
  return {
    forecasts: past.length,
    within: within / past.length,
    medianError: errors.length === 0 ? null : errors[errors.length >> 1]!,
  };
}

/** By fewer forecasts than this nothing is corrected. */
const FEWEST_FORECASTS = 8;
const STATED_SHARE = 0.8;
const MOST_WIDENING = 4;

/**
 * How much wider ranges have to be, so that the stated share of the past outcomes would have been within them; never less than 1.
 * Spending has regimes that the days of two months do not show; what the range was short of before, it is likely to be short of again.
 */
export function wideningBy(past: readonly PastForecast[]): number {
  if (past.length < FEWEST_FORECASTS) return 1;
  const misses = past.map(missOf).toSorted((a, b) => a - b);
  const rank = Math.min(misses.length - 1, Math.ceil(STATED_SHARE * (misses.length + 1)) - 1);
  return Math.min(MOST_WIDENING, Math.max(1, misses[rank]!));
}

/** The miss in half widths of the range: up to 1 lies within. */
function missOf({ forecast: { expected, high }, actual }: PastForecast): number {
  const half = high - expected;
  const miss = Math.abs(actual - expected);
  if (half === 0) return miss <= 1e-9 * Math.abs(expected) ? 0 : Number.POSITIVE_INFINITY;
  return miss / half;
}

function widen(forecast: SpendForecast, spent: number, widening: number): SpendForecast {
  const half = (forecast.high - forecast.expected) * widening;
  return {
    ...forecast,
    low: Math.max(Math.min(spent, forecast.expected), forecast.expected - half),
    high: forecast.expected + half,
  };
}

/** `null` for a period of which the first days or the end are not there, or most of it is unknown. */
function sumOf({ startMs, amounts }: SpendDays, { fromMs, toMs }: TimeWindow): number | null {
  const [first, end] = [(fromMs - startMs) / DAY_MS, (toMs - startMs) / DAY_MS];
  if (first < FEWEST_DAYS || end > amounts.length) return null;
  const days = amounts.slice(first, end);
  return days.filter((amount) => amount === null).length * 2 > days.length ? null : known(days);
}

function known(amounts: readonly (number | null)[]): number {
  return amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
}

function weekdayOf(ms: EpochMs): number {
  return new Date(ms).getUTCDay();
}
