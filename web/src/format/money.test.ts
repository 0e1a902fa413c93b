import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { exactMoney, formatChange, formatDifference, formatMoney } from './money.ts';

test.each([
  ['412380.004', 'USD', 0, '$412,380'],
  ['412380.004', 'USD', 2, '$412,380.00'],
  ['-3.455', 'USD', 2, '−$3.46'],
  ['-0.001', 'USD', 2, '$0.00'],
  ['0.00', 'EUR', 2, '€0.00'],
  ['1234.5', 'JPY', 0, '¥1,234'],
  ['90071992547409931.25', 'USD', 2, '$90,071,992,547,409,931.25'],
  ['12.5', 'points', 2, '12.50'],
  ['12.5', '', 2, '12.50'],
  ['NaN', 'USD', 2, '–'],
])('%s %s to %i decimals is %s', (text, currency, decimals, expected) => {
  expect(formatMoney(text, currency, decimals)).toBe(expected);
});

test('what is missing is unknown, never zero', () => {
  expect(formatMoney(null, 'USD', 2)).toBe('–');
  expect(exactMoney(null, 'USD')).toBe('unknown');
});

test.each([
  [30_911_000_000_000_000n, '+$30,911'],
  [-120_000_000_000_000n, '−$120'],
  [0n, '±$0'],
  [1n, '±$0'],
])('a change of %s picos is %s', (picos, expected) => expect(formatChange(picos, 'USD', 0)).toBe(expected));

test.each([
  [0n, '$0.00'],
  [1n, '<$0.01'],
  [-1n, '−<$0.01'],
  [-1_250_000_000_000n, '−$1.25'],
  [null, '–'],
])('a difference of %s picos is %s', (picos, expected) =>
  expect(formatDifference(picos, 'USD')).toBe(expected),
);

test('the exact value keeps every digit', () => {
  expect(exactMoney('0.000000000001', 'USD')).toBe('0.000000000001 USD');
  expect(exactMoney('5', 'USD')).toBe('5.00 USD');
});

it('never prints NaN, Infinity or a negative zero', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.constantFrom(0, 2), (picos, decimals) => {
      const text = formatMoney(picos, 'USD', decimals);
      expect(text).toMatch(/^−?\$[\d,]+(\.\d\d)?$/);
      expect(text).not.toMatch(/^−\$0(\.00)?$/);
    }),
  );
});
