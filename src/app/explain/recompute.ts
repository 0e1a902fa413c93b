import type { Basis } from '../../domain/facts/facts.ts';
import { apportion } from '../../domain/money/apportion.ts';
import { type EpochMs, HOUR_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM } from '../../domain/units/gpu-time.ts';
import type { Evidence } from '../../ports/store.ts';

/**
 * What the facts behind one device-hour say about one holder, worked out again from the samples.
 *
 * Ticks are parts of a GPU × milliseconds. Everything is a sum over the intervals in which nothing changes.
 */
export type Recomputed = Readonly<{
  /** By the workload of that name; by nobody when it is empty. */
  heldTicks: bigint;
  /** Held, and something credible says what the device did. */
  measuredTicks: bigint;
  /** Means over the measured time, 0–1; `null` when nothing was measured. */
  busy: number | null;
  effective: number | null;
  bases: readonly Basis[];
  samples: number;
  /** The longest time inside the hour that no sample stands for or follows. */
  longestGapMs: number;
}>;

type Sample = Evidence['samples'][number];
type Span = Readonly<{ sample: Sample; endMs: EpochMs }>;
type Totals = {
  -readonly [Name in 'heldTicks' | 'measuredTicks']: Recomputed[Name];
} & { busyWeight: bigint; effectiveWeight: bigint; bases: Set<Basis> };

export function recompute(
  evidence: Evidence,
  hourMs: EpochMs,
  workload: string,
  maxHoldIntervals: number,
): Recomputed {
  const spans = spansOf(evidence.samples, maxHoldIntervals);
  const totals = emptyTotals();
  const edges = edgesOf(evidence, spans, hourMs);
  for (const [index, fromMs] of edges.entries()) {
    const toMs = edges[index + 1];
    if (toMs !== undefined) addInterval(totals, evidence, spans, workload, fromMs, toMs);
  }
  const { busyWeight, effectiveWeight, bases, ...sums } = totals;
  const inHour = evidence.samples.filter(({ atMs }) => atMs >= hourMs && atMs < hourMs + HOUR_MS);
  return {
    ...sums,
    busy: mean(busyWeight, sums.measuredTicks),
    effective: mean(effectiveWeight, sums.measuredTicks),
    bases: [...bases],
    samples: inHour.length,
    longestGapMs: longestGap(inHour, hourMs),
  };
}

function emptyTotals(): Totals {
  return {
    heldTicks: 0n,
    measuredTicks: 0n,
    busyWeight: 0n,
    effectiveWeight: 0n,
    bases: new Set(),
  };
}

/** A sample stands for the time to the next one, at most a few usual intervals. */
function spansOf(samples: readonly Sample[], maxHoldIntervals: number): Span[] {
  const sorted = samples.toSorted((a, b) => a.atMs - b.atMs);
  return sorted.map((sample, index) => {
    const longest = sample.atMs + sample.intervalMs * maxHoldIntervals;
    return { sample, endMs: Math.min(sorted[index + 1]?.atMs ?? longest, longest) };
  });
}

function edgesOf({ slots, allocations }: Evidence, spans: readonly Span[], hourMs: EpochMs): EpochMs[] {
  const endMs = hourMs + HOUR_MS;
  const edges = [
    hourMs,
    endMs,
    ...slots.flatMap((slot) => [slot.startMs, slot.endMs]),
    ...allocations.flatMap((allocation) => [allocation.startMs, allocation.endMs ?? endMs]),
    ...spans.flatMap((span) => [span.sample.atMs, span.endMs]),
  ];
  return [...new Set(edges)].filter((at) => at >= hourMs && at <= endMs).sort((a, b) => a - b);
}

function addInterval(
  totals: Totals,
  { slots, allocations }: Evidence,
  spans: readonly Span[],
  workload: string,
  fromMs: EpochMs,
  toMs: EpochMs,
): void {
  const slot = slots.find((candidate) => candidate.startMs <= fromMs && fromMs < candidate.endMs);
  // Without any stated capacity a device counts as a whole GPU for as long as it is seen.
  if (!slot && slots.length > 0) return;
  const partMs = BigInt(toMs - fromMs) * BigInt(slot?.gpuParts ?? PARTS_PER_GPU);

  const share = shareOf(allocations, workload, fromMs);
  if (share === 0n) return;
  const held = (partMs * share) / BigInt(PARTS_PER_GPU);
  totals.heldTicks += held;

  const sample = spans.find((span) => span.sample.atMs <= fromMs && fromMs < span.endMs)?.sample;
  if (!sample || sample.busyPpm === null || sample.isContradictory) return;
  totals.measuredTicks += held;
  totals.busyWeight += held * BigInt(sample.busyPpm);
  totals.effectiveWeight += held * BigInt(sample.effectivePpm ?? sample.busyPpm);
  totals.bases.add(sample.basis);
}

/** The workload's part of the device, or what nobody holds; claims of more than the device are scaled down alike. */
function shareOf(allocations: Evidence['allocations'], workload: string, at: EpochMs): bigint {
  const own = new Set(
    allocations.filter((claim) => claim.workload === workload).map(({ workloadId }) => workloadId),
  );
  const claims = new Map<string, bigint>();
  for (const { workloadId, shareParts, startMs, endMs } of allocations) {
    if (startMs > at || (endMs !== null && endMs <= at)) continue;
    const known = claims.get(workloadId) ?? 0n;
    claims.set(workloadId, BigInt(shareParts) > known ? BigInt(shareParts) : known);
  }
  const holders = [...claims].sort(([a], [b]) => (a < b ? -1 : 1));
  const whole = BigInt(PARTS_PER_GPU);
  const claimed = holders.reduce((sum, [, parts]) => sum + parts, 0n);
  if (workload === '') return claimed < whole ? whole - claimed : 0n;
  const parts = holders.map(([, share]) => share);
  const shares = claimed > whole ? apportion(whole, parts) : parts;
  return holders.reduce((sum, [workloadId], index) => (own.has(workloadId) ? sum + shares[index]! : sum), 0n);
}

function mean(weight: bigint, ticks: bigint): number | null {
  return ticks === 0n ? null : Number((weight * 1_000n) / ticks) / 1_000 / PPM;
}

function longestGap(samples: readonly Sample[], hourMs: EpochMs): number {
  const times = [hourMs, ...samples.map(({ atMs }) => atMs).sort((a, b) => a - b), hourMs + HOUR_MS];
  return times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);
}
