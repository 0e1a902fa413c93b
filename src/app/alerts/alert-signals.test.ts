import { describe, expect, it, test } from 'vitest';
import type { AnomalyReport, AnomalyRow } from '../results/anomalies.ts';
import type { BudgetReport, BudgetRow } from '../results/budgets.ts';
import { alertSignals } from './alert-signals.ts';

const BUDGET: BudgetRow = {
  name: 'search',
  scope: { team: 'search' },
  period: 'monthly',
  of: 'total',
  per: null,
  isSoft: false,
  from: '2026-10-01T00:00:00Z',
  to: '2026-11-01T00:00:00Z',
  limit: '1000.00',
  spent: '500.00',
  usedFraction: 0.5,
  left: '500.00',
  warn: 0.8,
  forecast: { low: '900.00', expected: '1100.00', high: '1300.00', days: 56 },
  state: 'fine',
  within: [],
  binds: 'search',
  burn: [],
  unpricedGpuHours: 0,
};
const burn = (name: 'fast' | 'slow', isBurning: boolean) => ({
  name,
  long: 5,
  short: 6.25,
  threshold: 4,
  isBurning,
});

const ANOMALY: AnomalyRow = {
  id: 'cost/team/search@2026-10-14T09',
  measure: 'cost',
  dimension: 'team',
  owner: 'search',
  from: '2026-10-14T09:00:00Z',
  to: '2026-10-14T12:00:00Z',
  isOngoing: true,
  isNewLevel: false,
  actual: '300.00',
  expected: '100.00',
  excess: '200.00',
  excessFraction: 2,
  cause: 'volume',
  causes: { price: '0', volume: '200', mix: '0', utilisation: '0', newResource: '0', charges: '0' },
  resources: [],
  within: null,
  verdict: null,
  note: null,
  judgedBy: null,
  message: 'team search cost $200.00 more',
};

function signals(budgets: readonly Partial<BudgetRow>[], anomalies: readonly Partial<AnomalyRow>[] = []) {
  return alertSignals(
    { currency: 'USD', rows: budgets.map((row) => ({ ...BUDGET, ...row })) } as unknown as BudgetReport,
    { rows: anomalies.map((row) => ({ ...ANOMALY, ...row })) } as unknown as AnomalyReport,
  );
}

describe('of a budget', () => {
  test.each<[string, Partial<BudgetRow>, readonly string[]]>([
    ['that is fine', {}, []],
    ['of which nothing is known', { state: 'unknown', spent: null, usedFraction: null }, []],
    ['past its share', { state: 'warn' }, ['info budgetWarn/search']],
    ['that will not last', { state: 'heading_over' }, ['warning budgetHeadingOver/search']],
    ['that is spent', { state: 'over' }, ['critical budgetOver/search']],
    ['burning fast', { burn: [burn('fast', true)] }, ['critical fastBurn/search']],
    [
      'burning both ways',
      { burn: [burn('fast', true), burn('slow', true)] },
      ['critical fastBurn/search', 'warning slowBurn/search'],
    ],
    ['not burning', { burn: [burn('fast', false)] }, []],
    [
      'that is spent and burns',
      { state: 'over', burn: [burn('fast', true)] },
      ['critical budgetOver/search'],
    ],
    ['that is soft', { state: 'over', isSoft: true }, ['warning budgetOver/search']],
  ])('%s', (_, row, expected) => {
    expect(signals([row]).map(({ severity, key }) => `${severity} ${key}`)).toEqual(expected);
  });

  it('says how much, and how fast', () => {
    const [found] = signals([{ burn: [burn('fast', true)] }]);
    expect(found).toMatchObject({
      title: 'The budget search is burning fast',
      text: '$500.00 of $1,000.00 is spent, 50 %; 6.3 times as fast as it lasts until 2026-11-01',
      owner: { team: 'search' },
    });
  });
});

describe('of an anomaly', () => {
  test.each<[string, Partial<AnomalyRow>, number]>([
    ['that goes on', {}, 1],
    ['that someone sees to', { verdict: 'acknowledged' }, 1],
    ['that was planned', { verdict: 'expected' }, 0],
    ['that was none', { verdict: 'falseAlarm' }, 0],
    ['that is over', { isOngoing: false }, 0],
    ['that is a part of another', { within: 'cost/team/search@2026-10-14T09' }, 0],
  ])('%s', (_, row, count) => {
    expect(signals([], [row])).toHaveLength(count);
  });

  it('is the same alert while it goes on, wherever it began', () => {
    const [found] = signals([], [{ id: 'cost/team/search@2026-10-14T08' }]);
    expect(found).toMatchObject({ key: 'anomaly/cost/team/search', owner: { team: 'search' } });
  });
});
