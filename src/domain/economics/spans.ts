import type { Histogram } from '../facts/facts.ts';

/** So many values lie between two bounds, both included. `high` is Infinity for what lies above the last bound of a histogram. */
export type Span = Readonly<{ low: number; high: number; count: number }>;

/**
 * What is known of many values that are not kept one by one: spans with counts, sorted by their bounds, each pair of bounds once.
 *
 * Histograms with any bounds, and values rounded to a grid, are all of this form. Merging adds up the counts of equal spans and keeps
 * the others side by side, so nothing is lost, whatever was merged first; see `quantileOf` for what the result can tell.
 */
export type Spans = readonly Span[];

/** The spans of a histogram of values that are not negative; empty buckets are left out. Bounds are multiplied by `scale`. */
export function spansOf({ upperBounds, counts }: Histogram, scale = 1): Spans {
  return counts.flatMap((count, index) => {
    if (!(count > 0)) return [];
    const low = index === 0 ? Math.min(0, upperBounds[0] ?? 0) : upperBounds[index - 1]!;
    const high = upperBounds[index] ?? Number.POSITIVE_INFINITY;
    return [{ low: low * scale, high: high * scale, count }];
  });
}

/** All values of all of them. Associative and commutative, and the empty list changes nothing. */
export function mergeSpans(...many: readonly Spans[]): Spans {
  const counts = new Map<string, { low: number; high: number; count: number }>();
  for (const { low, high, count } of many.flat()) {
    const key = `${low} ${high}`;
    const known = counts.get(key);
    if (known) known.count += count;
    else counts.set(key, { low, high, count });
  }
  return [...counts.values()].sort((a, b) => a.low - b.low || a.high - b.high);
}

export function countOf(spans: Spans): number {
  return spans.reduce((sum, { count }) => sum + count, 0);
}

/** A quantile and how far it may be off: the exact one lies between `low` and `high`, both included. */
export type Quantile = Readonly<{ estimate: number; low: number; high: number }>;

/**
 * The value below or at which a fraction of all values lies: that of rank `⌈fraction × n⌉`, and of the first one at least.
 *
 * The exact value of that rank lies between the value of that rank if all lay at their lower bounds and the one if all lay at their
 * upper bounds. With one set of bounds that is the bucket it falls into; with several it is a little more than the wider one. The
 * estimate interpolates within these, and is the lower bound where there is no upper one. `null` without values.
 */
export function quantileOf(spans: Spans, fraction: number): Quantile | null {
  const count = countOf(spans);
  if (count === 0) return null;
  const rank = Math.min(count, Math.max(1, Math.ceil(fraction * count)));
  const low = valueOfRank(spans, rank, (span) => span.low);
  const high = valueOfRank(spans, rank, (span) => span.high);
  if (high === Number.POSITIVE_INFINITY) return { estimate: low, low, high };
  return { estimate: interpolate(spans, rank, low, high), low, high };
}

function valueOfRank(spans: Spans, rank: number, at: (span: Span) => number): number {
  let below = 0;
  for (const span of [...spans].sort((a, b) => at(a) - at(b))) {
    below += span.count;
    if (below >= rank) return at(span);
  }
  return Number.NaN;
}

/** Where the expected number of values reaches the rank, if the values of each span are spread evenly over it. */
function interpolate(spans: Spans, rank: number, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let halving = 0; halving < 60 && from < to; halving++) {
    const middle = from + (to - from) / 2;
    if (middle === from || middle === to) break;
    if (expectedUpTo(spans, middle) >= rank) to = middle;
    else from = middle;
  }
  return to;
}

/** How many values lie at or below a limit: at least and at most for certain, and by even spread within the spans. */
export function countUpTo(
  spans: Spans,
  limit: number,
): Readonly<{ least: number; most: number; expected: number }> {
  const sum = (of: (span: Span) => number) => spans.reduce((total, span) => total + of(span), 0);
  return {
    least: sum(({ high, count }) => (high <= limit ? count : 0)),
    most: sum(({ low, count }) => (low <= limit ? count : 0)),
    expected: expectedUpTo(spans, limit),
  };
}

function expectedUpTo(spans: Spans, limit: number): number {
  return spans.reduce((sum, { low, high, count }) => {
    if (high <= limit) return sum + count;
    // Nobody knows how far beyond the last bound the values reach: none of them counts.
    if (low > limit || high === Number.POSITIVE_INFINITY) return sum;
    return sum + (count * (limit - low)) / (high - low);
  }, 0);
}

/** Whole microseconds as a span of at most a hundredth of themselves: three digits are kept, below a millisecond all. */
export function spanOfMicros(micros: number): Readonly<{ low: number; high: number }> {
  let width = 1;
  while (micros >= width * 1000) width *= 10;
  const low = Math.floor(micros / width) * width;
  return { low, high: low + width - 1 };
}
