/**
 * The six buckets, in the order of the weighing: every paid GPU-second is in exactly one.
 * See docs/methodology.md, "The weighing".
 */
export const BUCKETS = ['unobserved', 'unallocated', 'idle', 'underused', 'lost', 'productive'] as const;

export type Bucket = (typeof BUCKETS)[number];

/** One value per bucket; `gross` is always their sum and therefore never stored. */
export type PerBucket<T> = Readonly<Record<Bucket, T>>;

export const BUCKET_MEANINGS: PerBucket<string> = {
  unobserved: 'paid, and nothing says what it did',
  unallocated: 'observed, held by nobody',
  idle: 'held, no kernel running',
  underused: 'a kernel runs, most of the chip is empty',
  lost: 'worked, and the work was thrown away',
  productive: 'the rest: net',
};

export function grossOf(values: PerBucket<bigint>): bigint {
  return BUCKETS.reduce((sum, bucket) => sum + values[bucket], 0n);
}

/** What was paid for and did no useful work: `gross − net`. */
export function tareOf(values: PerBucket<bigint>): bigint {
  return grossOf(values) - values.productive;
}
