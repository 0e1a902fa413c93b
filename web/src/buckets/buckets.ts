import type { BucketHours } from '../../../src/app/results/results.ts';

export type Bucket = Exclude<keyof BucketHours, 'gross'>;
export type Scheme = 'light' | 'dark';
export type Pattern = 'solid' | 'dots' | 'diagonal' | 'cross-hatch' | 'vertical' | 'outline';

export type BucketLook = Readonly<{
  bucket: Bucket;
  meaning: string;
  color: Readonly<Record<Scheme, string>>;
  pattern: Pattern;
}>;

/**
 * Order, colours and patterns, the same on every screen: useful at the foot of a stack, unknown at its top. Each colour keeps a
 * contrast of 3 with its background (WCAG 1.4.11), and any two stay apart under the three usual colour deficiencies; the
 * pattern says the same without colour. Text never takes these colours.
 */
export const BUCKET_LOOKS: readonly BucketLook[] = [
  {
    bucket: 'productive',
    meaning: 'the rest: net',
    color: { light: '#069DBA', dark: '#13CFF4' },
    pattern: 'solid',
  },
  {
    bucket: 'underused',
    meaning: 'a kernel runs, most of the chip is empty',
    color: { light: '#B08F19', dark: '#F0C70F' },
    pattern: 'dots',
  },
  {
    bucket: 'idle',
    meaning: 'held, no kernel running',
    color: { light: '#9C502F', dark: '#995A30' },
    pattern: 'diagonal',
  },
  {
    bucket: 'lost',
    meaning: 'worked, and the work was thrown away',
    color: { light: '#4D081C', dark: '#D73189' },
    pattern: 'cross-hatch',
  },
  {
    bucket: 'unallocated',
    meaning: 'observed, held by nobody',
    color: { light: '#041C55', dark: '#0661ED' },
    pattern: 'vertical',
  },
  {
    bucket: 'unobserved',
    meaning: 'paid, and nothing says what it did',
    color: { light: '#696969', dark: '#ECFBED' },
    pattern: 'outline',
  },
];

export const BUCKETS: readonly Bucket[] = BUCKET_LOOKS.map((look) => look.bucket);

/** Buckets in the order of the weighing, as the funnel loses them; `productive` is what remains. */
export const LOSSES: readonly Bucket[] = ['unobserved', 'unallocated', 'idle', 'underused', 'lost'];

export function isBucket(text: string): text is Bucket {
  return BUCKETS.some((bucket) => bucket === text);
}
