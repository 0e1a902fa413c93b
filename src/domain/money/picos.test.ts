import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { apportion } from './apportion.ts';
import { formatPicos, parsePicos, roundPicos } from './picos.ts';

describe('a decimal text', () => {
  test.each([
    ['12.5', 12_500_000_000_000n, false],
    ['-0.000000000001', -1n, false],
    ['.5', 500_000_000_000n, false],
    ['5.', 5_000_000_000_000n, false],
    ['5.64902E-05', 56_490_200n, false],
    ['1e3', 1_000_000_000_000_000n, false],
    ['+7', 7_000_000_000_000n, false],
    ['8.5450077867419368', 8_545_007_786_742n, true],
    ['0.0000000000005', 0n, true],
    ['0.0000000000015', 2n, true],
    ['-0.0000000000015', -2n, true],
    ['0.00000000000051', 1n, true],
  ])('%s is %d picos', (text, picos, isRounded) => {
    expect(parsePicos(text)).toEqual({ picos, isRounded });
  });

  test.each([
    '',
    ' ',
    '.',
    '12,5',
    '1,000.00',
    '$3',
    '0x10',
    'NaN',
    'Infinity',
    '1e',
    '1e9999',
    '1 000',
    '--1',
  ])('%j is none', (text) => {
    expect(parsePicos(text)).toBeUndefined();
  });

  it('comes back as it was: printing and reading lose nothing', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (picos) => {
        expect(parsePicos(formatPicos(picos))).toEqual({ picos, isRounded: false });
      }),
    );
  });
});

test.each([
  [4_000_000_000_000n, '4.00'],
  [-1n, '-0.000000000001'],
  [0n, '0.00'],
  [11_153_676_990_360n, '11.15367699036'],
])('%d picos print as %s', (picos, text) => {
  expect(formatPicos(picos)).toBe(text);
});

test.each([
  [1_005_000_000_000n, 2, '1.00'],
  [1_015_000_000_000n, 2, '1.02'],
  [-1_015_000_000_000n, 2, '-1.02'],
  [1_005_000_000_001n, 2, '1.01'],
  [999_999_999_999n, 0, '1.00'],
])('%d picos to %d places are %s', (picos, places, text) => {
  expect(formatPicos(roundPicos(picos, places))).toBe(text);
});

describe('apportioning', () => {
  test.each([
    { whole: 100n, weights: [1n, 3n], expected: [25n, 75n] },
    { whole: 10n, weights: [1n, 1n, 1n], expected: [3n, 3n, 4n] },
    { whole: -10n, weights: [1n, 1n, 1n], expected: [-3n, -3n, -4n] },
    { whole: 7n, weights: [2n, 0n], expected: [7n, 0n] },
    { whole: 7n, weights: [0n, 0n], expected: [0n, 0n] },
    { whole: 7n, weights: [], expected: [] },
  ])('$whole over $weights is $expected', ({ whole, weights, expected }) => {
    expect(apportion(whole, weights)).toEqual(expected);
  });

  it('loses and invents nothing, and is nowhere off by a whole unit', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), weights, (whole, shares) => {
        const total = shares.reduce((sum, share) => sum + share, 0n);
        fc.pre(total > 0n);
        const parts = apportion(whole, shares);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(whole);
        for (const [index, part] of parts.entries()) {
          const distance = part * total - whole * shares[index]!;
          expect(distance < total && distance > -total).toBe(true);
        }
      }),
    );
  });
});
