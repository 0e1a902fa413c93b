import { grossOf, type PerBucket } from '../ledger/buckets.ts';
import type { Picos } from '../money/picos.ts';
import { type EpochMs, HOUR_MS } from '../time/window.ts';

/**
 * What one holder did with the devices of one node in one hour: the ledger at the grain that levers count in. The workload id is empty
 * for time that nobody held. Taking a part of an hour's cost away twice is taking it from the same one of these.
 */
export type HolderHour = Readonly<{
  hourMs: EpochMs;
  workloadId: string;
  /** As reports name it; `nobody` where nobody holds. */
  workload: string;
  /** A workload kind, or `none`. */
  kind: string;
  team: string;
  environment: string;
  node: string;
  pool: string;
  gpuModel: string;
  lifecycle: string;
  devices: number;
  ticks: PerBucket<bigint>;
  cost: PerBucket<Picos>;
  /** GPU time without a known price. */
  unpricedTicks: bigint;
}>;

/** One attempt of a run, as far as it says who waited and who has ended. */
export type RunSpan = Readonly<{
  runId: string;
  name: string;
  workloadId: string | null;
  queue: string | null;
  queuedMs: EpochMs | null;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  /** See `RunFact`. */
  gangUntilMs: EpochMs | null;
}>;

export type Series = readonly number[];

/** Indexes of the hours of each holder on each node, oldest first. */
export function seriesOfHolders(hours: readonly HolderHour[]): ReadonlyMap<string, Series> {
  const series = new Map<string, number[]>();
  for (const [index, { workloadId, node }] of hours.entries()) {
    const key = `${workloadId}\u0000${node}`;
    const known = series.get(key);
    if (known) known.push(index);
    else series.set(key, [index]);
  }
  for (const indexes of series.values()) indexes.sort((a, b) => hours[a]!.hourMs - hours[b]!.hourMs);
  return series;
}

/** Stretches without a missing hour: a holder that went and came again holds anew. */
export function splitAtGaps(hours: readonly HolderHour[], series: Series): Series[] {
  const holds: number[][] = [];
  let last = Number.NaN;
  for (const index of series) {
    const { hourMs } = hours[index]!;
    if (holds.length === 0 || hourMs - last > HOUR_MS) holds.push([]);
    holds.at(-1)!.push(index);
    last = hourMs;
  }
  return holds;
}

export function grossPicos({ cost }: HolderHour): Picos {
  return grossOf(cost);
}

/** GPU time that was held and seen. */
export function seenTicks({ ticks }: HolderHour): bigint {
  return ticks.idle + ticks.underused + ticks.lost + ticks.productive;
}

export function seenPicos({ cost }: HolderHour): Picos {
  return cost.idle + cost.underused + cost.lost + cost.productive;
}
