import type { BudgetReport, BudgetRow } from '../app/results/budgets.ts';
import { printAmount } from './print-amount.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** Each budget below the ones that it lies within. */
export function budgetsTable(report: BudgetReport): TableModel {
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: report.rows.map((row) => ({
      budget: { value: row.name, printed: `${'  '.repeat(depthOf(row, report))}${row.name}` },
      owner: cell(ownerOf(row)),
      period: {
        value: row.period,
        printed: row.per === null ? row.period : `${row.period}, per ${UNIT_WORDS[row.per]}`,
      },
      limit: cell(row.limit),
      spent: cell(row.spent),
      used: cell(row.usedFraction),
      left: cell(row.left),
      forecast: { value: row.forecast?.expected ?? null, printed: forecastOf(row) },
      forecastLow: cell(row.forecast?.low ?? null),
      forecastHigh: cell(row.forecast?.high ?? null),
      binds: cell(row.binds),
      state: { value: row.state, printed: stateOf(row) },
    })),
    rest: null,
    total: null,
    footnotes: footnotesOf(report),
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'budget', title: 'Budget', kind: 'text' },
  { name: 'owner', title: 'Owner', kind: 'text', importance: 1 },
  { name: 'period', title: 'Period', kind: 'text', importance: 3 },
  { name: 'limit', title: 'Limit', kind: 'money' },
  { name: 'spent', title: 'Spent', kind: 'money' },
  { name: 'used', title: 'Used', kind: 'percent' },
  { name: 'left', title: 'Left', kind: 'money', importance: 2 },
  { name: 'forecast', title: 'Forecast', kind: 'text', importance: 4 },
  { name: 'forecastLow', title: 'Forecast, low', kind: 'money', isExportOnly: true },
  { name: 'forecastHigh', title: 'Forecast, high', kind: 'money', isExportOnly: true },
  { name: 'binds', title: 'Binds', kind: 'text', importance: 5 },
  { name: 'state', title: 'State', kind: 'text' },
];

const UNIT_WORDS = { '1k-inferences': '1,000 inferences', '1m-tokens': '1M tokens' } as const;

/** Wider budgets of one owner and several periods are one level. */
function depthOf({ within }: BudgetRow, { rows }: BudgetReport): number {
  const scopes = rows.filter(({ name }) => within.includes(name)).map(({ scope }) => JSON.stringify(scope));
  return new Set(scopes).size;
}

function ownerOf({ scope }: BudgetRow): string {
  const pairs = Object.entries(scope).map(([dimension, value]) => `${dimension} ${value}`);
  return pairs.length === 0 ? 'everything' : pairs.join(', ');
}

function forecastOf({ forecast }: BudgetRow): string {
  if (forecast === null) return '–';
  return `${whole(forecast.low)} to ${whole(forecast.high)}~`;
}

/** A forecast to the cent would claim to know. */
function whole(amount: string): string {
  return printAmount(amount).replace(/\.\d+$/, '');
}

function stateOf({ state, left, warn, isSoft, burn }: BudgetRow): string {
  const burning = burn.filter(({ isBurning }) => isBurning).map(({ name }) => `${name} burn`);
  const words = {
    over: `over by ${left === null ? '?' : printAmount(left.replace(/^-/, ''))}`,
    heading_over: 'heading over',
    warn: `past ${Math.round(warn * 100)} %`,
    fine: 'fine',
    unknown: 'nothing known',
  } as const;
  return [words[state], ...(isSoft ? ['soft'] : []), ...burning].join(', ');
}

function footnotesOf({ rows, currency, dataUntil, warnings }: BudgetReport): string[] {
  if (rows.length === 0) return ['There are no budgets: write some under budgets: in tare.yaml.'];
  const days = rows.map(({ forecast }) => forecast?.days ?? 0);
  const basis = Math.max(0, ...days);
  return [
    dataUntil === null
      ? 'The ledger is empty: nothing is known of what was spent.'
      : `In ${currency}, spent until ${dataUntil.slice(0, 16).replace('T', ' ')} UTC.`,
    ...(basis > 0
      ? [`Forecasts: four of five outcomes lie within; from up to ${basis} days of the ledger.`]
      : []),
    ...warnings.map(({ message }) => `${message}.`),
  ];
}
