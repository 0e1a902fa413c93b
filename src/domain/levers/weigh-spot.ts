import { groupBy } from '../collections/group-by.ts';
import type { Picos } from '../money/picos.ts';
import {
  type CheckpointTimes,
  dalyInterval,
  wastedFraction,
  youngInterval,
} from '../simulation/spot/checkpoint-interval.ts';
import { HOUR_MS } from '../time/window.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { HolderHour } from './holder-hour.ts';
import { type MarketPrices, marketName, type PlaceOfHour } from './market.ts';
import type { NodePlace } from './node-place.ts';
import type { Move, Residual } from './plan-lever.ts';

export type SpotOptions = Readonly<{
  /** From being taken until work goes on. */
  restartSeconds: number;
  /** Where no run measured it. */
  checkpointSeconds: number;
  /** Where too few machines of this fleet were taken to know it. */
  hoursBetweenPreemptions: number;
  /** So many preemptions make a rate. */
  leastPreemptions: number;
  /** A run as short as this is done again rather than saved. */
  shortHours: number;
}>;

export const DEFAULT_SPOT: SpotOptions = {
  restartSeconds: 600,
  checkpointSeconds: 60,
  hoursBetweenPreemptions: 8,
  leastPreemptions: 3,
  shortHours: 1,
};

export type Preemptions = Readonly<{ hoursBetween: number; isMeasured: boolean; seen: number }>;

/** How the jobs of a pool would fare on spot, all of them alike. */
export type SpotTerms = Readonly<{
  /** The median of what runs measured, else what is stated. */
  checkpointSeconds: number;
  /** Runs that measured it. */
  measured: number;
  /** Nodes that work on one job, on average: the first that is taken stops it. */
  nodes: number;
  preemptions: Preemptions;
  times: CheckpointTimes;
  youngSeconds: number;
  /** Daly's interval in whole seconds: what is planned with. */
  intervalSeconds: number;
  wasted: number;
  wastedPpm: bigint;
}>;

/** What was bought on demand for one kind of GPU at one provider in one pool, by work that waits for nobody. */
export type SpotPool = Readonly<{
  /** `pool train`. */
  target: string;
  pool: string;
  gpuModel: string;
  /** Where its first hour ran; `null` where nothing says. */
  place: NodePlace | null;
  /** Of a GPU-hour on spot there. */
  price: Picos | null;
  /** `null` where nothing of it could be taken away. */
  terms: SpotTerms | null;
  /** Indexes of hours that could have been on spot. */
  kept: readonly number[];
  /** Of workloads that keep no checkpoint. */
  unsaved: readonly number[];
  /** Of workloads whose run would end after its deadline. */
  late: readonly number[];
}>;

/** Only work that waits for nobody. */
const INTERRUPTIBLE = ['training', 'batch'];

/** Judges every hour that was bought on demand by training and batch work. */
export function weighSpot(
  hours: readonly HolderHour[],
  attempts: readonly AttemptRecord[],
  placeOf: PlaceOfHour,
  prices: MarketPrices,
  options: SpotOptions = DEFAULT_SPOT,
): SpotPool[] {
  const byWorkload = groupBy(attempts, ({ workloadId }) => workloadId);
  const lengths = lengthsOfRuns(attempts);
  const preemptions = preemptionsOf(hours, byWorkload, options);
  const candidates = [...hours.keys()].filter((index) => {
    const { kind, lifecycle, workloadId } = hours[index]!;
    return lifecycle === 'on_demand' && INTERRUPTIBLE.includes(kind) && workloadId !== '';
  });
  const pools = groupBy(candidates, (index) => {
    const place = placeOf(hours[index]!);
    return JSON.stringify([hours[index]!.pool, marketName(place?.provider ?? null, hours[index]!.gpuModel)]);
  });
  return [...pools.values()].map((indexes) => {
    const { pool, gpuModel } = hours[indexes[0]!]!;
    const attemptsOf = (index: number) => byWorkload.get(hours[index]!.workloadId) ?? [];
    const canStop = remembered(hours, indexes, (index) => allCanStop(attemptsOf(index), options));
    const stoppable = indexes.filter(canStop);
    const terms = stoppable.length === 0 ? null : termsOf(hours, stoppable, byWorkload, preemptions, options);
    const isLate = remembered(hours, stoppable, (index) =>
      attemptsOf(index).some((attempt) => endsLate(attempt, lengths, terms!)),
    );
    const kept = stoppable.filter((index) => !isLate(index));
    const place = placeOf(hours[kept[0] ?? indexes[0]!]!);
    return {
      target: pool === 'none' ? 'nodes without a pool' : `pool ${pool}`,
      pool,
      gpuModel,
      place,
      price: place && prices.spot(place, gpuModel),
      terms,
      kept,
      unsaved: indexes.filter((index) => !canStop(index)),
      late: stoppable.filter(isLate),
    };
  });
}

/** What takes so long on demand takes longer by what checkpoints, lost work and restarts waste. */
export function hoursOnSpot(hours: number, { wasted }: SpotTerms): number {
  return wasted < 1 ? hours / (1 - wasted) : Number.POSITIVE_INFINITY;
}

/** At the price of spot, for as much more time as is wasted; where that is no less, it stays as it is. */
export function spotMoves(
  scope: readonly number[],
  { picos, ticks, lifecycle }: Residual,
  price: Picos,
  { wastedPpm }: SpotTerms,
): Move[] {
  return scope.flatMap((index) => {
    if (lifecycle[index] !== 'on_demand') return [];
    const longer = (ticks[index]! * BigInt(PPM)) / (BigInt(PPM) - wastedPpm);
    const cost = (longer * price) / TICKS_PER_GPU_HOUR;
    const saved = picos[index]! - cost;
    return saved > 0n ? [{ index, picos: saved, ticks: longer, lifecycle: 'spot' }] : [];
  });
}

/** The same answer for every hour of a workload. */
function remembered(
  hours: readonly HolderHour[],
  indexes: readonly number[],
  judge: (index: number) => boolean,
): (index: number) => boolean {
  const answers = new Map<string, boolean>();
  for (const index of indexes) {
    const { workloadId } = hours[index]!;
    if (!answers.has(workloadId)) answers.set(workloadId, judge(index));
  }
  return (index) => answers.get(hours[index]!.workloadId)!;
}

/** Every attempt kept a checkpoint, or lost no more than an hour by beginning again. */
function allCanStop(attempts: readonly AttemptRecord[], { shortHours }: SpotOptions): boolean {
  if (attempts.length === 0) return false;
  return attempts.every(
    ({ checkpoints, startMs, endMs }) =>
      checkpoints > 0 || (endMs !== null && endMs - startMs <= shortHours * HOUR_MS),
  );
}

/** Hours from the first start to the last end of each run; none for those that still go on. */
export function lengthsOfRuns(attempts: readonly AttemptRecord[]): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const [runId, own] of groupBy(attempts, (attempt) => attempt.runId)) {
    if (own.some(({ endMs }) => endMs === null)) continue;
    const startMs = Math.min(...own.map((attempt) => attempt.startMs));
    const endMs = Math.max(...own.map((attempt) => attempt.endMs!));
    lengths.set(runId, (endMs - startMs) / HOUR_MS);
  }
  return lengths;
}

function endsLate(
  { runId, deadlineHours }: AttemptRecord,
  lengths: ReadonlyMap<string, number>,
  terms: SpotTerms,
): boolean {
  const length = lengths.get(runId);
  return deadlineHours !== null && length !== undefined && hoursOnSpot(length, terms) > deadlineHours;
}

/** Node-hours on spot ÷ attempts on spot that were taken away. */
function preemptionsOf(
  hours: readonly HolderHour[],
  byWorkload: ReadonlyMap<string, readonly AttemptRecord[]>,
  options: SpotOptions,
): Preemptions {
  const onSpot = hours.filter(({ lifecycle, workloadId }) => lifecycle === 'spot' && workloadId !== '');
  const workloads = new Set(onSpot.map(({ workloadId }) => workloadId));
  const seen = [...workloads]
    .flatMap((id) => byWorkload.get(id) ?? [])
    .filter(({ state }) => state === 'preempted').length;
  if (seen < options.leastPreemptions)
    return { hoursBetween: options.hoursBetweenPreemptions, isMeasured: false, seen };
  return { hoursBetween: onSpot.length / seen, isMeasured: true, seen };
}

function termsOf(
  hours: readonly HolderHour[],
  scope: readonly number[],
  byWorkload: ReadonlyMap<string, readonly AttemptRecord[]>,
  preemptions: Preemptions,
  options: SpotOptions,
): SpotTerms {
  const workloads = [...new Set(scope.map((index) => hours[index]!.workloadId))];
  const measured = workloads
    .flatMap((id) => byWorkload.get(id) ?? [])
    .flatMap(({ checkpointSeconds }) => (checkpointSeconds === null ? [] : [checkpointSeconds]));
  const checkpoint = measured.length > 0 ? medianOf(measured) : options.checkpointSeconds;
  const nodes = nodesPerJob(hours, scope);
  const times = {
    checkpoint,
    // Whichever of its nodes is taken first stops the job.
    meanTimeBetweenFailures: (preemptions.hoursBetween * 3_600) / nodes,
    restart: options.restartSeconds,
  };
  const intervalSeconds = Math.max(1, Math.round(dalyInterval(times)));
  const wasted = wastedFraction(times, intervalSeconds);
  return {
    checkpointSeconds: checkpoint,
    measured: measured.length,
    nodes,
    preemptions,
    times,
    youngSeconds: youngInterval(times),
    intervalSeconds,
    wasted,
    wastedPpm: BigInt(Math.min(PPM - 1, Math.ceil(wasted * PPM))),
  };
}

function nodesPerJob(hours: readonly HolderHour[], scope: readonly number[]): number {
  const jobHours = new Set(scope.map((index) => `${hours[index]!.workloadId} ${hours[index]!.hourMs}`));
  return scope.length / jobHours.size;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
