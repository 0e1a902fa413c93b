import {
  type BatchTime,
  batchMs,
  type FittedBatchTime,
} from '../../domain/simulation/batching/batch-time.ts';
import type { BatchingRules } from '../../domain/simulation/batching/batching-rules.ts';
import { solveBulkService } from '../../domain/simulation/batching/bulk-service-queue.ts';
import {
  type StepTime,
  simulateContinuousBatching,
  type TokenRequests,
} from '../../domain/simulation/batching/continuous-batching.ts';
import {
  type DelayCandidate,
  findCheapestDelay,
  type LatencyTarget,
} from '../../domain/simulation/batching/find-cheapest-delay.ts';
import { poissonArrivals } from '../../domain/simulation/batching/poisson-arrivals.ts';
import {
  type BatchingFigures,
  type ClosedLoop,
  simulateBatches,
  simulateClients,
} from '../../domain/simulation/batching/simulate-batches.ts';
import { TareError } from '../errors.ts';
import type {
  BatchingSearch,
  BatchingSimulation,
  ContinuousBatchingSimulation,
  DelayFigures,
} from '../results/simulations/batching-simulation.ts';
import type { TraceFigures } from '../results/simulations/trace-figures.ts';
import type { Progress } from '../tare.ts';
import { estimateUnitCost, roundOrNull, roundTo } from './figures.ts';

/** Where requests come from: by chance at a load, from a trace, or from clients that wait for their answers. */
export type Traffic =
  | Readonly<{ kind: 'load'; load: number; requests: number; seed: number }>
  | Readonly<{ kind: 'rate'; perSecond: number; requests: number; seed: number }>
  | Readonly<{ kind: 'trace'; arrivalsMs: Float64Array; trace: TraceFigures }>
  | Readonly<{ kind: 'clients' } & ClosedLoop>;

export type BatchingRequest = Readonly<{
  time: BatchTime | FittedBatchTime;
  rules: BatchingRules;
  traffic: Traffic;
  /** Delays to choose from under a latency target. */
  search: Readonly<{ delaysMs: readonly number[]; target: LatencyTarget; mostReplicas: number }> | null;
  /** Of the GPU that serves, with all its instances. */
  perGpuHour: string | null;
}>;

const HOUR_MS = 3_600_000;
const MS_DECIMALS = 4;
const FRACTION_DECIMALS = 6;

/** Serves requests in batches, and says how long they wait and what they cost. */
export function simulateBatching(
  request: BatchingRequest,
  progress: Progress = () => {},
): BatchingSimulation {
  const { time, rules, traffic, search, perGpuHour } = request;
  refuseUnreachableSizes(rules);
  const arrivalsMs = arrivalsOf(request);
  const figures =
    traffic.kind === 'clients'
      ? simulateClients(traffic, time, rules)
      : simulateBatches(arrivalsMs!, time, rules);
  const exact = exactFigures(request);
  return {
    method: exact ? 'exact' : 'simulated',
    alphaMs: time.perRequestMs,
    tauMs: time.fixedMs,
    fitRSquared: 'rSquared' in time ? roundTo(time.rSquared, FRACTION_DECIMALS) : null,
    requests: figures.requests,
    seed: 'seed' in traffic ? traffic.seed : null,
    meanWaitMs: roundTo(exact?.meanWaitMs ?? figures.meanWaitMs, MS_DECIMALS),
    p50Ms: roundTo(figures.p50Ms, MS_DECIMALS),
    p95Ms: roundTo(figures.p95Ms, MS_DECIMALS),
    p99Ms: roundTo(figures.p99Ms, MS_DECIMALS),
    meanBatch: roundTo(exact?.meanBatch ?? figures.meanBatch, MS_DECIMALS),
    throughputPerSecond: roundTo(figures.throughputPerSecond, MS_DECIMALS),
    busyFraction: roundTo(exact?.busyFraction ?? figures.busyFraction, FRACTION_DECIMALS),
    loadFraction: roundTo(figures.throughputPerSecond / 1000 / capacityPerMs(time, rules), FRACTION_DECIMALS),
    costPer1kRequests: estimateUnitCost(figures.spanMs / HOUR_MS, figures.requests, 1000, perGpuHour),
    search: search && arrivalsMs ? searchFigures(arrivalsMs, request, figures, progress) : null,
    trace: traffic.kind === 'trace' ? traffic.trace : null,
  };
}

export type ContinuousRequest = Readonly<{
  requests: TokenRequests;
  time: StepTime;
  maxSequences: number;
  perGpuHour: string | null;
  trace: TraceFigures;
}>;

/** Serves a trace of a language model with sequences that join and leave between steps. */
export function simulateContinuous(request: ContinuousRequest): ContinuousBatchingSimulation {
  const { perGpuHour, trace } = request;
  const figures = simulateContinuousBatching(request.requests, request.time, request.maxSequences);
  const hours = figures.spanMs / HOUR_MS;
  const rounded = ({ p50, p95, p99 }: Readonly<{ p50: number; p95: number; p99: number }>) => ({
    p50: roundTo(p50, MS_DECIMALS),
    p95: roundTo(p95, MS_DECIMALS),
    p99: roundTo(p99, MS_DECIMALS),
  });
  return {
    method: 'continuous',
    requests: figures.requests,
    outputTokens: figures.outputTokens,
    meanWaitMs: roundTo(figures.meanWaitMs, MS_DECIMALS),
    p95Ms: roundTo(figures.p95Ms, MS_DECIMALS),
    p99Ms: roundTo(figures.p99Ms, MS_DECIMALS),
    timeToFirstTokenMs: rounded(figures.timeToFirstTokenMs),
    timePerOutputTokenMs: rounded(figures.timePerOutputTokenMs),
    meanBatch: roundTo(figures.meanBatch, MS_DECIMALS),
    throughputPerSecond: roundTo(figures.throughputPerSecond, MS_DECIMALS),
    outputTokensPerSecond: roundTo(figures.outputTokensPerSecond, MS_DECIMALS),
    busyFraction: roundTo(figures.busyFraction, FRACTION_DECIMALS),
    costPer1kRequests: estimateUnitCost(hours, figures.requests, 1000, perGpuHour),
    costPer1mOutputTokens: estimateUnitCost(hours, figures.outputTokens, 1_000_000, perGpuHour),
    trace,
  };
}

/** Requests per millisecond with every batch as large as it may be. */
export function capacityPerMs(
  time: BatchTime,
  { maxBatch, instances, itemsPerRequest }: BatchingRules,
): number {
  if (maxBatch === null) return instances / (time.perRequestMs * itemsPerRequest);
  const requests = Math.max(1, Math.floor(maxBatch / itemsPerRequest));
  return (instances * requests) / batchMs(time, requests * itemsPerRequest);
}

/** Triton refuses such a model; a size that is never formed would only hide a mistake. */
function refuseUnreachableSizes({ maxBatch, preferredBatches, itemsPerRequest }: BatchingRules): void {
  const unreachable = preferredBatches.find(
    (size) => size < itemsPerRequest || (maxBatch !== null && size > maxBatch),
  );
  if (unreachable === undefined) return;
  throw new TareError(
    'usage',
    `a preferred batch of ${unreachable} can never be formed`,
    `give sizes from --items-per-request (${itemsPerRequest}) up to --max-batch (${maxBatch ?? 'no limit'})`,
  );
}

function arrivalsOf({ time, rules, traffic }: BatchingRequest): Float64Array | null {
  if (traffic.kind === 'clients') return null;
  if (traffic.kind === 'trace') return traffic.arrivalsMs;
  const perMs = arrivalsPerMs(time, rules, traffic);
  return poissonArrivals(traffic.requests, perMs, traffic.seed);
}

/** A load is a share of what the server could do with batches without end: λα. */
function arrivalsPerMs(
  time: BatchTime,
  rules: BatchingRules,
  traffic: Extract<Traffic, { kind: 'load' | 'rate' }>,
): number {
  const endlessPerMs = capacityPerMs(time, { ...rules, maxBatch: null });
  const perMs = traffic.kind === 'rate' ? traffic.perSecond / 1000 : traffic.load * endlessPerMs;
  const mostPerMs = capacityPerMs(time, rules);
  if (perMs < mostPerMs) return perMs;
  throw new TareError(
    'usage',
    `${roundTo(perMs * 1000, 1)} requests a second are more than can be served (${roundTo(mostPerMs * 1000, 1)}): the queue would grow without end`,
    traffic.kind === 'load'
      ? 'give a smaller --load, a larger --max-batch or more --instances'
      : 'give fewer --per-second, a larger --max-batch or more --instances',
  );
}

/** A formula holds for one instance that takes all who wait. */
function exactFigures({ time, rules, traffic }: BatchingRequest) {
  const isBulk = rules.maxBatch === null && rules.instances === 1 && rules.itemsPerRequest === 1;
  const sendsAtOnce = rules.maxQueueDelayMs === 0 && rules.preferredBatches.length === 0;
  if (!isBulk || !sendsAtOnce || (traffic.kind !== 'load' && traffic.kind !== 'rate')) return null;
  return solveBulkService(time, arrivalsPerMs(time, rules, traffic));
}

function searchFigures(
  arrivalsMs: Float64Array,
  { time, rules, search, perGpuHour }: BatchingRequest,
  { requests }: BatchingFigures,
  progress: Progress,
): BatchingSearch {
  const { delaysMs, target, mostReplicas } = search!;
  // Each number of replicas serves all requests, and the first may do.
  const tell = (tried: number, replicas: number) =>
    progress({
      task: `waiting ${delaysMs[tried]} ms with ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
      done: tried * mostReplicas + replicas - 1,
      total: delaysMs.length * mostReplicas,
      unit: 'chunks',
    });
  const { candidates, best } = findCheapestDelay(
    arrivalsMs,
    time,
    rules,
    delaysMs,
    target,
    mostReplicas,
    tell,
  );
  const figuresOf = (candidate: DelayCandidate): DelayFigures => ({
    maxQueueDelayMs: candidate.maxQueueDelayMs,
    replicas: candidate.replicas,
    p95Ms: roundOrNull(candidate.p95Ms, MS_DECIMALS),
    p99Ms: roundOrNull(candidate.p99Ms, MS_DECIMALS),
    meanBatch: roundOrNull(candidate.meanBatch, MS_DECIMALS),
    busyFraction: roundOrNull(candidate.busyFraction, FRACTION_DECIMALS),
    gpuHours: roundOrNull(candidate.gpuHours, FRACTION_DECIMALS),
    busyGpuHours: roundOrNull(candidate.busyGpuHours, FRACTION_DECIMALS),
    costPer1kRequests:
      candidate.gpuHours === null ? null : estimateUnitCost(candidate.gpuHours, requests, 1000, perGpuHour),
  });
  return {
    percentile: target.percentile,
    sloMs: target.ms,
    candidates: candidates.map(figuresOf),
    best: best && figuresOf(best),
  };
}
