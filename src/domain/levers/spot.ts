import { groupBy } from '../collections/group-by.ts';
import type { Picos } from '../money/picos.ts';
import { dalyInterval, wastedFraction } from '../simulation/spot/checkpoint-interval.ts';
import { HOUR_MS } from '../time/window.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { HolderHour } from './holder-hour.ts';
import { type MarketPrices, marketName, type PlaceOfHour } from './market.ts';
import type { NodePlace } from './node-place.ts';
import type { Move, Residual } from './plan-lever.ts';
import type { PricedProposal, ProposedLevers } from './priced-proposal.ts';

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

/** Only work that waits for nobody. */
const INTERRUPTIBLE = ['training', 'batch'];

/**
 * Runs that were bought on demand and could have run on spot: training and batch work that kept checkpoints, or was short enough to be
 * done again. Checkpoints are taken as often as Daly has it, and what they and the interruptions cost is paid for at the price of spot.
 */
export function proposeSpot(
  hours: readonly HolderHour[],
  attempts: readonly AttemptRecord[],
  placeOf: PlaceOfHour,
  prices: MarketPrices,
  options: SpotOptions = DEFAULT_SPOT,
): ProposedLevers {
  const byWorkload = groupBy(attempts, ({ workloadId }) => workloadId);
  const preemptions = preemptionsOf(hours, byWorkload, options);
  const missing: ProposedLevers['missing'][number][] = [];
  const candidates = [...hours.keys()].filter((index) => {
    const { kind, lifecycle, workloadId } = hours[index]!;
    return lifecycle === 'on_demand' && INTERRUPTIBLE.includes(kind) && workloadId !== '';
  });
  const pools = groupBy(candidates, (index) => {
    const place = placeOf(hours[index]!);
    return JSON.stringify([hours[index]!.pool, marketName(place?.provider ?? null, hours[index]!.gpuModel)]);
  });
  const proposals = [...pools.values()].flatMap((indexes) => {
    const { pool, gpuModel } = hours[indexes[0]!]!;
    const target = pool === 'none' ? 'nodes without a pool' : `pool ${pool}`;
    const kept = indexes.filter((index) => canStop(byWorkload.get(hours[index]!.workloadId), options));
    const unsaved = new Set(
      indexes.filter((index) => !kept.includes(index)).map((index) => hours[index]!.workload),
    );
    if (unsaved.size > 0) {
      missing.push({
        lever: 'spot',
        target,
        reason: `${unsaved.size} of its workloads keep no checkpoint that is known (${[...unsaved].sort().slice(0, 3).join(', ')}): on spot they would begin again`,
      });
    }
    if (kept.length === 0) return [];
    const place = placeOf(hours[kept[0]!]!);
    const price = place && prices.spot(place, gpuModel);
    if (place === null || price === null) {
      missing.push({ lever: 'spot', target, reason: `no spot price of ${gpuModel} is known where it runs` });
      return [];
    }
    return [proposalOf(hours, kept, byWorkload, { target, place, price, preemptions, options })];
  });
  return { proposals, missing };
}

/** Every attempt kept a checkpoint, or lost no more than an hour by beginning again. */
function canStop(attempts: readonly AttemptRecord[] | undefined, { shortHours }: SpotOptions): boolean {
  if (attempts === undefined) return false;
  return attempts.every(
    ({ checkpoints, startMs, endMs }) =>
      checkpoints > 0 || (endMs !== null && endMs - startMs <= shortHours * HOUR_MS),
  );
}

type Preemptions = Readonly<{ hoursBetween: number; isMeasured: boolean; seen: number }>;

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

type SpotGroup = Readonly<{
  target: string;
  place: NodePlace;
  price: Picos;
  preemptions: Preemptions;
  options: SpotOptions;
}>;

function proposalOf(
  hours: readonly HolderHour[],
  scope: readonly number[],
  byWorkload: ReadonlyMap<string, readonly AttemptRecord[]>,
  { target, place, price, preemptions, options }: SpotGroup,
): PricedProposal {
  const { provider, region, instanceType } = place;
  const { gpuModel, pool } = hours[scope[0]!]!;
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
  const wastedPpm = BigInt(Math.min(PPM - 1, Math.ceil(wasted * PPM)));
  const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
  return {
    lever: 'spot',
    target,
    owner: ownerOf(hours, scope),
    replay: (residual) => movesOf(scope, residual, price, wastedPpm),
    scope,
    isTradeOff: true,
    markets: [marketName(provider, gpuModel)],
    needsQuality: false,
    risk: 'medium',
    facts: [
      `${workloads.length} workloads kept checkpoints or ran for at most ${options.shortHours} h`,
      measured.length > 0
        ? `a checkpoint takes ${checkpoint.toFixed(0)} s, the median of ${measured.length} measured`
        : `no run measured how long a checkpoint takes: ${checkpoint} s are taken`,
      preemptions.isMeasured
        ? `on spot a node of this fleet was taken every ${preemptions.hoursBetween.toFixed(1)} h, ${preemptions.seen} times`
        : `${preemptions.seen} preemptions were seen: one node in ${preemptions.hoursBetween} h is taken`,
      `a checkpoint every ${Math.round(intervalSeconds / 60)} minutes wastes least: ${percent(wasted)} of the time`,
    ],
    assumptions: [
      'spot capacity is there when it is asked for; runs may end later than they did',
      `${nodes.toFixed(1)} nodes work on one job, and each that is taken stops it for ${options.restartSeconds / 60} minutes`,
      'never for what answers requests',
    ],
    action: `run the jobs of ${target} on spot, with a checkpoint every ${Math.round(intervalSeconds / 60)} minutes`,
    rows: scope.length,
    change: {
      kind: 'spot-task',
      pool,
      gpuModel,
      gpusPerNode: Math.max(1, ...scope.map((index) => hours[index]!.devices)),
      nodes: Math.max(1, Math.round(nodes)),
      provider,
      region,
      machine: instanceType,
      checkpointSeconds: intervalSeconds,
    },
  };
}

/** At the price of spot, for as much more time as is wasted; where that is no less, it stays as it is. */
function movesOf(
  scope: readonly number[],
  { picos, ticks, lifecycle }: Residual,
  price: Picos,
  wastedPpm: bigint,
): Move[] {
  return scope.flatMap((index) => {
    if (lifecycle[index] !== 'on_demand') return [];
    const longer = (ticks[index]! * BigInt(PPM)) / (BigInt(PPM) - wastedPpm);
    const cost = (longer * price) / TICKS_PER_GPU_HOUR;
    const saved = picos[index]! - cost;
    return saved > 0n ? [{ index, picos: saved, ticks: longer, lifecycle: 'spot' }] : [];
  });
}

function nodesPerJob(hours: readonly HolderHour[], scope: readonly number[]): number {
  const jobHours = new Set(scope.map((index) => `${hours[index]!.workloadId} ${hours[index]!.hourMs}`));
  return scope.length / jobHours.size;
}

/** Whoever holds most of it is asked. */
function ownerOf(hours: readonly HolderHour[], scope: readonly number[]): string {
  const teams = groupBy(scope, (index) => hours[index]!.team);
  const [most] = [...teams].sort(([a, of], [b, other]) => other.length - of.length || (a < b ? -1 : 1));
  return most![0];
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
