import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DAY_MS } from '../../time/window.ts';
import { forecastWindow, judgeForecasts, type PastForecast, pastForecasts, wideningBy } from './backtest.ts';
import { growthPerDay } from './trend.ts';

const MONDAY = Date.UTC(2026, 0, 5);
const days = (amount: (day: number) => number | null, count: number) => ({
  startMs: MONDAY,
  amounts: Array.from({ length: count }, (_, day) => amount(day)),
});
const window = (from: number, to: number) => ({
  fromMs: MONDAY + from * DAY_MS,
  toMs: MONDAY + to * DAY_MS,
});
const weekly = (day: number) => (day % 7 < 5 ? 10 : 2);

describe('growth', () => {
  test.each<[string, (day: number) => number | null, number]>([
    ['none of a season', weekly, 0],
    ['none of what swings', (day) => 10 + 3 * Math.sin(day * 2.3), 0],
    ['a hundredth of the middle each day', (day) => 10 + 0.1 * (day - 24), 0.01],
    ['the same, with holes', (day) => (day % 9 === 0 ? null : 10 + 0.1 * (day - 24)), 0.01],
    ['shrinking', (day) => 10 - 0.05 * (day - 24), -0.005],
    ['none of one wild week', (day) => (day >= 20 && day < 27 ? 50 : 10), 0],
  ])('%s', (_, amount, expected) => {
    expect(growthPerDay(days(amount, 56).amounts)).toBeCloseTo(expected, 3);
  });

  it('is not known of a month', () => {
    expect(growthPerDay(days((day) => 10 + day, 30).amounts)).toBe(0);
  });
});

describe('the forecast of a window', () => {
  it('adds the weekdays to come to what is spent', () => {
    const { expected } = forecastWindow(days(weekly, 63), window(56, 84), MONDAY + 63 * DAY_MS)!;
    expect(expected).toBe(4 * 54);
  });

  it('can be of a window that has not begun', () => {
    expect(forecastWindow(days(weekly, 56), window(70, 77), MONDAY + 56 * DAY_MS)!.expected).toBe(54);
  });

  it('follows growth', () => {
    const growing = days((day) => 10 + 0.1 * day, 56);
    const { expected } = forecastWindow(growing, window(56, 70), MONDAY + 56 * DAY_MS)!;
    const actual = Array.from({ length: 14 }, (_, day) => 10 + 0.1 * (56 + day)).reduce((a, b) => a + b);
    expect(expected / actual).toBeCloseTo(1, 1);
  });

  it('counts an unknown day on neither side', () => {
    const holey = days((day) => (day === 58 ? null : weekly(day)), 84);
    const [first] = pastForecasts(holey, [window(56, 84)]);
    expect(first).toMatchObject({ actual: 4 * 54 - 10, forecast: { expected: 4 * 54 - 10 } });
  });

  it('is unknown in the first week', () => {
    expect(forecastWindow(days(weekly, 5), window(0, 28), MONDAY + 5 * DAY_MS)).toBeNull();
  });
});

describe('past forecasts', () => {
  const past = (miss: number): PastForecast => ({
    madeMs: 0,
    forecast: { low: 90, expected: 100, high: 110, days: 56 },
    actual: 100 + 10 * miss,
  });

  it('are made with what was known then, four for each period', () => {
    const known = days(weekly, 140);
    const all = pastForecasts(known, [window(56, 84), window(84, 112)]);
    expect(all).toHaveLength(8);
    const cut = { ...known, amounts: known.amounts.map((amount, day) => (day < 112 ? amount : 1_000)) };
    expect(pastForecasts(cut, [window(56, 84), window(84, 112)])).toEqual(all);
  });

  it('lie within or not', () => {
    const misses = [0, 0.5, -1, 1.5].map(past);
    expect(judgeForecasts(misses)).toMatchObject({ forecasts: 4, within: 0.75 });
    expect(judgeForecasts([])).toEqual({ forecasts: 0, within: null, medianError: null });
  });

  it('widen ranges that were too narrow, and never narrow them', () => {
    expect(wideningBy([0.1, 0.2, 3].map(past))).toBe(1);
    expect(wideningBy(Array.from({ length: 9 }, () => past(0.2)))).toBe(1);
    expect(wideningBy([0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8].map(past))).toBeCloseTo(1.6, 9);
  });

  it('would have held the stated share, had they been so wide', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 8, maxLength: 60 }),
        (misses) => {
          const all = misses.map(past);
          expect(judgeForecasts(all, wideningBy(all) + 1e-9).within!).toBeGreaterThanOrEqual(0.8);
        },
      ),
    );
  });
});
