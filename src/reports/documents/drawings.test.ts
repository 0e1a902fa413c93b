import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKET_LOOKS as DASHBOARD } from '../../../web/src/buckets/buckets.ts';
import { axisFor, shortMoney } from './axis.ts';
import { drawBuckets } from './bucket-chart.ts';
import { BUCKET_LOOKS, type Pattern } from './bucket-looks.ts';
import type { Mark, Point } from './drawing.ts';
import { filledArea } from './fill-pattern.ts';
import { createMeasure } from './fonts.ts';
import { marksSvg } from './marks-svg.ts';
import { drawSpend } from './spend-chart.ts';
import { wrapText } from './wrap-text.ts';

it('has the colours and patterns of the dashboard, in its order', () => {
  const looks = DASHBOARD.map(({ bucket, color, pattern }) => ({ bucket, color: color.light, pattern }));
  expect(BUCKET_LOOKS.map(({ bucket, color, pattern }) => ({ bucket, color, pattern }))).toEqual(looks);
});

describe('a pattern', () => {
  it('never leaves its area', () => {
    const size = fc.double({ min: 0, max: 300, noNaN: true });
    const patterns = fc.constantFrom<Pattern>(
      'solid',
      'dots',
      'diagonal',
      'cross-hatch',
      'vertical',
      'outline',
    );
    fc.assert(
      fc.property(size, size, patterns, (width, height, pattern) => {
        const points = filledArea({ x: 10, y: 20, width, height }, '#000', pattern).flatMap(corners);
        for (const [x, y] of points) {
          expect(x).toBeGreaterThanOrEqual(10 - 1e-6);
          expect(x).toBeLessThanOrEqual(10 + width + 1e-6);
          expect(y).toBeGreaterThanOrEqual(20 - 1e-6);
          expect(y).toBeLessThanOrEqual(20 + height + 1e-6);
        }
      }),
    );
  });
});

function corners(mark: Mark): readonly Point[] {
  if (mark.kind === 'path') return mark.lines.flat();
  if (mark.kind === 'dots') {
    const { radius } = mark;
    return mark.points.flatMap(([x, y]): Point[] => [
      [x - radius, y - radius],
      [x + radius, y + radius],
    ]);
  }
  if (mark.kind === 'text') return [[mark.x, mark.y]];
  return [
    [mark.x, mark.y],
    [mark.x + mark.width, mark.y + mark.height],
  ];
}

describe('an axis', () => {
  it.each([
    [460_000, 600_000, [0, 200_000, 400_000, 600_000]],
    [100, 100, [0, 25, 50, 75, 100]],
    [0.07, 0.08, [0, 0.02, 0.04, 0.06, 0.08]],
    [0, 1, [0]],
    [Number.NaN, 1, [0]],
  ])('for %d ends at %d', (largest, top, ticks) => {
    const axis = axisFor(largest);
    expect(axis.top).toBeCloseTo(top, 9);
    expect(axis.ticks).toHaveLength(ticks.length);
    for (const [index, tick] of ticks.entries()) expect(axis.ticks[index]).toBeCloseTo(tick, 9);
  });

  it.each([
    [0, '$0'],
    [0.4, '$0.40'],
    [830, '$830'],
    [999.6, '$1k'],
    [2_500, '$2.5k'],
    [419_649, '$420k'],
    [999_600, '$1M'],
    [1_234_567, '$1.23M'],
    [-5_000, '−$5k'],
  ])('writes %d as %s', (amount, text) => {
    expect(shortMoney(amount, '$')).toBe(text);
  });
});

describe('a chart', () => {
  const bars = (spent: number | null) => [{ label: 'Oct', spent, isPartial: false, forecast: null }];
  it.each([0, null, 1e12, 1e-6, -50])('of %s stays in its frame', (spent) => {
    const { marks } = drawSpend({
      bars: bars(spent),
      limit: null,
      currencySign: '$',
      width: 250,
      height: 150,
    });
    for (const [x, y] of marks.flatMap(corners)) {
      expect(x >= 0 && x <= 250 && y >= 0 && y <= 150).toBe(true);
    }
  });

  it('draws no bar for what nobody knows', () => {
    const rects = (spent: number | null) =>
      drawSpend({ bars: bars(spent), limit: null, currencySign: '$', width: 250, height: 150 }).marks.filter(
        ({ kind }) => kind === 'rect',
      ).length;
    expect(rects(5)).toBe(rects(null) + 1);
  });

  it('stacks six buckets to the height of their sum', () => {
    const values = { productive: 40, underused: 20, idle: 10, lost: 10, unallocated: 10, unobserved: 10 };
    const { marks } = drawBuckets({
      columns: [{ label: 'Oct', values, isPartial: false }],
      currencySign: '$',
      width: 250,
      height: 150,
    });
    const column = marks.filter((mark) => mark.kind === 'rect' && mark.width > 20);
    // An outline is drawn inside of its area.
    const tall = column.reduce(
      (sum, mark) => sum + (mark.kind === 'rect' ? mark.height + (mark.stroke?.width ?? 0) : 0),
      0,
    );
    expect(column).toHaveLength(6);
    // 100 is the top of the axis: the column is as tall as the area between the title and the names.
    expect(tall).toBeCloseTo(150 - 14 - 14 - 22, 6);
  });
});

describe('texts', () => {
  const measure = createMeasure();
  it('are as wide as the typeface makes them', () => {
    expect(measure('', 10)).toBe(0);
    expect(measure('AA', 10)).toBeCloseTo(2 * measure('A', 10), 9);
    expect(measure('mmm', 8, 'semibold')).toBeGreaterThan(measure('mmm', 8));
    expect(measure('iii', 8)).toBeLessThan(measure('mmm', 8) / 2);
  });

  it('are wrapped, and none of them gets lost', () => {
    const words = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom(...'abmW-$9') }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(words, fc.double({ min: 20, max: 200, noNaN: true }), (list, width) => {
        const lines = wrapText(list.join(' '), width, 8, measure);
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''));
        for (const line of lines) expect(measure(line, 8)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

it('gives each text of a picture the length that it was laid out with, whatever the typeface', () => {
  const measure = createMeasure();
  const text = 'GPU and ML spend';
  const svg = marksSvg([{ kind: 'text', x: 0, y: 9, text, size: 20, weight: 'semibold' }], measure);
  const length = Number(/textLength="([\d.]+)"/.exec(svg)?.[1]);
  expect(length).toBeCloseTo(measure(text, 20, 'semibold'), 1);
  expect(svg).toContain('lengthAdjust="spacingAndGlyphs"');
});
