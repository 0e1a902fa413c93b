import { type Budget, bindingOf, chainOf, periodAround } from '../domain/governance/budgets/budget.ts';
import { budgetState } from '../domain/governance/budgets/budget-state.ts';
import { BURN_WINDOWS, burnRates } from '../domain/governance/budgets/burn-rate.ts';
import { forecastSpend, MOST_DAYS, type SpendForecast } from '../domain/governance/budgets/forecast-spend.ts';
import { tareOf } from '../domain/ledger/buckets.ts';
import {
  estimateToCents,
  formatPicos,
  type Picos,
  parsePicos,
  picosToNumber,
} from '../domain/money/picos.ts';
import { BUILT_IN_DIMENSIONS } from '../domain/ownership/owner.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  formatDay,
  formatInstant,
  type TimeWindow,
} from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { LedgerAggregate, LedgerDimension, LedgerFilter, Store } from '../ports/store.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { isUnpriced, totalPicos } from './figures/ledger-figures.ts';
import { type InferenceParts, reportInference } from './report-inference.ts';
import type { BudgetReport, BudgetRow } from './results/budgets.ts';
import type { WarningFigures } from './results/results.ts';
import type { TareSettings } from './tare.ts';

export type BudgetParts = Readonly<{
  store: Pick<Store, 'ledger' | 'extent'>;
  settings: TareSettings;
  clock: Clock;
  budgets?: readonly Budget[];
  /** What unit costs are read from; without it they are unknown. */
  serving?: InferenceParts;
}>;

/** Every budget in the period around an instant: spent, left, expected by the end, and which one binds. */
export async function reportBudgets(parts: BudgetParts, atMs: EpochMs | null): Promise<BudgetReport> {
  const budgets = parts.budgets ?? [];
  const at = atMs ?? parts.clock.nowMs();
  const ledger = (await parts.store.extent()).ledger;
  const known =
    ledger === null || ledger.fromMs >= at ? null : { ...ledger, toMs: Math.min(ledger.toMs, at) };
  const weighed = await Promise.all(budgets.map((budget) => weigh(parts, budget, at, known)));
  const rows = inOrder(weighed).map((one) => toRow(one, weighed));
  return {
    currency: parts.settings.currency,
    at: formatInstant(at),
    dataUntil: known === null ? null : formatInstant(known.toMs),
    rows,
    warnings: warningsOf(weighed, known),
  };
}

type Weighed = Budget &
  Readonly<{
    window: TimeWindow;
    spentPicos: Picos | null;
    forecast: SpendForecast | null;
    burn: BudgetRow['burn'];
    unpricedTicks: bigint;
  }>;

async function weigh(
  parts: BudgetParts,
  budget: Budget,
  at: EpochMs,
  known: TimeWindow | null,
): Promise<Weighed> {
  const window = periodAround(budget.period, at);
  if (budget.of === 'unit-cost') return weighUnit(parts, budget, window, known);
  if (known === null || known.toMs <= window.fromMs)
    return { ...budget, window, spentPicos: null, forecast: null, burn: [], unpricedTicks: 0n };
  const { store } = parts;
  const filters = filtersOf(budget);
  const lastDay = floorToDay(known.toMs);
  const longestBurn = Math.max(...BURN_WINDOWS.map(({ longMs }) => longMs));
  const history = { fromMs: Math.max(ceilToDay(known.fromMs), lastDay - MOST_DAYS * DAY_MS), toMs: lastDay };
  const [sums, days, hours] = await Promise.all([
    store.ledger({ window: { fromMs: window.fromMs, toMs: known.toMs }, by: [], filters }),
    history.fromMs < history.toMs ? store.ledger({ window: history, by: ['day'], filters }) : [],
    store.ledger({ window: { fromMs: known.toMs - longestBurn, toMs: known.toMs }, by: ['hour'], filters }),
  ]);
  const sum = sumAggregates(sums);
  const spentPicos = countedPicos(budget, sum);
  // Of nothing but GPU time without a price the cost is unknown, not zero.
  if (spentPicos === 0n && isUnpriced(sum))
    return {
      ...budget,
      window,
      spentPicos: null,
      forecast: null,
      burn: [],
      unpricedTicks: sum.unpricedTicks,
    };
  const amounts = new Map(
    days.map((day) => [day.key['day'] ?? '', picosToNumber(countedPicos(budget, day))]),
  );
  const spentHours = hours.map((hour) => ({
    hourMs: Date.parse(hour.key['hour'] ?? ''),
    amount: picosToNumber(countedPicos(budget, hour)),
  }));
  return {
    ...budget,
    window,
    spentPicos,
    forecast: forecastSpend(
      picosToNumber(spentPicos),
      daysOf(history).map((day) => ({ weekday: weekdayOf(day), amount: amounts.get(formatDay(day)) ?? 0 })),
      restOf({ fromMs: known.toMs, toMs: window.toMs }),
    ),
    burn: burnRates(spentHours, known, picosToNumber(budget.limitPicos), window),
    unpricedTicks: sum.unpricedTicks,
  };
}

/** The average over the period so far. What the rest of it will cost a unit is not foretold, and an average burns nothing. */
async function weighUnit(
  parts: BudgetParts,
  budget: Budget,
  window: TimeWindow,
  known: TimeWindow | null,
): Promise<Weighed> {
  const nothing = { ...budget, window, forecast: null, burn: [], unpricedTicks: 0n };
  const { unit } = budget;
  const { serving } = parts;
  if (!unit || !serving || known === null || known.toMs <= window.fromMs)
    return { ...nothing, spentPicos: null };
  const { total } = await reportInference(serving, {
    window: { fromMs: window.fromMs, toMs: known.toMs },
    by: ['endpoint'],
    filters: [{ dimension: 'endpoint', values: [unit.endpoint] }],
    top: null,
    basis: 'allocated',
    sloMs: null,
    minQuality: [],
    tokenWeight: null,
    apiPrice: null,
    training: [],
  });
  const cost = unit.per === '1m-tokens' ? total.costPer1mTokens : total.costPer1kRequests;
  return { ...nothing, spentPicos: cost === null ? null : parsePicos(cost)!.picos };
}

function countedPicos({ of }: Budget, aggregate: LedgerAggregate): Picos {
  return of === 'tare' ? tareOf(aggregate.cost) : totalPicos(aggregate);
}

function filtersOf({ scope }: Budget): LedgerFilter[] {
  const builtIn: readonly string[] = BUILT_IN_DIMENSIONS;
  return Object.entries(scope).map(([name, value]) => ({
    dimension: (builtIn.includes(name) ? name : `tag:${name}`) as LedgerDimension,
    values: [value],
  }));
}

/** Days without any row are days without spending; days that the ledger does not cover are not among them. */
function daysOf({ fromMs, toMs }: TimeWindow): EpochMs[] {
  return Array.from({ length: Math.max(0, (toMs - fromMs) / DAY_MS) }, (_, index) => fromMs + index * DAY_MS);
}

/** The days from here to the end; the first may have begun already. */
function restOf({ fromMs, toMs }: TimeWindow): { weekday: number; part: number }[] {
  const days: { weekday: number; part: number }[] = [];
  for (let day = floorToDay(fromMs); day < toMs; day += DAY_MS) {
    const part = (Math.min(toMs, day + DAY_MS) - Math.max(fromMs, day)) / DAY_MS;
    days.push({ weekday: weekdayOf(day), part });
  }
  return days;
}

function weekdayOf(day: EpochMs): number {
  return new Date(day).getUTCDay();
}

function ceilToDay(at: EpochMs): EpochMs {
  return Math.ceil(at / DAY_MS) * DAY_MS;
}

function leftOf({ limitPicos, spentPicos }: Weighed): Picos | null {
  return spentPicos === null ? null : limitPicos - spentPicos;
}

/** Each behind the widest that it lies within, in the order of the file. */
function inOrder(budgets: readonly Weighed[]): readonly Weighed[] {
  const placed: Weighed[] = [];
  const place = (budget: Weighed) => {
    if (placed.includes(budget)) return;
    placed.push(budget);
    for (const inner of budgets) if (outerOf(inner, budgets) === budget) place(inner);
  };
  for (const budget of budgets) if (outerOf(budget, budgets) === undefined) place(budget);
  for (const budget of budgets) place(budget);
  return placed;
}

/** The narrowest of those that are wider; budgets of one owner and several periods stand side by side. */
function outerOf(budget: Weighed, budgets: readonly Weighed[]): Weighed | undefined {
  return chainOf(budget, budgets).findLast((one) => isWider(one, budget));
}

function isWider(one: Budget, other: Budget): boolean {
  return Object.keys(one.scope).length < Object.keys(other.scope).length;
}

function toRow(budget: Weighed, all: readonly Weighed[]): BudgetRow {
  const { spentPicos, forecast, limitPicos } = budget;
  const chain = chainOf(budget, all);
  const left = leftOf(budget);
  const expected = forecast === null ? null : picosOf(forecast.expected);
  return {
    name: budget.name,
    scope: budget.scope,
    period: budget.period,
    of: budget.of,
    per: budget.unit?.per ?? null,
    isSoft: budget.isSoft,
    from: formatInstant(budget.window.fromMs),
    to: formatInstant(budget.window.toMs),
    limit: formatPicos(limitPicos),
    spent: spentPicos === null ? null : formatPicos(spentPicos),
    usedFraction: spentPicos === null || limitPicos === 0n ? null : ratio(spentPicos, limitPicos),
    left: left === null ? null : formatPicos(left),
    warn: budget.warn,
    forecast: forecast && {
      low: estimateToCents(forecast.low),
      expected: estimateToCents(forecast.expected),
      high: estimateToCents(forecast.high),
      days: forecast.days,
    },
    state: budgetState(budget, spentPicos, expected),
    within: chain.filter((one) => isWider(one, budget)).map(({ name }) => name),
    binds: bindingOf(chain, leftOf)?.name ?? null,
    burn: budget.burn,
    unpricedGpuHours: ticksToHours(budget.unpricedTicks),
  };
}

function picosOf(amount: number): Picos {
  return BigInt(Math.round(amount * 1e6)) * 1_000_000n;
}

function ratio(part: Picos, whole: Picos): number {
  return Number((part * 1_000_000_000n) / whole) / 1e9;
}

function warningsOf(budgets: readonly Weighed[], known: TimeWindow | null): WarningFigures[] {
  const warnings: WarningFigures[] = [];
  const partial = budgets.filter(({ window }) => known !== null && known.fromMs > window.fromMs);
  if (partial.length > 0)
    warnings.push({
      code: 'ledger-starts-later',
      message: `the ledger begins on ${formatDay(known!.fromMs)}, after the start of the period of ${partial.map(({ name }) => name).join(', ')}; what was spent before is missing`,
      count: partial.length,
    });
  const unpriced = budgets.filter(({ unpricedTicks }) => unpricedTicks > 0n);
  if (unpriced.length > 0)
    warnings.push({
      code: 'spent-without-price',
      message: `GPU time without a price is missing in what was spent of ${unpriced.map(({ name }) => name).join(', ')}; tare report coverage lists it`,
      count: unpriced.length,
    });
  return warnings;
}
