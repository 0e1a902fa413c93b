import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Histogram } from '../facts/facts.ts';
import { countOf, countUpTo, mergeSpans, quantileOf, type Spans, spanOfMicros, spansOf } from './spans.ts';

const BOUNDS = [
  [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10],
  [0.1, 0.4, 1, 3, 9],
] as const;

const anyValues = fc.array(fc.double({ min: 0.001, max: 12, noNaN: true }), { minLength: 1, maxLength: 60 });
const anyHistogram = fc
  .tuple(anyValues, fc.constantFrom(...BOUNDS))
  .map(([values, bounds]) => ({ values, histogram: histogramOf(values, bounds) }));

describe('merging', () => {
  it('does not depend on what is merged first', () => {
    fc.assert(
      fc.property(anyHistogram, anyHistogram, anyHistogram, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(({ histogram }) => spansOf(histogram)) as [Spans, Spans, Spans];
        expect(mergeSpans(mergeSpans(x, y), z)).toEqual(mergeSpans(x, mergeSpans(y, z)));
        expect(mergeSpans(x, y)).toEqual(mergeSpans(y, x));
        expect(mergeSpans(x, [])).toEqual(mergeSpans(x));
      }),
    );
  });

  it('over equal bounds is the histogram of all values', () => {
    fc.assert(
      fc.property(anyValues, anyValues, (a, b) => {
        const merged = mergeSpans(spansOf(histogramOf(a, BOUNDS[0])), spansOf(histogramOf(b, BOUNDS[0])));
        expect(merged).toEqual(mergeSpans(spansOf(histogramOf([...a, ...b], BOUNDS[0]))));
      }),
    );
  });
});

it('never states a bound that the exact quantile breaks, whatever bounds were merged', () => {
  fc.assert(
    fc.property(
      fc.array(anyHistogram, { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (parts, fraction) => {
        const sorted = parts.flatMap(({ values }) => values).sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(fraction * sorted.length)) - 1]!;
        const found = quantileOf(mergeSpans(...parts.map(({ histogram }) => spansOf(histogram))), fraction)!;
        expect(found.low).toBeLessThanOrEqual(exact);
        expect(found.high).toBeGreaterThanOrEqual(exact);
        expect(found.estimate).toBeGreaterThanOrEqual(found.low);
        expect(found.estimate).toBeLessThanOrEqual(found.high);
      },
    ),
  );
});

it('counts what lies within a limit between what is certain and what is possible', () => {
  fc.assert(
    fc.property(anyHistogram, fc.double({ min: 0, max: 12, noNaN: true }), ({ values, histogram }, limit) => {
      const exact = values.filter((value) => value <= limit).length;
      const { least, most, expected } = countUpTo(spansOf(histogram), limit);
      expect(least).toBeLessThanOrEqual(exact);
      expect(most).toBeGreaterThanOrEqual(exact);
      expect(expected).toBeGreaterThanOrEqual(least);
      expect(expected).toBeLessThanOrEqual(most);
    }),
  );
});

it('keeps whole microseconds to a hundredth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (micros) => {
      const { low, high } = spanOfMicros(micros);
      expect(low).toBeLessThanOrEqual(micros);
      expect(high).toBeGreaterThanOrEqual(micros);
      expect(high - low).toBeLessThan(Math.max(1, low / 100));
    }),
  );
});

test.each([
  { fraction: 0.5, expected: { estimate: 1.5, low: 1, high: 2 } },
  { fraction: 0.9, expected: { estimate: 4, low: 4, high: Number.POSITIVE_INFINITY } },
])('the quantile $fraction of a small histogram', ({ fraction, expected }) => {
  const histogram = { upperBounds: [1, 2, 4], counts: [2, 4, 0, 2], sum: 20 };
  expect(quantileOf(spansOf(histogram), fraction)).toEqual(expected);
  expect(countOf(spansOf(histogram))).toBe(8);
});

it('knows nothing of no values', () => {
  expect(quantileOf([], 0.5)).toBeNull();
  expect(quantileOf(spansOf({ upperBounds: [1], counts: [0, 0], sum: 0 }), 0.5)).toBeNull();
});

function histogramOf(values: readonly number[], bounds: readonly number[]): Histogram {
  const counts = [...bounds, Number.POSITIVE_INFINITY].map(
    (bound, index) =>
      values.filter((value) => value <= bound && (index === 0 || value > bounds[index - 1]!)).length,
  );
  return { upperBounds: bounds, counts, sum: values.reduce((sum, value) => sum + value, 0) };
}
