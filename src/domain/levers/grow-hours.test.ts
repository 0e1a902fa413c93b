import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { grossOf } from '../ledger/buckets.ts';
import { growHours, growthFactor } from './grow-hours.ts';
import { grossPicos } from './holder-hour.ts';
import { hoursOf } from './hours.fixture.ts';

test.each([
  { growth: 0, days: 30, factor: 1 },
  // Half a period of 730 hours and half of the month after it are one month.
  { growth: 0.03, days: 730 / 24, factor: 1.03 },
  { growth: -0.1, days: 730 / 24, factor: 0.9 },
  { growth: 0.03, days: (3 * 730) / 24, factor: 1.03 ** 2 },
])('demand that grows by $growth a month is $factor times as much after $days days', (one) => {
  expect(growthFactor(one.growth, one.days * 24)).toBeCloseTo(one.factor, 12);
});

test.each([
  ['on_demand', 2],
  ['spot', 2],
  ['api', 2],
  ['committed', 1],
  ['owned', 1],
])('%s: %i times as much', (lifecycle, times) => {
  const [hour] = hoursOf('#', { lifecycle });
  const [grown] = growHours([hour!], 2);
  expect(grossPicos(grown!)).toBe(grossPicos(hour!) * BigInt(times));
  expect(grossOf(grown!.ticks)).toBe(grossOf(hour!.ticks) * BigInt(times));
});

it('costs as much an hour as before, to a millionth of it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), (factor) => {
      const hours = hoursOf('#.#.', {});
      const grown = growHours(hours, factor);
      for (const [index, hour] of grown.entries()) {
        expect(Number(grossPicos(hour)) / Number(grossPicos(hours[index]!))).toBeCloseTo(factor, 5);
        expect(Number(grossOf(hour.ticks)) / Number(grossOf(hours[index]!.ticks))).toBeCloseTo(factor, 5);
      }
    }),
  );
});
