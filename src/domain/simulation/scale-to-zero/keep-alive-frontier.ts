/** Samples of replicas column by column: replica, time in seconds, and whether it worked. In any order. */
export type ReplicaSamples = Readonly<{
  replicaOf: Int32Array;
  atSeconds: Float64Array;
  /** 1 when it worked, 0 when it did nothing. */
  isBusy: Uint8Array;
}>;

export type FrontierPoint = Readonly<{
  keepAliveSeconds: number;
  /** The same in intervals between samples, rounded down: what the count uses. */
  keepAliveIntervals: number;
  /** Of the sampled GPU time. */
  gpuHoursSavedFraction: number;
  gpuHoursSaved: number;
  coldStarts: number;
  coldStartsPerReplicaDay: number;
  /** What requests wait for a replica that comes back; `null` when nobody says how long that takes. */
  coldStartSeconds: number | null;
  /** The GPU time of starting, taken off the saving: `gpuHoursSaved` − cold starts × seconds. `null` as above. */
  netGpuHoursSaved: number | null;
}>;

export type KeepAliveFrontier = Readonly<{
  replicas: number;
  samples: number;
  gpuHours: number;
  idleFraction: number;
  /** Steps between samples that are longer than the interval: unknown, counted neither as busy nor as idle. */
  gaps: number;
  frontier: readonly FrontierPoint[];
}>;

/**
 * What releasing a replica after it did nothing for a while would have saved, and how often it would have had to start again.
 *
 * Each sample stands for one interval; gaps are not filled. A replica is released after K idle samples in a row and comes back with
 * its next busy one; it starts released, so idle samples before the first busy one are saved in full. An upper bound: it takes a
 * released GPU to cost nothing from that moment on.
 * @param coldStartMeanSeconds what one start takes on average; `null` when unknown
 */
export function keepAliveFrontier(
  samples: ReplicaSamples,
  intervalSeconds: number,
  keepAliveSeconds: readonly number[],
  coldStartMeanSeconds: number | null,
): KeepAliveFrontier {
  const order = byReplicaAndTime(samples);
  const runs = idleRuns(samples, order, intervalSeconds);
  const total = order.length;
  const gpuHours = (total * intervalSeconds) / 3600;
  const frontier = keepAliveSeconds.map((seconds) => {
    // 1m over samples 57 s apart is one interval; a rounding error of the division must not make it less.
    const intervals = Math.floor(seconds / intervalSeconds + 1e-9);
    const { saved, coldStarts } = releaseAfter(runs, intervals);
    return pointOf(seconds, intervals, saved, coldStarts, total, intervalSeconds, coldStartMeanSeconds);
  });
  return {
    replicas: runs.replicas,
    samples: total,
    gpuHours,
    idleFraction: total === 0 ? 0 : runs.idle / total,
    gaps: runs.gaps,
    frontier,
  };
}

function byReplicaAndTime({ replicaOf, atSeconds }: ReplicaSamples): Uint32Array {
  const order = Uint32Array.from(replicaOf, (_, index) => index);
  return order.sort((a, b) => replicaOf[a]! - replicaOf[b]! || atSeconds[a]! - atSeconds[b]! || a - b);
}

type IdleRuns = Readonly<{
  /** Lengths of runs of idle samples, in samples. `leading` ones come before the first busy sample. */
  leading: readonly number[];
  /** Followed by a busy sample. */
  between: readonly number[];
  trailing: readonly number[];
  /** Replicas that were ever busy: each starts at least once. */
  everBusy: number;
  replicas: number;
  idle: number;
  gaps: number;
}>;

const GAP = 1.5;

function idleRuns(
  { replicaOf, atSeconds, isBusy }: ReplicaSamples,
  order: Uint32Array,
  interval: number,
): IdleRuns {
  const leading: number[] = [];
  const between: number[] = [];
  const trailing: number[] = [];
  let [everBusy, replicas, idle, gaps] = [0, 0, 0, 0];
  let run = 0;
  let wasBusy = false;
  const end = () => {
    if (run > 0) (wasBusy ? trailing : leading).push(run);
    if (wasBusy) everBusy += 1;
  };
  for (let index = 0; index < order.length; index++) {
    const sample = order[index]!;
    const before = index === 0 ? -1 : order[index - 1]!;
    if (before < 0 || replicaOf[before] !== replicaOf[sample]) {
      if (before >= 0) end();
      replicas += 1;
      run = 0;
      wasBusy = false;
    } else if (atSeconds[sample]! - atSeconds[before]! > GAP * interval) gaps += 1;
    if (isBusy[sample] === 0) {
      run += 1;
      idle += 1;
      continue;
    }
    if (run > 0) (wasBusy ? between : leading).push(run);
    run = 0;
    wasBusy = true;
  }
  if (order.length > 0) end();
  return { leading, between, trailing, everBusy, replicas, idle, gaps };
}

function releaseAfter(runs: IdleRuns, intervals: number): Readonly<{ saved: number; coldStarts: number }> {
  const beyond = (lengths: readonly number[]) =>
    lengths.reduce((sum, length) => sum + Math.max(0, length - intervals), 0);
  const leading = runs.leading.reduce((sum, length) => sum + length, 0);
  return {
    saved: leading + beyond(runs.between) + beyond(runs.trailing),
    coldStarts: runs.everBusy + runs.between.filter((length) => length > intervals).length,
  };
}

function pointOf(
  keepAliveSeconds: number,
  keepAliveIntervals: number,
  saved: number,
  coldStarts: number,
  total: number,
  intervalSeconds: number,
  coldStartMeanSeconds: number | null,
): FrontierPoint {
  const replicaDays = (total * intervalSeconds) / 86_400;
  const gpuHoursSaved = (saved * intervalSeconds) / 3600;
  const coldStartSeconds = coldStartMeanSeconds === null ? null : coldStarts * coldStartMeanSeconds;
  return {
    keepAliveSeconds,
    keepAliveIntervals,
    gpuHoursSavedFraction: total === 0 ? 0 : saved / total,
    gpuHoursSaved,
    coldStarts,
    coldStartsPerReplicaDay: replicaDays === 0 ? 0 : coldStarts / replicaDays,
    coldStartSeconds,
    netGpuHoursSaved: coldStartSeconds === null ? null : gpuHoursSaved - coldStartSeconds / 3600,
  };
}
