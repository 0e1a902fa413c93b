import type { BatchTime } from './batch-time.ts';
import type { BatchingRules } from './batching-rules.ts';
import { type BatchingFigures, simulateBatches } from './simulate-batches.ts';

/** What callers were promised: a share of requests is answered within a time. */
export type LatencyTarget = Readonly<{ percentile: 95 | 99; ms: number }>;

export type DelayCandidate = Readonly<{
  maxQueueDelayMs: number;
  /** The fewest replicas that keep the target; `null` when not even the most allowed do. */
  replicas: number | null;
  /** With that many replicas; of the slowest of them. */
  p95Ms: number | null;
  p99Ms: number | null;
  meanBatch: number | null;
  busyFraction: number | null;
  /** Replicas × the hours of the trace. */
  gpuHours: number | null;
  /** GPU time spent on work: what a fleet that is shared with others would pay. */
  busyGpuHours: number | null;
}>;

export type DelaySearch = Readonly<{
  candidates: readonly DelayCandidate[];
  /** Fewest replicas, then least work, then the shortest delay. */
  best: DelayCandidate | null;
}>;

const HOUR_MS = 3_600_000;

/**
 * Which delay costs least while the latency target holds. Requests are dealt to the replicas in turn, as a round-robin balancer does.
 * A longer delay makes larger batches, so that each GPU carries more; a delay beyond the target is not tried.
 */
export function findCheapestDelay(
  arrivalsMs: Float64Array,
  time: BatchTime,
  rules: BatchingRules,
  delaysMs: readonly number[],
  target: LatencyTarget,
  mostReplicas: number,
  /** Told before each number of replicas that is tried, with the delays that are behind it. */
  tell: (delaysTried: number, replicas: number) => void = () => {},
): DelaySearch {
  const candidates = delaysMs.map((maxQueueDelayMs, index) =>
    fewestReplicas(arrivalsMs, time, { ...rules, maxQueueDelayMs }, target, mostReplicas, (replicas) =>
      tell(index, replicas),
    ),
  );
  const kept = candidates.filter(({ replicas }) => replicas !== null);
  const [best = null] = kept.toSorted(
    (a, b) =>
      a.replicas! - b.replicas! || a.busyGpuHours! - b.busyGpuHours! || a.maxQueueDelayMs - b.maxQueueDelayMs,
  );
  return { candidates, best };
}

function fewestReplicas(
  arrivalsMs: Float64Array,
  time: BatchTime,
  rules: BatchingRules,
  target: LatencyTarget,
  mostReplicas: number,
  tell: (replicas: number) => void,
): DelayCandidate {
  for (let replicas = 1; replicas <= mostReplicas; replicas++) {
    tell(replicas);
    const figures = Array.from({ length: replicas }, (_, replica) =>
      simulateBatches(dealt(arrivalsMs, replica, replicas), time, rules),
    );
    const slowestMs = Math.max(...figures.map((one) => (target.percentile === 95 ? one.p95Ms : one.p99Ms)));
    if (slowestMs <= target.ms) return candidateOf(rules.maxQueueDelayMs, figures);
  }
  return {
    maxQueueDelayMs: rules.maxQueueDelayMs,
    replicas: null,
    p95Ms: null,
    p99Ms: null,
    meanBatch: null,
    busyFraction: null,
    gpuHours: null,
    busyGpuHours: null,
  };
}

function dealt(arrivalsMs: Float64Array, replica: number, replicas: number): Float64Array {
  const own = new Float64Array(Math.ceil((arrivalsMs.length - replica) / replicas));
  for (let index = 0; index < own.length; index++) own[index] = arrivalsMs[index * replicas + replica]!;
  return own;
}

function candidateOf(maxQueueDelayMs: number, figures: readonly BatchingFigures[]): DelayCandidate {
  const sum = (of: (one: BatchingFigures) => number) => figures.reduce((total, one) => total + of(one), 0);
  const spanMs = Math.max(...figures.map((one) => one.spanMs));
  const busyMs = sum((one) => one.busyMs);
  return {
    maxQueueDelayMs,
    replicas: figures.length,
    p95Ms: Math.max(...figures.map((one) => one.p95Ms)),
    p99Ms: Math.max(...figures.map((one) => one.p99Ms)),
    meanBatch: sum((one) => one.requests) / sum((one) => one.batches),
    busyFraction: busyMs / (spanMs * figures.length),
    gpuHours: (spanMs * figures.length) / HOUR_MS,
    busyGpuHours: busyMs / HOUR_MS,
  };
}
