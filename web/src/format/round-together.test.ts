import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { parseDecimal, roundToUnits } from './decimal.ts';
import { roundTogether } from './round-together.ts';

test.each([
  { parts: ['0.333', '0.333', '0.334'], units: [33n, 33n, 34n] },
  { parts: ['0.5', '0.5', '0.5'], decimals: 0, units: [1n, 1n, 0n] },
  { parts: ['10.00', '0.00', '-3.25'], units: [1000n, 0n, -325n] },
  { parts: ['0.004', '0.004', '0.004'], units: [1n, 0n, 0n] },
  { parts: ['-0.004', '-0.004', '-0.004'], units: [0n, 0n, -1n] },
  { parts: [], units: [] },
])('$parts', ({ parts, decimals = 2, units }) => {
  expect(roundTogether(parts.map(picos), decimals)).toEqual(units);
});

const anyParts = fc.array(fc.bigInt(-(10n ** 20n), 10n ** 20n), { minLength: 1, maxLength: 12 });
const anyDecimals = fc.constantFrom(0, 2);

it('prints parts that add up to the printed whole, each within one unit of its exact value', () => {
  fc.assert(
    fc.property(anyParts, anyDecimals, (parts, decimals) => {
      const units = roundTogether(parts, decimals);
      const step = 10n ** BigInt(12 - decimals);
      expect(sum(units)).toBe(roundToUnits(sum(parts), decimals));
      parts.forEach((part, index) => {
        const error = units[index]! * step - part;
        expect(error > -step && error < step).toBe(true);
      });
    }),
  );
});

it('leaves alone what needs no rounding', () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      const units = roundTogether([...parts, 0n, 5_000_000_000_000n], 2);
      expect(units.slice(-2)).toEqual([0n, 500n]);
    }),
  );
});

it('meets a whole that was rounded the other way', () => {
  expect(roundTogether([picos('0.5'), picos('1.0')], 0, 1n)).toEqual([0n, 1n]);
  expect(roundTogether([picos('0.5'), picos('1.0')], 0, 2n)).toEqual([1n, 1n]);
});

it('does not hide a whole that disagrees', () => {
  expect(sum(roundTogether([picos('1.5'), picos('1.25')], 0, 9n))).toBe(4n);
});

function picos(text: string): bigint {
  return parseDecimal(text)!;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
