import type { ForecastRange, ForecastReport, ForecastRow } from '../app/results/forecast.ts';
import { printAmount } from './print-amount.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** The largest first, and everything together below. */
export function forecastTable(report: ForecastReport): TableModel {
  const { rows, total } = report;
  const shown = report.by === null && total !== null ? [total] : rows;
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: shown.map((row) => cellsOf(row, report.by)),
    rest: null,
    total: report.by === null || total === null ? null : cellsOf(total, report.by),
    footnotes: footnotesOf(report),
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'owner', title: 'Owner', kind: 'text' },
  { name: 'spent', title: 'Spent', kind: 'money', importance: 1 },
  { name: 'forecast', title: 'At the end', kind: 'text' },
  { name: 'low', title: 'At the end, low', kind: 'money', isExportOnly: true },
  { name: 'expected', title: 'At the end, expected', kind: 'money', isExportOnly: true },
  { name: 'high', title: 'At the end, high', kind: 'money', isExportOnly: true },
  { name: 'next', title: 'Next period', kind: 'text', importance: 2 },
  { name: 'nextLow', title: 'Next, low', kind: 'money', isExportOnly: true },
  { name: 'nextExpected', title: 'Next, expected', kind: 'money', isExportOnly: true },
  { name: 'nextHigh', title: 'Next, high', kind: 'money', isExportOnly: true },
  { name: 'growth', title: 'Growth a month', kind: 'percent', importance: 3 },
  { name: 'within', title: 'Held before', kind: 'percent', importance: 4 },
  { name: 'error', title: 'Out by', kind: 'percent', importance: 5 },
];

function cellsOf({ owner, spent, forecast, next, growthPerMonth, past }: ForecastRow, by: string | null) {
  return {
    owner: { value: owner, printed: owner ?? (by === null ? 'everything' : 'Total') },
    spent: cell(spent),
    forecast: { value: forecast?.expected ?? null, printed: rangeText(forecast) },
    low: cell(forecast?.low ?? null),
    expected: cell(forecast?.expected ?? null),
    high: cell(forecast?.high ?? null),
    next: { value: next?.expected ?? null, printed: rangeText(next) },
    nextLow: cell(next?.low ?? null),
    nextExpected: cell(next?.expected ?? null),
    nextHigh: cell(next?.high ?? null),
    growth: cell(growthPerMonth),
    within: cell(past.within),
    error: cell(past.medianError),
  };
}

function rangeText(range: ForecastRange | null): string {
  return range === null ? '–' : `${whole(range.low)} to ${whole(range.high)}~`;
}

/** A forecast to the cent would claim to know. */
function whole(amount: string): string {
  return printAmount(amount).replace(/\.\d+$/, '');
}

function footnotesOf({ currency, dataUntil, from, to, past, warnings }: ForecastReport): string[] {
  if (dataUntil === null) return ['The ledger is empty: nothing can be expected.'];
  const held =
    past.within === null ? '' : `; of ${past.forecasts} past ones, ${Math.round(past.within * 100)} %`;
  return [
    `In ${currency}, ${from.slice(0, 10)} to ${to.slice(0, 10)}, spent until ${dataUntil.slice(0, 16).replace('T', ' ')} UTC.`,
    `Four of five outcomes are to lie within the ranges${held}.`,
    ...warnings.map(({ message }) => `${message}.`),
  ];
}
