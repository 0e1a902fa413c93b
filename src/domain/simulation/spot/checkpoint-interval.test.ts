import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { meanTimeBetweenLossesMs, surveyAvailability } from './availability.ts';
import { dalyInterval, wastedFraction, youngInterval } from './checkpoint-interval.ts';

/** Two minutes for a checkpoint, a failure in four hours on average, three minutes to start again; in seconds. */
const times = { checkpoint: 120, meanTimeBetweenFailures: 14_400, restart: 180 };

it('follows Young and Daly', () => {
  expect(youngInterval(times)).toBeCloseTo(1859.032, 3);
  expect(dalyInterval(times)).toBeCloseTo(1779.893, 2);
  expect(wastedFraction(times, youngInterval(times))).toBeCloseTo(0.1416, 4);
});

it('does not checkpoint more often than it fails when a checkpoint takes longer than two failures', () => {
  expect(dalyInterval({ checkpoint: 100, meanTimeBetweenFailures: 50, restart: 0 })).toBe(50);
});

it('wastes least at the interval of Young', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 700, max: 1e6 }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (checkpoint, meanTimeBetweenFailures, factor) => {
        const any = { checkpoint, meanTimeBetweenFailures, restart: 0 };
        const best = youngInterval(any);
        expect(wastedFraction(any, best)).toBeLessThanOrEqual(wastedFraction(any, best * factor) + 1e-12);
      },
    ),
  );
});

test.each([
  ['1101', 3, 1, 3],
  ['1111', 4, 0, null],
  ['0101', 2, 1, 2],
  ['', 0, 0, null],
])('%s: %i ticks there, %i losses', (text, availableTicks, losses, meanTicks) => {
  const survey = surveyAvailability(Uint8Array.from(text, Number));
  expect(survey).toEqual({ ticks: text.length, availableTicks, losses });
  expect(meanTimeBetweenLossesMs(survey, 10)).toBe(meanTicks === null ? null : meanTicks * 10);
});
