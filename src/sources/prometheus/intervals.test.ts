import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { complement, type Intervals, intersect, overlaps, subtract, unite } from './intervals.ts';
import { coveredBy, usualInterval } from './sample-interval.ts';

const intervals = (...pairs: readonly (readonly [number, number])[]): Intervals =>
  pairs.map(([fromMs, toMs]) => ({ fromMs, toMs }));

describe('intervals', () => {
  it('joins what overlaps or touches, and drops what is empty', () => {
    expect(unite(intervals([5, 7], [1, 3], [3, 4], [6, 9], [4, 4]))).toEqual(intervals([1, 4], [5, 9]));
    expect(overlaps(intervals([1, 3]), intervals([3, 4]))).toBe(false);
  });

  it('agrees with the same over single instants', () => {
    const instant = fc.integer({ min: 0, max: 30 });
    const any = fc.array(fc.tuple(instant, instant)).map((pairs) => unite(intervals(...pairs)));
    const has = (of: Intervals, at: number) => of.some(({ fromMs, toMs }) => fromMs <= at && at < toMs);
    fc.assert(
      fc.property(any, any, instant, (left, right, at) => {
        expect(has(intersect(left, right), at)).toBe(has(left, at) && has(right, at));
        expect(has(subtract(left, right), at)).toBe(has(left, at) && !has(right, at));
        expect(has(unite([...left, ...right]), at)).toBe(has(left, at) || has(right, at));
        expect(has(complement(left), at)).toBe(!has(left, at));
      }),
    );
  });
});

describe('usualInterval', () => {
  test.each([
    { slots: [0, 60, 120, 180, 240, 300, 360], expected: 60 },
    { slots: [0, 60, 120, 240, 300, 360, 420], expected: 60 },
    { slots: [0, 60, 120, 180, 7380, 7440, 7500], expected: 60 },
    { slots: [0, 60, 180, 240, 360, 420, 540], expected: 120 },
    { slots: [0, 300, 600, 900, 1200, 1500, 1800], expected: 300 },
    { slots: [0, 120, 240, 360], expected: undefined },
  ])('of $slots is $expected', ({ slots, expected }) => {
    expect(usualInterval(slots)).toBe(expected);
  });
});

describe('coveredBy', () => {
  test.each([
    { slots: [0, 60, 120], expected: intervals([0, 180]) },
    { slots: [0, 120, 180], expected: intervals([0, 240]) },
    { slots: [0, 180], expected: intervals([0, 60], [180, 240]) },
    { slots: [], expected: [] },
  ])('$slots cover $expected', ({ slots, expected }) => {
    expect(coveredBy(slots, 60)).toEqual(expected);
  });
});
