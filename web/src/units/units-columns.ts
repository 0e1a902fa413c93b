import type { InferenceFigures } from '../../../src/app/results/inference.ts';
import { preferredScores } from './preferred-scores.ts';

/** How a cell is read: a count, money, the money of a unit, milliseconds, a share, hours, a score. */
export type ColumnKind = 'count' | 'money' | 'unit' | 'ms' | 'percent' | 'number' | 'hours' | 'quality';

export type ColumnLook = Readonly<{
  title: string;
  kind: ColumnKind;
  /** Exact text of money, a number, or nothing that is known. */
  pick: (figures: InferenceFigures) => string | number | null;
}>;

/** In the order in which they stand, and are offered. */
export const COLUMNS = {
  requests: look('Requests', 'count', ({ requests }) => requests),
  errors: look('Errors', 'count', ({ errors }) => errors),
  inputTokens: look('Input tokens', 'count', ({ inputTokens }) => inputTokens),
  outputTokens: look('Output tokens', 'count', ({ outputTokens }) => outputTokens),
  cachedFraction: look('Cached', 'percent', ({ cachedFraction }) => cachedFraction),
  cost: look('Cost', 'money', ({ cost }) => cost),
  allocatedCost: look('Allocated', 'money', ({ allocatedCost }) => allocatedCost),
  usedCost: look('Used', 'money', ({ usedCost }) => usedCost),
  utilisation: look('At work', 'percent', ({ utilisation }) => utilisation),
  costPer1kRequests: look('Per 1,000', 'unit', ({ costPer1kRequests }) => costPer1kRequests),
  costPer1kSuccessful: look('Per 1,000 that worked', 'unit', (one) => one.costPer1kSuccessful),
  costPer1mTokens: look('Per 1M tokens', 'unit', ({ costPer1mTokens }) => costPer1mTokens),
  costPer1mInputTokens: look('Per 1M in', 'unit', (one) => one.costPer1mInputTokens),
  costPer1mOutputTokens: look('Per 1M out', 'unit', (one) => one.costPer1mOutputTokens),
  p50: look('p50, ms', 'ms', ({ latencyMs }) => latencyMs.p50),
  p95: look('p95, ms', 'ms', ({ latencyMs }) => latencyMs.p95),
  p99: look('p99, ms', 'ms', ({ latencyMs }) => latencyMs.p99),
  firstTokenP95: look('First token p95, ms', 'ms', (one) => one.timeToFirstTokenMs.p95),
  slo: look('Within limit', 'percent', ({ slo }) => slo?.attained ?? null),
  quality: look('Quality', 'quality', ({ quality }) => preferredScores(quality)[0]?.mean ?? null),
  goodRequests: look('Good', 'count', ({ goodRequests }) => goodRequests),
  costPer1kGood: look('Per 1,000 good', 'unit', ({ costPer1kGood }) => costPer1kGood),
  revenuePer1k: look('Earned per 1,000', 'unit', ({ revenuePer1k }) => revenuePer1k),
  marginPer1k: look('Margin per 1,000', 'unit', ({ marginPer1k }) => marginPer1k),
  batchSize: look('Batch', 'number', ({ batchSize }) => batchSize),
  runningRequests: look('Running', 'number', ({ runningRequests }) => runningRequests),
  waitingRequests: look('Waiting', 'number', ({ waitingRequests }) => waitingRequests),
  gpuHours: look('GPU-hours', 'hours', ({ gpuHours }) => gpuHours),
} as const satisfies Readonly<Record<string, ColumnLook>>;

export type ColumnName = keyof typeof COLUMNS;

export const DEFAULT_COLUMNS: readonly ColumnName[] = [
  'requests',
  'cost',
  'utilisation',
  'costPer1kRequests',
  'costPer1mInputTokens',
  'costPer1mOutputTokens',
  'p95',
  'quality',
  'costPer1kGood',
  'marginPer1k',
];

/** The chosen ones, in the order of the table. */
export function shownColumns(chosen: readonly ColumnName[]): readonly ColumnName[] {
  return (Object.keys(COLUMNS) as ColumnName[]).filter((name) => chosen.includes(name));
}

function look(title: string, kind: ColumnKind, pick: ColumnLook['pick']): ColumnLook {
  return { title, kind, pick };
}
