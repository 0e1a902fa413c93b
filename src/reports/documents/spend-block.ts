import type { BudgetRow } from '../../app/results/budgets.ts';
import type { MonthFigures, MonthForecast } from '../../app/results/documents.ts';
import { type Cell, cell, type Row } from '../table-model.ts';
import { hasNoPrice } from './bucket-block.ts';
import type { Block } from './page-model.ts';
import { drawSpend, type SpendBar } from './spend-chart.ts';
import { currencySign, drawnAmount, monthAndYear, monthName, wholeMoney } from './words.ts';

export type SpendBlockOptions = Readonly<{
  months: readonly MonthFigures[];
  forecast: readonly MonthForecast[];
  budget: BudgetRow | null;
  currency: string;
  width: 'half' | 'full';
  height: number;
}>;

/** Spending by month, with what is expected and, where there is a monthly one, the budget. */
export function spendBlock({ months, forecast, budget, currency, width, height }: SpendBlockOptions): Block {
  const limit = budget?.period === 'monthly' ? budget.limit : null;
  const names = [...new Set([...months, ...forecast].map(({ month }) => month))];
  const monthOf = (name: string) => months.find(({ month }) => month === name);
  const forecastOf = (name: string) => forecast.find(({ month }) => month === name);
  return {
    kind: 'chart',
    width,
    heading: limit === null ? 'Spend by month' : 'Spend against budget',
    summary: summaryOf(months, forecast, limit, currency),
    draw: (wide) =>
      drawSpend({
        bars: names.map((name) => barOf(name, monthOf(name), forecastOf(name))),
        limit: limit === null ? null : drawnAmount(limit),
        currencySign: currencySign(currency),
        width: wide,
        height,
      }),
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'month', title: 'month', kind: 'text' },
        { name: 'spent', title: 'spent', kind: 'money' },
        ...(limit === null ? [] : [{ name: 'budget', title: 'budget', kind: 'money' as const }]),
        { name: 'low', title: 'expected, low', kind: 'money' },
        { name: 'expected', title: 'expected', kind: 'money' },
        { name: 'high', title: 'expected, high', kind: 'money' },
      ],
      rows: names.map((name): Row => {
        const range = forecastOf(name);
        return {
          month: cell(nameOf(name, monthOf(name))),
          spent: spentCell(monthOf(name)),
          budget: cell(limit),
          low: cell(range?.low ?? null),
          expected: cell(range?.expected ?? null),
          high: cell(range?.high ?? null),
        };
      }),
      rest: null,
      total: null,
      footnotes: [],
    },
  };
}

/** A month of which the ledger holds a part says so. */
export function nameOf(month: string, figures: MonthFigures | undefined): string {
  return figures && !figures.isComplete ? `${monthAndYear(month)} (part)` : monthAndYear(month);
}

function spentCell(month: MonthFigures | undefined): Cell {
  if (month === undefined) return cell(null);
  if (hasNoPrice(month)) return cell(null, '?');
  return cell(month.totalCost, month.unpricedGpuHours > 0 ? '?' : undefined);
}

function barOf(name: string, month: MonthFigures | undefined, forecast: MonthForecast | undefined): SpendBar {
  return {
    label: monthName(name),
    spent: month && !hasNoPrice(month) ? drawnAmount(month.totalCost) : null,
    isPartial: month !== undefined && !month.isComplete && forecast === undefined,
    forecast: forecast
      ? {
          low: drawnAmount(forecast.low),
          expected: drawnAmount(forecast.expected),
          high: drawnAmount(forecast.high),
        }
      : null,
  };
}

function summaryOf(
  months: readonly MonthFigures[],
  forecast: readonly MonthForecast[],
  limit: string | null,
  currency: string,
): string {
  const spent = months.map(
    (month) =>
      `${nameOf(month.month, month)} ${wholeMoney(hasNoPrice(month) ? null : month.totalCost, currency)}`,
  );
  const expected = forecast.map(
    ({ month, low, expected, high }) =>
      `${monthAndYear(month)} ${wholeMoney(expected, currency)} (${wholeMoney(low, currency)} to ${wholeMoney(high, currency)})`,
  );
  return [
    `Spent: ${spent.join(', ')}.`,
    ...(expected.length > 0 ? [`Expected: ${expected.join(', ')}.`] : []),
    ...(limit === null ? [] : [`The budget is ${wholeMoney(limit, currency)} a month.`]),
  ].join(' ');
}
