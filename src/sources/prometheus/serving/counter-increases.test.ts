import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { counterIncreases } from './counter-increases.ts';

const NEVER = Number.POSITIVE_INFINITY;

test.each([
  { what: 'grows', values: [10, 12, 12], before: 7, watched: NEVER, expected: [3, 2, 0] },
  { what: 'starts again', values: [10, 4, 5], before: 7, watched: NEVER, expected: [3, 4, 1] },
  { what: 'starts again before the first slot', values: [4], before: 7, watched: NEVER, expected: [4] },
  {
    what: 'is found, nobody knows since when',
    values: [900, 901],
    before: null,
    watched: 0,
    expected: [0, 1],
  },
  { what: 'is new where others were watched', values: [5, 6], before: null, watched: -1, expected: [5, 1] },
])('a counter that $what', ({ values, before, watched, expected }) => {
  const samples = values.map((value, index) => [index, value] as const);
  expect([...counterIncreases(samples, before, watched).values()].map(({ by }) => by)).toEqual(expected);
});

it('adds up to what was counted, cut anywhere into windows, whenever the process started again', () => {
  const step = fc.record({ by: fc.nat(20), restarts: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(30), (steps, cut) => {
      let value = 0;
      let counted = 0;
      const samples = steps.map(({ by, restarts }, index) => {
        // A restart that is hidden, because as much was counted since, cannot be seen by anyone.
        value = restarts && by < value ? by : value + by;
        counted += by;
        return [index, value] as const;
      });
      const sum = (part: typeof samples, before: number) =>
        [...counterIncreases(part, before, NEVER).values()].reduce((total, { by }) => total + by, 0);
      const first = samples.slice(0, cut);
      const rest = samples.slice(cut);
      expect(sum(samples, 0)).toBe(counted);
      expect(sum(first, 0) + sum(rest, first.at(-1)?.[1] ?? 0)).toBe(counted);
    }),
  );
});
