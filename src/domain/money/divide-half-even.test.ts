import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { divideHalfEven } from './divide-half-even.ts';

test.each([
  { numerator: 10n, denominator: 4n, expected: 2n, why: '2.5 goes to the even 2' },
  { numerator: 14n, denominator: 4n, expected: 4n, why: '3.5 goes to the even 4' },
  { numerator: 11n, denominator: 4n, expected: 3n, why: '2.75 is nearer to 3' },
  { numerator: 9n, denominator: 4n, expected: 2n, why: '2.25 is nearer to 2' },
  { numerator: -10n, denominator: 4n, expected: -2n, why: 'the sign changes nothing' },
  { numerator: 0n, denominator: 7n, expected: 0n, why: 'nothing is nothing' },
])('$numerator ÷ $denominator = $expected: $why', ({ numerator, denominator, expected }) => {
  expect(divideHalfEven(numerator, denominator)).toBe(expected);
});

it('is never more than half a unit off', () => {
  const cases = fc.tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 12n));
  fc.assert(
    fc.property(cases, ([numerator, denominator]) => {
      const rest = numerator - divideHalfEven(numerator, denominator) * denominator;
      expect(2n * (rest < 0n ? -rest : rest) <= denominator).toBe(true);
    }),
  );
});
