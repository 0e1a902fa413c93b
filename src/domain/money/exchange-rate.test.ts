import { expect, test } from 'vitest';
import { exchangeRate } from './exchange-rate.ts';

test.each([
  { from: 'USD', rates: {}, expected: 1_000_000_000_000n },
  { from: 'EUR', rates: { EUR: '1.08' }, expected: 1_080_000_000_000n },
  { from: 'EUR', rates: {}, expected: undefined },
  { from: 'EUR', rates: { EUR: 'one' }, expected: undefined },
  { from: 'EUR', rates: { EUR: '0' }, expected: undefined },
])('one $from in USD with the stated rates $rates', ({ from, rates, expected }) => {
  expect(exchangeRate(from, 'USD', rates as Record<string, string>)).toBe(expected);
});
