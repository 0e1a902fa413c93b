import type { Pattern, Scheme } from '../buckets/buckets.ts';

/** Bars over a row of points, as the chart draws them and the table prints them. */
export type BarsView = Readonly<{
  /** Heading of the first column of the table: `Day`. */
  pointTitle: string;
  points: readonly BarPoint[];
  /** The first one stands at the foot of a stack. */
  series: readonly BarSeries[];
  isStacked: boolean;
  /** What the axis counts: `GPU-hours`, `$`. */
  unit: string;
  /** Of the axis, where it is money. */
  currency: string | null;
  /** Over the figures when no point is chosen. */
  wholeTitle: string;
  /** What a person who does not see the bars is told. */
  summary: string;
}>;

export type BarPoint = Readonly<{ name: string; label: string }>;

export type BarSeries = Readonly<{
  key: string;
  name: string;
  color: Readonly<Record<Scheme, string>>;
  pattern: Pattern;
  /** For the height of the bar only; `null` draws none. */
  heights: readonly (number | null)[];
  /** As printed, one for each point. */
  texts: readonly string[];
  /** Of all points; empty where they do not add up. */
  whole: string;
}>;
