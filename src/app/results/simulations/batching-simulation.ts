import type { TraceFigures } from './trace-figures.ts';

export type BatchingSimulation = Readonly<{
  /** How the mean wait was found: `exact`, or `simulated` where no formula holds. */
  method: 'exact' | 'simulated';
  alphaMs: number;
  tauMs: number;
  /** How well the line fits the measured batches; `null` when it was stated. */
  fitRSquared: number | null;
  requests: number;
  seed: number | null;
  meanWaitMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  meanBatch: number;
  throughputPerSecond: number;
  /** What utilisation counters show. */
  busyFraction: number;
  /** Requests as a share of what the server could do at its largest batches: what sizing needs. */
  loadFraction: number;
  costPer1kRequests: string | null;
  /** With several delays: what each costs under the latency target. */
  search: BatchingSearch | null;
  trace: TraceFigures | null;
}>;

export type BatchingSearch = Readonly<{
  percentile: 95 | 99;
  sloMs: number;
  candidates: readonly DelayFigures[];
  best: DelayFigures | null;
}>;

export type DelayFigures = Readonly<{
  maxQueueDelayMs: number;
  replicas: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  meanBatch: number | null;
  busyFraction: number | null;
  gpuHours: number | null;
  busyGpuHours: number | null;
  costPer1kRequests: string | null;
}>;

export type ContinuousBatchingSimulation = Readonly<{
  method: 'continuous';
  requests: number;
  outputTokens: number;
  meanWaitMs: number;
  p95Ms: number;
  p99Ms: number;
  timeToFirstTokenMs: Readonly<{ p50: number; p95: number; p99: number }>;
  timePerOutputTokenMs: Readonly<{ p50: number; p95: number; p99: number }>;
  meanBatch: number;
  throughputPerSecond: number;
  outputTokensPerSecond: number;
  busyFraction: number;
  costPer1kRequests: string | null;
  costPer1mOutputTokens: string | null;
  trace: TraceFigures;
}>;
