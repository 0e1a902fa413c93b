import type { Pattern, Scheme } from '../buckets/buckets.ts';

/** In the order of the series; the library gives each the pattern at its place. */
export function decals(looks: readonly Readonly<{ pattern: Pattern }>[], scheme: Scheme): readonly object[] {
  const color = scheme === 'light' ? 'rgba(255, 255, 255, 0.6)' : 'rgba(16, 17, 19, 0.55)';
  return looks.map(({ pattern }) => ({ color, ...PATTERNS[pattern] }));
}

const NONE = { symbol: 'none' };
const PATTERNS: Readonly<Record<Pattern, object>> = {
  solid: NONE,
  outline: NONE,
  dots: {
    symbol: 'circle',
    symbolSize: 0.95,
    dashArrayX: [
      [0, 5],
      [2.5, 2.5],
    ],
    dashArrayY: [5, 0],
  },
  diagonal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
  'cross-hatch': {
    symbol: 'rect',
    symbolSize: 1,
    dashArrayX: [
      [6, 0],
      [1.5, 4.5],
    ],
    dashArrayY: [1.5, 4.5],
    rotation: Math.PI / 4,
  },
  vertical: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1.5, 4], rotation: Math.PI / 2 },
};
