import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../time/window.ts';
import { decayFromScores } from './decay-from-scores.ts';
import { fitLinearDecay } from './quality-decay.ts';

const day = (at: number) => at * DAY_MS;
const scored = (...means: readonly number[]) => means.map((mean, at) => ({ dayMs: day(at), mean }));

test.each([
  { what: 'nothing was trained', trained: [], means: [90, 89], expected: [] },
  {
    what: 'one training',
    trained: [0],
    means: [90, 89, 87],
    expected: [
      { days: 1, loss: 1 },
      { days: 2, loss: 3 },
    ],
  },
  {
    what: 'a day that mixes two models',
    trained: [0, day(2) + HOUR_MS],
    means: [90, 89, 95, 92, 91],
    expected: [
      { days: 1, loss: 1 },
      { days: 1, loss: 1 },
    ],
  },
  { what: 'scores before the first training', trained: [day(2)], means: [50, 40, 90], expected: [] },
])('$what', ({ trained, means, expected }) => {
  expect(decayFromScores(trained, scored(...means), 'max')).toEqual(expected);
});

it('counts against the model where less is better', () => {
  expect(decayFromScores([0], scored(2, 5), 'min')).toEqual([{ days: 1, loss: 3 }]);
});

it('finds the slope of a model that loses the same every day, whenever it is trained', () => {
  const anyTrainings = fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(anyTrainings, fc.integer({ min: 0, max: 50 }), (others, perDay) => {
      const trained = [0, ...others].sort((a, b) => a - b);
      const means = Array.from({ length: 90 }, (_, at) => {
        const last = trained.filter((one) => one <= at).at(-1)!;
        return 1000 - perDay * (at - last);
      });
      const points = decayFromScores(trained.map(day), scored(...means), 'max');
      expect(fitLinearDecay(points)).toBeCloseTo(perDay, 9);
    }),
  );
});
