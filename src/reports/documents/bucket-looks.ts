import type { Bucket } from '../../domain/ledger/buckets.ts';

export type Pattern = 'solid' | 'dots' | 'diagonal' | 'cross-hatch' | 'vertical' | 'outline';

/** Order, colours and patterns as on the dashboard: useful at the foot of a stack, unknown at its top. A test holds both together. */
export const BUCKET_LOOKS: readonly Readonly<{
  bucket: Bucket;
  color: string;
  pattern: Pattern;
  /** For people who know no GPUs. */
  plain: string;
}>[] = [
  { bucket: 'productive', color: '#069DBA', pattern: 'solid', plain: 'did useful work' },
  { bucket: 'underused', color: '#B08F19', pattern: 'dots', plain: 'ran mostly empty' },
  { bucket: 'idle', color: '#9C502F', pattern: 'diagonal', plain: 'held, did nothing' },
  { bucket: 'lost', color: '#4D081C', pattern: 'cross-hatch', plain: 'work thrown away' },
  { bucket: 'unallocated', color: '#041C55', pattern: 'vertical', plain: 'held by nobody' },
  { bucket: 'unobserved', color: '#696969', pattern: 'outline', plain: 'not observed' },
];
