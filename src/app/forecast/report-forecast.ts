import { groupBy } from '../../domain/collections/group-by.ts';
import { type BudgetPeriod, periodAround } from '../../domain/governance/budgets/budget.ts';
import type { SpendForecast } from '../../domain/governance/budgets/forecast-spend.ts';
import { MOST_DAYS } from '../../domain/governance/budgets/forecast-spend.ts';
import {
  forecastWindow,
  judgeForecasts,
  type PastForecast,
  pastForecasts,
  type SpendDays,
  wideningBy,
} from '../../domain/governance/forecast/backtest.ts';
import { growthPerDay } from '../../domain/governance/forecast/trend.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { estimateToCents, formatPicos, picosToNumber } from '../../domain/money/picos.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  formatDay,
  formatInstant,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LedgerAggregate, LedgerDimension, Store } from '../../ports/store.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import { totalPicos } from '../figures/ledger-figures.ts';
import { checkDimensions } from '../report-ledger.ts';
import type { ForecastRange, ForecastReport, ForecastRow } from '../results/forecast.ts';
import type { ForecastRequest, TareSettings } from '../tare.ts';

export type ForecastParts = Readonly<{
  store: Pick<Store, 'ledger' | 'extent'>;
  settings: TareSettings;
  clock: Clock;
}>;

/** Past periods that forecasts are tried on. */
const PAST_PERIODS = 12;
/** An hour that the ledger does not hold was not collected; with fewer than this many of a day, the day is unknown. */
const FEWEST_HOURS = 18;
/** More than this part of a day without a price, and its cost is unknown. */
const MOST_UNPRICED = 5n;

/** What each owner will have spent at the end of the period and in the next one, and how well such forecasts did before. */
export async function reportForecast(
  { store, settings, clock }: ForecastParts,
  { by, period, atMs }: ForecastRequest,
): Promise<ForecastReport> {
  if (by !== null) checkDimensions([by], settings);
  const at = atMs ?? clock.nowMs();
  const window = periodAround(period, at);
  const extent = (await store.extent()).ledger;
  const base = {
    currency: settings.currency,
    at: formatInstant(at),
    by,
    period,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
  };
  if (extent === null || extent.fromMs >= at)
    return { ...base, dataUntil: null, rows: [], total: null, past: pastFigures([], 1), warnings: [] };

  const knownUntil = Math.min(extent.toMs, at);
  const periods = periodsBefore(period, window, PAST_PERIODS);
  const earliest = Math.ceil(extent.fromMs / DAY_MS) * DAY_MS;
  const fromMs = Math.max(earliest, (periods[0] ?? window).fromMs - MOST_DAYS * DAY_MS);
  const read = await readDays(store, { fromMs, toMs: knownUntil }, window, by);
  const rows = read.owners.map((owner) => toRow(owner, window, period, periods, knownUntil));
  const total = toRow(read.total, window, period, periods, knownUntil);
  return {
    ...base,
    dataUntil: formatInstant(knownUntil),
    rows: rows.toSorted((a, b) => b.size - a.size).map(({ row }) => row),
    total: total.row,
    past: pastFigures(
      (by === null ? [total] : rows).flatMap(({ past }) => past),
      null,
    ),
    warnings: [],
  };
}

/** What one owner spent: day by day, and exactly in the period so far. */
type OwnerDays = Readonly<{ owner: string | null; days: SpendDays; spentRows: readonly LedgerAggregate[] }>;

async function readDays(
  store: ForecastParts['store'],
  known: TimeWindow,
  window: TimeWindow,
  by: LedgerDimension | null,
): Promise<Readonly<{ owners: readonly OwnerDays[]; total: OwnerDays }>> {
  const dimensions = by === null ? [] : [by];
  const whole = { fromMs: known.fromMs, toMs: floorToDay(known.toMs) };
  const spentWindow = { fromMs: window.fromMs, toMs: known.toMs };
  const [hours, days, spent] = await Promise.all([
    whole.fromMs < whole.toMs ? store.ledger({ window: whole, by: ['hour'] }) : [],
    whole.fromMs < whole.toMs ? store.ledger({ window: whole, by: [...dimensions, 'day'] }) : [],
    spentWindow.fromMs < spentWindow.toMs ? store.ledger({ window: spentWindow, by: dimensions }) : [],
  ]);
  const knownHours = new Map<string, number>();
  for (const { key } of hours) {
    const day = key['hour']!.slice(0, 10);
    knownHours.set(day, (knownHours.get(day) ?? 0) + 1);
  }
  const ownerOf = ({ key }: LedgerAggregate) => (by === null ? '' : (key[by] ?? 'none'));
  const spentBy = groupBy(spent, ownerOf);
  const toDays = (rows: readonly LedgerAggregate[]) => spendDays(rows, whole, knownHours);
  const owners = by === null ? [] : [...groupBy(days, ownerOf)];
  return {
    owners: owners.map(([owner, rows]) => ({
      owner,
      days: toDays(rows),
      spentRows: spentBy.get(owner) ?? [],
    })),
    total: { owner: null, days: toDays(days), spentRows: spent },
  };
}

/** A day of which some hours are unknown is taken to have been like its other hours. */
function spendDays(
  rows: readonly LedgerAggregate[],
  { fromMs, toMs }: TimeWindow,
  knownHours: ReadonlyMap<string, number>,
): SpendDays {
  const byDay = groupBy(rows, ({ key }) => key['day'] ?? '');
  const amounts = Array.from({ length: Math.max(0, (toMs - fromMs) / DAY_MS) }, (_, index) => {
    const day = formatDay(fromMs + index * DAY_MS);
    const hours = knownHours.get(day) ?? 0;
    if (hours < FEWEST_HOURS) return null;
    const sum = sumAggregates(byDay.get(day) ?? []);
    if (sum.unpricedTicks * MOST_UNPRICED > grossOf(sum.ticks)) return null;
    return (picosToNumber(totalPicos(sum)) * 24) / hours;
  });
  return { startMs: fromMs, amounts };
}

function toRow(
  { owner, days, spentRows }: OwnerDays,
  window: TimeWindow,
  period: BudgetPeriod,
  periods: readonly TimeWindow[],
  knownUntil: EpochMs,
): Readonly<{ row: ForecastRow; past: readonly PastForecast[]; size: number }> {
  const past = pastForecasts(days, periods);
  const widening = wideningBy(past);
  const spentPicos = spentRows.reduce((sum, row) => sum + totalPicos(row), 0n);
  const forecast = forecastWindow(days, window, knownUntil, widening);
  const nextWindow = periodAround(period, window.toMs);
  const next = forecastWindow(days, nextWindow, knownUntil, widening);
  const spent = picosToNumber(spentPicos);
  return {
    row: {
      owner,
      spent: formatPicos(spentPicos),
      forecast: forecast && toRange(forecast, spent),
      next: next && {
        from: formatInstant(nextWindow.fromMs),
        to: formatInstant(nextWindow.toMs),
        ...toRange(next, 0),
      },
      growthPerMonth: 30 * growthPerDay(days.amounts.slice(-MOST_DAYS)),
      past: pastFigures(past, widening),
    },
    past,
    size: forecast?.expected ?? spent,
  };
}

/** Nothing that is spent already can come back. */
function toRange({ low, expected, high, days }: SpendForecast, spent: number): ForecastRange {
  return {
    low: estimateToCents(Math.max(low, spent)),
    expected: estimateToCents(Math.max(expected, spent)),
    high: estimateToCents(Math.max(high, spent)),
    days,
  };
}

function pastFigures(past: readonly PastForecast[], widening: number | null): ForecastRow['past'] {
  return { ...judgeForecasts(past), widenedBy: widening ?? 1 };
}

function periodsBefore(period: BudgetPeriod, window: TimeWindow, count: number): TimeWindow[] {
  const periods: TimeWindow[] = [];
  let before = window;
  while (periods.length < count) {
    before = periodAround(period, before.fromMs - 1);
    periods.unshift(before);
  }
  return periods;
}
