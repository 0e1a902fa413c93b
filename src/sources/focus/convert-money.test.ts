import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../../domain/money/picos.ts';
import { convertMoney, parseRate } from './convert-money.ts';

test.each([
  { amount: 10n * PICOS_PER_UNIT, rate: '1.08', expected: 10_800_000_000_000n },
  { amount: 1n, rate: '0.5', expected: 0n },
  { amount: 3n, rate: '0.5', expected: 2n },
  { amount: -3n, rate: '0.5', expected: -2n },
  { amount: 7n, rate: '1', expected: 7n },
])('$amount × $rate', ({ amount, rate, expected }) => {
  expect(convertMoney(amount, parseRate(rate)!)).toBe(expected);
});

test.each(['0', '-1', '1,08', '', 'EUR', '1.0000000000001'])('%o is no rate', (text) => {
  expect(parseRate(text)).toBeUndefined();
});

it('is within half a pico of the exact product', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 16n), (amount, rate) => {
      const twiceOff = 2n * (convertMoney(amount, rate) * PICOS_PER_UNIT - amount * rate);
      expect(twiceOff <= PICOS_PER_UNIT && twiceOff >= -PICOS_PER_UNIT).toBe(true);
    }),
  );
});
