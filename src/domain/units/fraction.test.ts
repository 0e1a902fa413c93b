import { expect, test } from 'vitest';
import { fractionOf } from './fraction.ts';

test.each([
  { count: 8, expected: { numerator: 8n, denominator: 1n } },
  { count: 0.125, expected: { numerator: 1n, denominator: 8n } },
  { count: 1 / 6, expected: { numerator: 1n, denominator: 6n } },
  { count: 1 / 3, expected: { numerator: 1n, denominator: 3n } },
  { count: 1.5, expected: { numerator: 3n, denominator: 2n } },
  { count: 0, expected: undefined },
  { count: -1, expected: undefined },
  { count: Number.NaN, expected: undefined },
  { count: Number.POSITIVE_INFINITY, expected: undefined },
  { count: 0.1234567, expected: undefined },
])('$count GPUs', ({ count, expected }) => {
  expect(fractionOf(count)).toEqual(expected);
});
