import type { Scheme } from '../buckets/buckets.ts';

export type Ink = Readonly<{ text: string; line: string; back: string; shade: string; accent: string }>;

/** Colours of what a chart draws besides the buckets; the chart library cannot read those of the page. */
export const INK: Readonly<Record<Scheme, Ink>> = {
  light: {
    text: '#56606a',
    line: '#dde1e6',
    back: '#ffffff',
    shade: 'rgba(27, 31, 36, 0.08)',
    accent: '#126a82',
  },
  dark: {
    text: '#a6adb6',
    line: '#34373c',
    back: '#1a1b1e',
    shade: 'rgba(228, 230, 233, 0.1)',
    accent: '#7fc4d6',
  },
};
