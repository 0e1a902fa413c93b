import { describe, expect, it, test } from 'vitest';
import { CUSTOM, chosenValue, customWindow, daysOf, FIXED_CHOICES, monthChoices } from './window-choices.ts';

describe('months that have data', () => {
  const months = (from: string, to: string): readonly string[] =>
    monthChoices({ from, to }).map((choice) => choice.value);

  test.each([
    ['2026-08-15T00:00:00Z', '2026-11-01T00:00:00Z', ['2026-10', '2026-09', '2026-08']],
    ['2025-12-31T23:00:00Z', '2026-01-01T01:00:00Z', ['2026-01', '2025-12']],
    ['2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z', ['2026-10']],
  ])('%s to %s', (from, to, expected) => expect(months(from, to)).toEqual(expected));

  it('stops at two years, and offers none without data', () => {
    expect(months('2020-01-01T00:00:00Z', '2026-11-01T00:00:00Z')).toHaveLength(24);
    expect(monthChoices(null)).toEqual([]);
  });

  it('names them', () => {
    const [october] = monthChoices({ from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z' });
    expect(october).toEqual({ value: '2026-10', label: 'October 2026', from: '2026-10', to: null });
  });
});

test.each([
  [null, null, '30d'],
  ['30d', null, '30d'],
  ['7d', null, '7d'],
  ['month', null, 'month'],
  ['7d', '2026-10-01', CUSTOM],
  ['90d', null, CUSTOM],
])('from %s to %s is the choice %s', (from, to, value) => {
  expect(chosenValue(FIXED_CHOICES, from, to)).toBe(value);
});

test('a custom window includes its last day', () => {
  expect(customWindow('2026-10-01', '2026-10-31')).toEqual({ from: '2026-10-01', to: '2026-11-01' });
  expect(customWindow('2026-10-02', '2026-10-01')).toBeNull();
  expect(customWindow('', '2026-10-01')).toBeNull();
  expect(daysOf('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z')).toEqual({
    firstDay: '2026-10-01',
    lastDay: '2026-10-31',
  });
});
