import { describe, expect, it } from 'vitest';
import type { BudgetRow } from '../../../src/app/results/budgets.ts';
import { readGuardrailsState, writeGuardrailsState } from './guardrails-state.ts';
import { burnText, ownerText, viewBudgetBar } from './guardrails-view.ts';

it.each(['', '?by=model&open=cost%2Fteam%2Fsearch%402026-10-14T09', '?from=2026-10'])(
  '%s is read and written back',
  (search) => {
    expect(writeGuardrailsState(readGuardrailsState(search))).toBe(search);
  },
);

const row = (part: Partial<BudgetRow>): BudgetRow =>
  ({ limit: '1000', spent: '500', forecast: null, burn: [], ...part }) as BudgetRow;
const forecast = (expected: string) => ({ low: '0', expected, high: '9999', days: 30 });

describe('the track of a budget', () => {
  it.each([
    { name: 'half spent', part: {}, spent: 0.4, expected: null },
    { name: 'heading to its limit', part: { forecast: forecast('1000') }, spent: 0.4, expected: 0.8 },
    { name: 'far over', part: { spent: '5000', forecast: forecast('9000') }, spent: 1, expected: 1 },
    { name: 'of which nothing is known', part: { spent: null }, spent: 0, expected: null },
    { name: 'of nothing', part: { limit: '0' }, spent: 0, expected: null },
  ])('$name', ({ part, spent, expected }) => {
    expect(viewBudgetBar(row(part))).toEqual({ spent, expected, limit: 0.8 });
  });
});

it('names the rates that are too fast', () => {
  const rate = { threshold: 4, short: 5 };
  const burn = [
    { ...rate, name: 'fast', long: 5.25, isBurning: true },
    { ...rate, name: 'slow', long: 1, isBurning: false },
  ] as const;
  expect(burnText(row({ burn }))).toBe('fast burn, 5.3 × the even rate');
  expect(burnText(row({}))).toBeNull();
});

it('names owners', () => {
  expect([ownerText({}), ownerText({ team: 'search', environment: 'production' })]).toEqual([
    'everything',
    'team search, environment production',
  ]);
});
