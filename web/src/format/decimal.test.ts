import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  exactText,
  fractionOf,
  parseDecimal,
  roundToUnits,
  sumDecimals,
  toNumber,
  unitsText,
} from './decimal.ts';

describe('reading decimals', () => {
  test.each([
    ['412380.00', 412_380_000_000_000_000n],
    ['-0.000000000001', -1n],
    ['7', 7_000_000_000_000n],
  ])('%s', (text, picos) => expect(parseDecimal(text)).toBe(picos));

  test.each(['', 'NaN', '1e5', '1,000.00', '$5', '.5', '1.', ' 1', '0.0000000000001', null, undefined])(
    'what is no decimal is unknown: %j',
    (text) => expect(parseDecimal(text)).toBeNull(),
  );

  it('prints what it read', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), (picos) => parseDecimal(exactText(picos)) === picos),
    );
  });
});

test('one unreadable part makes a sum unknown', () => {
  expect(sumDecimals(['0.10', '0.20'])).toBe(300_000_000_000n);
  expect(sumDecimals(['0.10', ''])).toBeNull();
});

test.each([
  ['0.005', 2, '0.00'],
  ['0.015', 2, '0.02'],
  ['0.025', 2, '0.02'],
  ['-0.015', 2, '-0.02'],
  ['2.5', 0, '2'],
  ['3.5', 0, '4'],
  ['-0.004', 2, '0.00'],
  ['123456789012345678.90', 2, '123456789012345678.90'],
])('%s rounded half to even to %i decimals is %s', (text, decimals, expected) => {
  expect(unitsText(roundToUnits(parseDecimal(text)!, decimals), decimals)).toBe(expected);
});

test('a share of nothing is unknown', () => {
  expect(fractionOf(5n, 0n)).toBeNull();
  expect(fractionOf(53n, 100n)).toBe(0.53);
  expect(toNumber(2_500_000_000_000n)).toBe(2.5);
});
