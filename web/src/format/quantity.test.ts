import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import {
  countOf,
  formatAge,
  formatChangePercent,
  formatCount,
  formatGpuHours,
  formatPercent,
  hoursText,
} from './quantity.ts';

test.each([
  [119_040.4, '119,040'],
  [96.54, '96.5'],
  [0.01, '<0.1'],
  [0, '0'],
  [-0, '0'],
  [null, '–'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('%s hours are %s', (hours, expected) => expect(hoursText(hours)).toBe(expected));

test('the unit stays with its number', () => expect(formatGpuHours(1536)).toBe('1,536\u00a0GPU-h'));

test.each([
  [0.53, 0, '53\u00a0%'],
  [0.982, 1, '98.2\u00a0%'],
  [0, 0, '0\u00a0%'],
  [1, 0, '100\u00a0%'],
  [0.001, 0, '<1\u00a0%'],
  [0.9999, 0, '>99\u00a0%'],
  [0.99999, 1, '>99.9\u00a0%'],
  [null, 0, '–'],
  [Number.NaN, 0, '–'],
])('a share of %s to %i decimals is %s', (fraction, decimals, expected) => {
  expect(formatPercent(fraction, decimals)).toBe(expected);
});

test.each([
  [0.0721, '+7.2\u00a0%'],
  [-0.004, '−0.4\u00a0%'],
  [0.0001, '0.0\u00a0%'],
  [-0.0001, '0.0\u00a0%'],
  [null, '–'],
])('a change of %s is %s', (fraction, expected) => expect(formatChangePercent(fraction)).toBe(expected));

test.each([
  [10, 'under 1\u00a0min'],
  [2_700, '45\u00a0min'],
  [10_800, '3\u00a0h'],
  [172_800, '2\u00a0d'],
  [-5, 'under 1\u00a0min'],
  [null, '–'],
])('%s seconds ago is %s', (seconds, expected) => expect(formatAge(seconds)).toBe(expected));

test('counts agree with their nouns', () => {
  expect(countOf(1, 'row')).toBe('1 row');
  expect(countOf(1_204, 'row')).toBe('1,204 rows');
  expect(formatCount(Number.NaN)).toBe('–');
});

it('never prints NaN, Infinity or a negative zero', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      for (const text of [
        hoursText(value),
        formatPercent(value),
        formatChangePercent(value),
        formatAge(value),
      ]) {
        expect(text).not.toMatch(/NaN|Infinity|∞|[-−]0(\.0)?(?![.\d])/);
      }
    }),
  );
});
