import { MODEL_LEVERS } from '../domain/levers/model-levers.ts';
import type { TraceColumn } from './trace-columns.ts';

/** Columns of what was measured of changes to models. */
export const EVIDENCE_COLUMNS: readonly TraceColumn[] = [
  { name: 'lever', isRequired: true, meaning: MODEL_LEVERS.join(', ') },
  { name: 'endpoint', isRequired: true, meaning: 'as the ledger names it' },
  {
    name: 'share',
    isRequired: false,
    meaning: 'of the requests, or of their work, 0 to 1: routed, repeated (default: 1)',
  },
  {
    name: 'throughputRatio',
    isRequired: false,
    meaning: 'requests or tokens per second with the change ÷ without it, at the same latency',
  },
  {
    name: 'costFactor',
    isRequired: false,
    meaning: 'cost of one request with the change ÷ without it; 0 for a cache. One of the two is needed',
  },
  { name: 'qualityBefore', isRequired: false, meaning: 'mean score without the change, higher being better' },
  { name: 'qualityAfter', isRequired: false, meaning: 'mean score with it' },
  {
    name: 'tolerance',
    isRequired: false,
    meaning: 'share of the quality that may be lost, 0 to 1 (default: 0)',
  },
  {
    name: 'keepsAnswers',
    isRequired: false,
    meaning: 'yes where the answers stay the same, as with a cache of prefixes (default: no)',
  },
  { name: 'source', isRequired: false, meaning: 'where it was measured' },
];
