import { fitBatchTime } from '../simulation/batching/batch-time.ts';
import { HOUR_MS } from '../time/window.ts';
import type { BatchOptions } from './batch-options.ts';
import { LEAST_HOURS, LEAST_R_SQUARED, LEAST_SPREAD, type Unfit } from './fit-batches.ts';
import { type BusyHour, busiestHour, type ServedEndpoint, tellingHours } from './served-endpoint.ts';

/** A step of a language model: `fixedMs` and `perSequenceMs` for each sequence in it. */
export type FittedSteps = Readonly<{
  fixedMs: number;
  perSequenceMs: number;
  basis: string;
  mostRunning: number;
  /** How many sequences the cache holds, by how full it was; `null` where nothing says. */
  sequencesInCache: number | null;
}>;

/**
 * How long a step takes, by the endpoint's own counters: decode time ÷ output tokens of an hour is the time of a step with as many
 * sequences as ran in that hour on average.
 */
export function fitSteps(hours: readonly BusyHour[]): FittedSteps | Unfit {
  const told = tellingHours(hours).flatMap(({ decodeMs, outputTokens, running, cacheUse }) =>
    decodeMs !== null && outputTokens !== null && outputTokens > 0 && running !== null && running > 0
      ? [{ size: running, ms: decodeMs / outputTokens, cacheUse }]
      : [],
  );
  if (told.length < LEAST_HOURS)
    return {
      unknown: `${told.length} hours say how long a step takes and how many sequences ran; 24 are needed`,
    };
  const running = told.map(({ size }) => size);
  const [fewest, most] = [Math.min(...running), Math.max(...running)];
  const line = most >= LEAST_SPREAD * fewest ? fitBatchTime(told) : null;
  if (!line || line.rSquared < LEAST_R_SQUARED) {
    return {
      unknown: 'its steps take as long whatever runs in them: what a fuller batch would take is not known',
    };
  }
  const fullest = told.reduce((first, one) => ((one.cacheUse ?? 0) > (first.cacheUse ?? 0) ? one : first));
  return {
    fixedMs: line.fixedMs,
    perSequenceMs: line.perRequestMs,
    basis: `a line through ${told.length} hours with ${fewest.toFixed(1)} to ${most.toFixed(1)} sequences (R² ${line.rSquared.toFixed(2)})`,
    mostRunning: most,
    sequencesInCache:
      fullest.cacheUse === null || fullest.cacheUse === 0 ? null : fullest.size / fullest.cacheUse,
  };
}

export type SequencePlan = Readonly<{
  present: number;
  replicas: number;
  perSecond: number;
  /** Mean number of sequences in a replica, with as many replicas as now and with fewer. */
  running: Readonly<{ present: number; then: number }>;
  /** How much longer a request takes, as a factor. */
  slowdown: number;
  mostSlowdown: number;
  maxSequences: number;
}>;

/** Of the cache: what is left takes up the moments that are fuller than the hour. */
const CACHE_SHARE = 0.9;
/** Nobody knows how steps go on beyond what was seen. */
const SEQUENCE_FACTOR = 2;

/** The fewest replicas whose sequences fit their caches and whose requests take no longer than allowed; `null` when that spares none. */
export function planSequences(
  { name, served, latency }: ServedEndpoint,
  steps: FittedSteps,
  leastReplicas: number,
  { sloMs, latencyFactor, peakFactor }: BatchOptions,
): SequencePlan | null {
  const busiest = busiestHour(served);
  const present = Math.round(busiest.replicaMs / HOUR_MS);
  const perMs = (busiest.requests * peakFactor) / HOUR_MS;
  const promptMs = (busiest.prefillMs ?? 0) / busiest.requests;
  const tokens = (busiest.outputTokens ?? 0) / busiest.requests;
  const runningOf = (replicas: number) => littlesLaw(perMs / replicas, promptMs, tokens, steps);
  const takesMs = (running: number) => promptMs + tokens * (steps.fixedMs + steps.perSequenceMs * running);
  const now = runningOf(present);
  if (now === null || tokens === 0) return null;
  const stated = sloMs.get(name);
  const mostSlowdown = stated !== undefined && latency ? stated / latency.p99Ms : latencyFactor;
  const mostRunning = Math.min(
    steps.mostRunning * SEQUENCE_FACTOR,
    (steps.sequencesInCache ?? Number.POSITIVE_INFINITY) * CACHE_SHARE,
  );
  for (let replicas = leastReplicas; replicas < present; replicas++) {
    const then = runningOf(replicas);
    if (then === null || then > mostRunning || takesMs(then) > takesMs(now) * mostSlowdown) continue;
    return {
      present,
      replicas,
      perSecond: perMs * 1_000,
      running: { present: now, then },
      slowdown: takesMs(then) / takesMs(now),
      mostSlowdown,
      maxSequences: Math.floor(steps.sequencesInCache ?? steps.mostRunning * SEQUENCE_FACTOR),
    };
  }
  return null;
}

/**
 * Little's law: as many run as arrive while one is answered, and the more run the longer that takes. With a = arrivals per ms, P = prefill,
 * o = output tokens: R = a (P + o (τ₀ + α R)). `null` when it does not keep up.
 */
export function littlesLaw(
  perMs: number,
  promptMs: number,
  tokens: number,
  { fixedMs, perSequenceMs }: Pick<FittedSteps, 'fixedMs' | 'perSequenceMs'>,
): number | null {
  const load = perMs * tokens * perSequenceMs;
  return load < 1 ? (perMs * (promptMs + tokens * fixedMs)) / (1 - load) : null;
}
