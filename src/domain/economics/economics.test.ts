import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatPicos, PICOS_PER_UNIT } from '../money/picos.ts';
import { costPerPoint } from './cost-per-point.ts';
import { costQualityFrontier } from './cost-quality-frontier.ts';
import { fitLinearDecay, meanLoss } from './quality-decay.ts';
import {
  bestInterval,
  cadenceCost,
  costPerModel,
  LONGEST_DAYS,
  resampleCadence,
} from './retraining-cadence.ts';

test.each([
  { quality: 0.8, direction: 'max', baseline: null, expected: '125.00' },
  { quality: 0.8, direction: 'max', baseline: 0.75, expected: '2000.00' },
  { quality: 0.8, direction: 'max', baseline: 0.8, expected: null },
  { quality: 0.2, direction: 'min', baseline: 0.7, expected: '200.00' },
  { quality: 0.2, direction: 'min', baseline: null, expected: null },
  { quality: -3, direction: 'max', baseline: null, expected: null },
] as const)(
  '$100 for $quality ($direction, from $baseline) is $expected a point',
  ({ quality, expected, ...scale }) => {
    const found = costPerPoint(100n * PICOS_PER_UNIT, quality, scale);
    expect(found === null ? null : formatPicos(found)).toBe(expected);
  },
);

describe('the frontier', () => {
  const run = (id: string, dollars: number, quality: number) => ({
    id,
    totalPicos: BigInt(dollars) * PICOS_PER_UNIT,
    quality,
  });

  it('keeps who is not beaten', () => {
    const runs = [run('cheap', 10, 0.7), run('dear', 50, 0.9), run('beaten', 40, 0.7), run('worse', 10, 0.6)];
    expect([...costQualityFrontier(runs, 'max')]).toEqual(['cheap', 'dear']);
    expect([...costQualityFrontier(runs, 'min')]).toEqual(['worse']);
  });

  it('has nobody whom another run beats, and everybody else', () => {
    const runs = fc.array(fc.record({ dollars: fc.nat(9), quality: fc.integer({ min: 0, max: 9 }) }));
    fc.assert(
      fc.property(runs, (given) => {
        const all = given.map(({ dollars, quality }, index) => run(String(index), dollars, quality));
        const frontier = costQualityFrontier(all, 'max');
        for (const one of all) {
          const isBeaten = all.some(
            (other) =>
              other.totalPicos <= one.totalPicos &&
              other.quality >= one.quality &&
              (other.totalPicos < one.totalPicos || other.quality > one.quality),
          );
          expect(frontier.has(one.id)).toBe(!isBeaten);
        }
      }),
    );
  });
});

describe('decay', () => {
  test.each([
    { decay: { kind: 'linear', perDay: 0.2 }, days: 10, expected: 1 },
    { decay: { kind: 'exponential', perDay: 0.2, limit: 4 }, days: 1e-6, expected: 1e-7 },
    { decay: { kind: 'exponential', perDay: 1, limit: 1 }, days: 1, expected: Math.exp(-1) },
    { decay: { kind: 'points', points: [{ days: 10, loss: 2 }] }, days: 10, expected: 1 },
    { decay: { kind: 'points', points: [{ days: 10, loss: 2 }] }, days: 20, expected: 2 },
    {
      decay: {
        kind: 'points',
        points: [
          { days: 20, loss: 2 },
          { days: 10, loss: 2 },
        ],
      },
      days: 20,
      expected: 1.5,
    },
  ] as const)('$decay loses $expected on average in $days days', ({ decay, days, expected }) => {
    expect(meanLoss(decay, days)).toBeCloseTo(expected, 9);
  });

  it('fits a line through zero', () => {
    expect(
      fitLinearDecay([
        { days: 1, loss: 0.1 },
        { days: 3, loss: 0.3 },
      ]),
    ).toBeCloseTo(0.1);
    expect(fitLinearDecay([])).toBeNull();
  });
});

describe('cadence', () => {
  const inputs = { costPerRun: 900, valuePerPointDay: 100, decay: { kind: 'linear', perDay: 0.5 } } as const;

  it('is the square-root rule for linear decay', () => {
    expect(bestInterval(inputs)).toBeCloseTo(6);
    expect(cadenceCost(inputs, 6)).toEqual({
      days: 6,
      trainingPerDay: 150,
      lossPerDay: 150,
      totalPerDay: 300,
    });
  });

  it('has nothing cheaper beside it, whatever the decay', () => {
    const positive = fc.double({ min: 0.01, max: 1_000, noNaN: true });
    const decay = fc.oneof(
      fc.record({ kind: fc.constant('linear' as const), perDay: positive }),
      fc.record({ kind: fc.constant('exponential' as const), perDay: positive, limit: positive }),
      fc.record({
        kind: fc.constant('points' as const),
        points: fc.uniqueArray(fc.record({ days: fc.integer({ min: 1, max: 90 }), loss: positive }), {
          minLength: 1,
          maxLength: 5,
          selector: ({ days }) => days,
        }),
      }),
    );
    fc.assert(
      fc.property(positive, positive, decay, (costPerRun, valuePerPointDay, of) => {
        const given = { costPerRun, valuePerPointDay, decay: of };
        const best = bestInterval(given);
        const least = cadenceCost(given, best ?? LONGEST_DAYS).totalPerDay;
        for (const days of [1 / 24, 0.5, 1, 7, 30, 365, 3_000, (best ?? 1) * 1.01]) {
          if (days < 1 / 24 || days > LONGEST_DAYS) continue;
          expect(least).toBeLessThanOrEqual(cadenceCost(given, days).totalPerDay * (1 + 1e-6) + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds the square root by search, too', () => {
    const points = { ...inputs, decay: { kind: 'points', points: [{ days: 1, loss: 0.5 }] } } as const;
    expect(bestInterval(points)).toBeCloseTo(6, 3);
  });

  it('never retrains for nothing', () => {
    expect(bestInterval({ ...inputs, decay: { kind: 'linear', perDay: 0 } })).toBeNull();
    expect(
      bestInterval({ ...inputs, costPerRun: 1e9, decay: { kind: 'exponential', perDay: 0.1, limit: 0.1 } }),
    ).toBeNull();
  });

  it('counts the failed runs into the cost of a model', () => {
    const runs = [
      { cost: 100, isUsable: true },
      { cost: 50, isUsable: false },
      { cost: 150, isUsable: true },
    ];
    expect(costPerModel(runs)).toBe(150);
    expect(costPerModel([])).toBeNull();
  });

  it('draws the same range from the same seed, around the answer, and none from a single measurement', () => {
    const runs = [800, 1_000, 850, 950].map((cost) => ({ cost, isUsable: true }));
    const ask = (given: Parameters<typeof bestInterval>[0]) => bestInterval(given) ?? LONGEST_DAYS;
    const range = resampleCadence(inputs, { runs, decay: null }, ask, 42)!;
    expect(range).toEqual(resampleCadence(inputs, { runs, decay: null }, ask, 42));
    expect(range.low).toBeLessThan(6);
    expect(range.high).toBeGreaterThan(6);
    expect(resampleCadence(inputs, { runs: runs.slice(1, 2), decay: null }, ask, 42)).toBeNull();
    expect(resampleCadence(inputs, { runs: null, decay: null }, ask, 42)).toBeNull();
  });
});
