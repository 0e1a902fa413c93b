import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { explainDecimal, type NumberStyle, toPlainDecimal } from './bill-decimal.ts';

describe('toPlainDecimal', () => {
  test.each<{ style: NumberStyle; text: string; expected: string | undefined }>([
    { style: 'plain', text: '12.5', expected: '12.5' },
    { style: 'plain', text: '-.5', expected: '-.5' },
    { style: 'plain', text: '5.64902E-05', expected: '5.64902E-05' },
    { style: 'plain', text: '12,5', expected: undefined },
    { style: 'plain', text: '1,234.50', expected: undefined },
    { style: 'plain', text: '$5', expected: undefined },
    { style: 'plain', text: '.', expected: undefined },
    { style: 'plain', text: 'NaN', expected: undefined },
    { style: 'us-currency', text: '$10,000.00', expected: '10000.00' },
    { style: 'us-currency', text: '$100.00', expected: '100.00' },
    { style: 'us-currency', text: '-$1,234,567.8', expected: '-1234567.8' },
    { style: 'us-currency', text: '$-3', expected: '-3' },
    { style: 'us-currency', text: '($3.25)', expected: '-3.25' },
    { style: 'us-currency', text: '0.00', expected: '0.00' },
    { style: 'us-currency', text: '5.6E-05', expected: '5.6E-05' },
    { style: 'us-currency', text: '12,5', expected: undefined },
    { style: 'us-currency', text: '€5', expected: undefined },
    { style: 'us-currency', text: '$', expected: undefined },
    { style: 'decimal-comma', text: '1.234,50', expected: '1234.50' },
    { style: 'decimal-comma', text: '-12,5', expected: '-12.5' },
    { style: 'decimal-comma', text: '1234', expected: '1234' },
    { style: 'decimal-comma', text: '12.5', expected: undefined },
  ])('$style: $text', ({ style, text, expected }) => {
    expect(toPlainDecimal(text, style)).toBe(expected);
  });

  it('reads back what is written in dollars, to the cent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(99), (dollars, cents) => {
        const magnitude = dollars < 0n ? -dollars : dollars;
        const grouped = magnitude.toString().replace(/\B(?=(\d{3})+$)/g, ',');
        const decimals = String(cents).padStart(2, '0');
        const sign = dollars < 0n ? '-' : '';
        expect(toPlainDecimal(`${sign}$${grouped}.${decimals}`, 'us-currency')).toBe(
          `${sign}${magnitude}.${decimals}`,
        );
      }),
    );
  });
});

test.each([
  { text: '12,5', names: 'decimal comma', remedy: 'numbers=decimal-comma' },
  { text: '1.234,50', names: 'decimal comma', remedy: 'numbers=decimal-comma' },
  { text: '$10,000.00', names: 'currency sign or a thousands separator', remedy: 'numbers=us-currency' },
  { text: '1,234', names: 'currency sign or a thousands separator', remedy: 'numbers=us-currency' },
  { text: 'n/a', names: 'is not a decimal', remedy: 'Correct the cell' },
])('names what is wrong with $text', ({ text, names, remedy }) => {
  expect(explainDecimal(text)).toContain(names);
  expect(explainDecimal(text)).toContain(remedy);
});
