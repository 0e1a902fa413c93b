import type { AnomalyRow } from '../../../src/app/results/anomalies.ts';
import type { BudgetRow } from '../../../src/app/results/budgets.ts';
import { parseDecimal, toNumber } from '../format/decimal.ts';

/** Shape and word say the state; the colour repeats it. */
export const BUDGET_STATES: Readonly<
  Record<BudgetRow['state'], Readonly<{ sign: string; text: string; tone: 'current' | 'late' | 'missing' }>>
> = {
  over: { sign: '✕', text: 'over', tone: 'missing' },
  heading_over: { sign: '▲', text: 'heading over', tone: 'late' },
  warn: { sign: '▲', text: 'past its warning', tone: 'late' },
  fine: { sign: '●', text: 'fine', tone: 'current' },
  unknown: { sign: '–', text: 'nothing known', tone: 'late' },
};

export function ownerText(scope: Readonly<Record<string, string>>): string {
  const parts = Object.entries(scope).map(([dimension, value]) => `${dimension} ${value}`);
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

export function countedText({ of, per }: BudgetRow): string {
  if (of === 'tare') return 'tare alone';
  if (of === 'unit-cost') return per === '1m-tokens' ? 'a million tokens' : '1,000 inferences';
  return 'all spending';
}

/** Spent, and what is expected to come, as shares of a track that is a little longer than the limit. */
export type BudgetBar = Readonly<{ spent: number; expected: number | null; limit: number }>;

const TRACK = 1.25;

export function viewBudgetBar({ spent, limit, forecast }: BudgetRow): BudgetBar {
  const whole = toNumber(parseDecimal(limit) ?? 0n) * TRACK;
  const share = (text: string) =>
    whole > 0 ? Math.min(1, Math.max(0, toNumber(parseDecimal(text) ?? 0n) / whole)) : 0;
  return {
    spent: spent === null ? 0 : share(spent),
    expected: forecast === null ? null : share(forecast.expected),
    limit: 1 / TRACK,
  };
}

/** Which burn rates are too fast now. */
export function burnText({ burn }: BudgetRow): string | null {
  const burning = burn.filter(({ isBurning }) => isBurning);
  if (burning.length === 0) return null;
  return burning
    .map(({ name, long }) => `${name} burn, ${(long ?? 0).toFixed(1)} × the even rate`)
    .join('; ');
}

export const CAUSE_NAMES: Readonly<Record<AnomalyRow['cause'], string>> = {
  price: 'price',
  volume: 'volume',
  mix: 'mix',
  utilisation: 'utilisation',
  newResource: 'new resource',
  charges: 'charges',
};

export const MEASURE_NAMES: Readonly<Record<AnomalyRow['measure'], string>> = {
  cost: 'cost',
  tare: 'tare',
  unitCost: 'unit cost',
};
