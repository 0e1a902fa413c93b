import { type BatchTime, batchMs } from './batch-time.ts';

export type BulkServiceFigures = Readonly<{
  meanWaitMs: number;
  /** An upper bound of it in closed form. */
  boundMs: number;
  meanBatch: number;
  /** The share of time in which the server works. */
  busyFraction: number;
  throughputPerMs: number;
}>;

/** A probability below this adds nothing that shows in the figures. */
const NEGLIGIBLE = 1e-14;
const MOST_ROUNDS = 100_000;
const CONVERGED = 1e-12;
/** Beyond this many sizes of a batch the queue is never empty, and the moments have a closed form. */
const MOST_SIZES = 2_000;

/**
 * A server that takes all who wait whenever it is free, requests arriving by chance (Poisson) at `arrivalsPerMs`: mean time in the
 * system, exact (Inoue, Performance Evaluation 147, 2021). `null` when it cannot keep up: `arrivalsPerMs` × `perRequestMs` ≥ 1.
 *
 * Batch sizes are a Markov chain: the next batch is who arrived during this one, or one request when nobody did. Its mean and second
 * moment are found by iterating the distribution; E[W] = α + τ₀ + (1 + 2λα)(E[B²] − E[B]) / (2λE[B]).
 */
export function solveBulkService(time: BatchTime, arrivalsPerMs: number): BulkServiceFigures | null {
  const { perRequestMs, fixedMs } = time;
  const load = arrivalsPerMs * perRequestMs;
  if (!(arrivalsPerMs > 0 && load < 1)) return null;
  const largest = largestBatch(time, arrivalsPerMs);
  const { mean, secondMoment, meanMs, emptyShare } =
    largest > MOST_SIZES ? withoutEmptyQueue(time, arrivalsPerMs) : batchSizes(time, arrivalsPerMs, largest);
  const meanWaitMs =
    perRequestMs + fixedMs + ((1 + 2 * load) * (secondMoment - mean)) / (2 * arrivalsPerMs * mean);
  // After a batch during which nobody came, the server stands still until the next request.
  const idleMs = emptyShare / arrivalsPerMs;
  return {
    meanWaitMs,
    boundMs: boundOf(time, arrivalsPerMs),
    meanBatch: mean,
    busyFraction: meanMs / (meanMs + idleMs),
    throughputPerMs: mean / (meanMs + idleMs),
  };
}

type Sizes = Readonly<{ mean: number; secondMoment: number; meanMs: number; emptyShare: number }>;

/** The stationary distribution of batch sizes by power iteration, from a batch of the size it would have without chance. */
function batchSizes(time: BatchTime, arrivalsPerMs: number, largest: number): Sizes {
  const rows = Array.from({ length: largest + 1 }, (_, size) => poisson(arrivalsPerMs * batchMs(time, size)));
  let shares = new Float64Array(largest + 1);
  shares[Math.min(largest, Math.max(1, Math.round(typicalBatch(time, arrivalsPerMs))))] = 1;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = new Float64Array(largest + 1);
    for (let size = 1; size <= largest; size++) spread(shares[size]!, rows[size]!, next);
    let change = 0;
    for (let size = 1; size <= largest; size++) change += Math.abs(next[size]! - shares[size]!);
    shares = next;
    if (change < CONVERGED) break;
  }
  return momentsOf(shares, time, arrivalsPerMs);
}

/** The moments of B' ~ Poisson(λ(αB + τ₀)), with no thought of an empty queue. */
function withoutEmptyQueue(time: BatchTime, lambda: number): Sizes {
  const load = lambda * time.perRequestMs;
  const fixed = lambda * time.fixedMs;
  const mean = fixed / (1 - load);
  const secondMoment = (mean * (1 + 2 * load * fixed) + fixed * fixed) / (1 - load * load);
  return { mean, secondMoment, meanMs: batchMs(time, mean), emptyShare: 0 };
}

/** Nobody arriving leads to a batch of one, since the server waits for the next request. */
function spread(share: number, row: Poisson, next: Float64Array): void {
  if (share < NEGLIGIBLE) return;
  const last = next.length - 1;
  for (let index = 0; index < row.shares.length; index++) {
    const size = Math.min(last, Math.max(1, row.first + index));
    next[size]! += share * row.shares[index]!;
  }
}

function momentsOf(shares: Float64Array, time: BatchTime, arrivalsPerMs: number): Sizes {
  let mean = 0;
  let secondMoment = 0;
  let meanMs = 0;
  let emptyShare = 0;
  for (let size = 1; size < shares.length; size++) {
    const ms = batchMs(time, size);
    mean += size * shares[size]!;
    secondMoment += size * size * shares[size]!;
    meanMs += ms * shares[size]!;
    emptyShare += Math.exp(-arrivalsPerMs * ms) * shares[size]!;
  }
  return { mean, secondMoment, meanMs, emptyShare };
}

/** Without chance, as many arrive during a batch as are in it: b = λ(αb + τ₀). */
function typicalBatch({ perRequestMs, fixedMs }: BatchTime, arrivalsPerMs: number): number {
  return (arrivalsPerMs * fixedMs) / (1 - arrivalsPerMs * perRequestMs);
}

/** Ten standard deviations above the typical batch; the batches wander as (1 − λ²α²)⁻¹. */
function largestBatch(time: BatchTime, arrivalsPerMs: number): number {
  const typical = typicalBatch(time, arrivalsPerMs) + 1;
  const load = arrivalsPerMs * time.perRequestMs;
  return Math.ceil(typical + 10 * Math.sqrt(typical / (1 - load * load)) + 20);
}

type Poisson = Readonly<{ first: number; shares: Float64Array }>;

/** The part of the distribution that is not negligible, from its peak outwards. */
function poisson(mean: number): Poisson {
  const peak = Math.floor(mean);
  const down: number[] = [];
  const up: number[] = [];
  for (let value = peak, share = 1; value > 0 && share > NEGLIGIBLE; value--) {
    share *= value / mean;
    down.push(share);
  }
  for (let value = peak + 1, share = mean / value; share > NEGLIGIBLE; value++, share *= mean / value)
    up.push(share);
  const shares = Float64Array.from([...down.reverse(), 1, ...up]);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return { first: peak - down.length, shares: shares.map((share) => share / total) };
}

/** min(φ₀, φ₁) of the paper. Reproductions disagree on the last denominator of φ₀; only 1 + λα bounds the exact value. */
function boundOf({ perRequestMs: alpha, fixedMs: tau }: BatchTime, lambda: number): number {
  const load = lambda * alpha;
  const first = ((alpha + tau) / (2 * (1 - load))) * (1 + 2 * lambda * tau + (1 - lambda * tau) / (1 + load));
  const second = (1.5 * tau) / (1 - load) + ((alpha / 2) * (load + 2)) / (1 - load * load);
  return Math.min(first, second);
}
