import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  bestLevel,
  costAtLevel,
  coverageOfLevel,
  savedFraction,
  useByUnit,
  useOfLevel,
} from './best-level.ts';
import { leftToCommit } from './existing-commitments.ts';
import { HOURS_PER_MONTH, measureGrowth, projectDemand } from './project-demand.ts';
import { bestSpend, costAtSpend, type SpendKind } from './spend-commitment.ts';
import { meanSurvival, stackTerms } from './stack-terms.ts';

const hours = (...values: number[]) => Float64Array.from(values);
const anyDemand = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 6000 }).map((percent) => percent / 100),
    ),
    {
      minLength: 1,
      maxLength: 80,
    },
  )
  .map((values) => Float64Array.from(values));
const anyRate = fc.double({ min: 0.05, max: 1, noNaN: true });

describe('the level', () => {
  test.each([
    // Units are used in 5, 4, 3, 2 and 1 of 5 hours.
    { demand: hours(1, 2, 3, 4, 5), rate: 0.5, level: 3 },
    { demand: hours(1, 2, 3, 4, 5), rate: 0.39, level: 4 },
    // A unit that just breaks even is not bought.
    { demand: hours(1, 2, 3, 4, 5), rate: 0.4, level: 3 },
    { demand: hours(7, 7, 7), rate: 0.99, level: 7 },
    { demand: hours(7, 7, 7), rate: 1, level: 0 },
    { demand: hours(0, 0), rate: 0.3, level: 0 },
    // Half a unit on average in both hours.
    { demand: hours(1.5, 1.5), rate: 0.4, level: 2 },
    { demand: hours(1.5, 1.5), rate: 0.6, level: 1 },
  ])('$demand at $rate: $level', ({ demand, rate, level }) => {
    expect(bestLevel(demand, rate)).toBe(level);
  });

  it('is the cheapest of all levels, to the unit', () => {
    fc.assert(
      fc.property(anyDemand, anyRate, (demand, rate) => {
        const least = costAtLevel(demand, rate, bestLevel(demand, rate));
        for (let level = 0; level <= 61; level++)
          expect(least).toBeLessThanOrEqual(costAtLevel(demand, rate, level) + 1e-9);
      }),
    );
  });

  it('never saves more than the cost, nor less than nothing in sample', () => {
    fc.assert(
      fc.property(anyDemand, anyRate, (demand, rate) => {
        const saved = savedFraction(demand, rate, bestLevel(demand, rate));
        if (saved === null) {
          expect(Math.max(...demand)).toBe(0);
          return;
        }
        expect(saved).toBeGreaterThanOrEqual(-1e-12);
        expect(saved).toBeLessThanOrEqual(1 - rate + 1e-12);
      }),
    );
  });

  it('commits no less at a lower price', () => {
    fc.assert(
      fc.property(anyDemand, anyRate, anyRate, (demand, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(bestLevel(demand, low)).toBeGreaterThanOrEqual(bestLevel(demand, high));
      }),
    );
  });
});

it('counts the use of each unit, parts included', () => {
  expect([...useByUnit(hours(0, 1.25, 3))]).toEqual([2, 1.25, 1]);
  expect(useOfLevel(hours(0, 1, 3), 2)).toBe(0.5);
  expect(useOfLevel(hours(1), 0)).toBeNull();
  expect(coverageOfLevel(hours(0, 1, 3), 2)).toBe(0.75);
});

it('uses what is committed already first, until it expires', () => {
  const existing = [
    { units: 2, untilHour: 12 },
    { units: 1, untilHour: null },
  ];
  expect([...leftToCommit(hours(5, 5, 5, 1), existing, 10)]).toEqual([2, 2, 4, 0]);
});

describe('growth', () => {
  const weeks = (...levels: number[]) =>
    Float64Array.from(levels.flatMap((level) => Array<number>(168).fill(level)));

  it('is measured over weeks, halved upwards and whole downwards', () => {
    const perMonth = (HOURS_PER_MONTH / 168) * 0.1;
    expect(measureGrowth(weeks(9, 10, 11))).toBeCloseTo(perMonth / 2, 9);
    expect(measureGrowth(weeks(11, 10, 9))).toBeCloseTo(-perMonth, 9);
    expect(measureGrowth(weeks(5, 9))).toBe(0);
  });

  it('repeats whole weeks, and grows by the share of a month', () => {
    const projected = projectDemand(weeks(10, 10), 2 * HOURS_PER_MONTH, 0.1);
    expect(projected[0]).toBeCloseTo(10 * 1.1 ** (168 / HOURS_PER_MONTH), 9);
    expect(projected[HOURS_PER_MONTH]! / projected[0]!).toBeCloseTo(1.1, 9);
    expect(projectDemand(hours(), 10, 0)).toHaveLength(0);
  });
});

describe('terms', () => {
  const terms = [
    { name: '1y', years: 1, rate: 0.63 },
    { name: '3y', years: 3, rate: 0.4 },
  ];

  test.each([
    // All demand lasts: three years are cheaper wherever they pay at all.
    { survival: 1, units: [0, 3] },
    // A third is lost each year: three years are used at 57 % on average, one year at 82 %.
    { survival: 0.66, units: [0, 2] },
    // Most of it is gone after a year: nothing pays for three, full use pays for one.
    { survival: 0.5, units: [2, 0] },
    { survival: 0.1, units: [0, 0] },
  ])('survival $survival', ({ survival, units }) => {
    const demand = hours(2, 2, 3, 4, 5);
    expect(stackTerms(demand, terms, survival).map((stacked) => stacked.units)).toEqual(units);
  });

  it('knows what is left on average', () => {
    expect(meanSurvival(1, 3)).toBe(1);
    expect(meanSurvival(0.5, 1)).toBeCloseTo(0.5 / Math.log(2), 12);
  });
});

describe('a commitment to spend', () => {
  it('of one kind is the level in dollars', () => {
    const kind = { demand: hours(1, 2, 3, 4, 5), onDemandPerHour: 10, rate: 0.5 };
    expect(bestSpend([kind])).toBe(3 * 10 * 0.5);
  });

  it('costs no more than any other', () => {
    const anyKinds = fc
      .record({ count: fc.integer({ min: 1, max: 3 }), length: fc.integer({ min: 1, max: 12 }) })
      .chain(({ count, length }) =>
        fc.array(
          fc.record({
            demand: fc
              .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
              .map((values) => Float64Array.from(values)),
            onDemandPerHour: fc.integer({ min: 1, max: 12 }),
            rate: fc.double({ min: 0.2, max: 0.95, noNaN: true }),
          }),
          { minLength: count, maxLength: count },
        ),
      );
    fc.assert(
      fc.property(anyKinds, fc.double({ min: 0, max: 250, noNaN: true }), (kinds: SpendKind[], other) => {
        expect(costAtSpend(kinds, bestSpend(kinds))).toBeLessThanOrEqual(costAtSpend(kinds, other) + 1e-6);
      }),
    );
  });
});
