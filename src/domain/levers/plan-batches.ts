import type { BatchTime } from '../simulation/batching/batch-time.ts';
import { type BatchingRules, TAKE_ALL } from '../simulation/batching/batching-rules.ts';
import { type DelayCandidate, findCheapestDelay } from '../simulation/batching/find-cheapest-delay.ts';
import { poissonArrivals } from '../simulation/batching/poisson-arrivals.ts';
import { simulateBatches } from '../simulation/batching/simulate-batches.ts';
import { HOUR_MS } from '../time/window.ts';
import type { BatchOptions } from './batch-options.ts';
import type { FittedBatches } from './fit-batches.ts';
import { busiestHour, type ServedEndpoint } from './served-endpoint.ts';

export type BatchPlan = Readonly<{
  best: DelayCandidate;
  maxBatch: number;
  /** Replicas that the present batches need in the busiest hour, and those that larger ones need. */
  present: number;
  replicas: number;
  limitMs: number;
  perSecond: number;
}>;

const DELAYS_MS = [0, 1, 2, 5, 10, 20, 50];
const LARGEST_BATCH = 128;
/** Enough for a 99th percentile, and the same for every candidate. */
const REQUESTS = 10_000;
const SEED = 1;

/** The fewest replicas of all delays and batch limits that keep the latency in the busiest hour; `null` when that spares none. */
export function planBatches(
  { name, served, latency }: ServedEndpoint,
  { time, largestBatch }: FittedBatches,
  leastReplicas: number,
  mostReplicas: number,
  { sloMs, latencyFactor, peakFactor, batchFactor }: BatchOptions,
): BatchPlan | null {
  const perMs = (busiestHour(served).requests * peakFactor) / HOUR_MS;
  const arrivalsMs = poissonArrivals(REQUESTS, perMs, SEED);
  const presentRules = { ...TAKE_ALL, maxBatch: Math.max(1, Math.ceil(largestBatch)) };
  const presentMs = latency?.p99Ms ?? replayedMs(arrivalsMs, time, presentRules, mostReplicas);
  const limitMs = sloMs.get(name) ?? presentMs * latencyFactor;
  const target = { percentile: 99, ms: limitMs } as const;
  const search = (maxBatch: number, delaysMs: readonly number[]) =>
    findCheapestDelay(arrivalsMs, time, { ...TAKE_ALL, maxBatch }, delaysMs, target, mostReplicas).best;

  const present = search(presentRules.maxBatch, [0])?.replicas ?? mostReplicas;
  const delaysMs = DELAYS_MS.filter((delayMs) => delayMs < limitMs);
  const [cheapest] = batchLimits(presentRules.maxBatch, largestBatch * batchFactor)
    .flatMap((maxBatch) => {
      const best = search(maxBatch, delaysMs);
      return best ? [{ maxBatch, best }] : [];
    })
    .sort(cheaper);
  if (!cheapest) return null;
  const replicas = Math.max(leastReplicas, cheapest.best.replicas!);
  return replicas < present ? { ...cheapest, present, replicas, limitMs, perSecond: perMs * 1_000 } : null;
}

type Found = Pick<BatchPlan, 'best' | 'maxBatch'>;

function cheaper(a: Found, b: Found): number {
  return (
    a.best.replicas! - b.best.replicas! ||
    a.best.busyGpuHours! - b.best.busyGpuHours! ||
    a.maxBatch - b.maxBatch
  );
}

/** What 99 % of requests take now, where nobody measures it. */
function replayedMs(
  arrivalsMs: Float64Array,
  time: BatchTime,
  rules: BatchingRules,
  replicas: number,
): number {
  return simulateBatches(
    arrivalsMs.filter((_, request) => request % replicas === 0),
    time,
    rules,
  ).p99Ms;
}

/** Powers of two above what batches are now. */
function batchLimits(present: number, most: number): number[] {
  const limits: number[] = [];
  for (let limit = 2; limit <= Math.min(LARGEST_BATCH, Math.max(8, most)); limit *= 2)
    if (limit > present) limits.push(limit);
  return limits;
}
