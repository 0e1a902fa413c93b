import { groupBy } from '../collections/group-by.ts';
import {
  type FrontierPoint,
  keepAliveFrontier,
  type ReplicaSamples,
} from '../simulation/scale-to-zero/keep-alive-frontier.ts';
import { type EpochMs, floorToHour } from '../time/window.ts';
import { grossPicos, type HolderHour, seenPicos } from './holder-hour.ts';
import type { HourCauses } from './idle-causes.ts';
import { type Claim, type Proposal, smaller, takeOff } from './proposal.ts';

/** The most that any device of a workload was busy in one slot of time; slots without a sample are missing. */
export type ActiveSlot = Readonly<{
  workloadId: string;
  slotMs: EpochMs;
  busyPpm: number;
  /** The usual distance between the samples. */
  intervalMs: number;
}>;

export type ScaleToZeroOptions = Readonly<{
  slotSeconds: number;
  keepAliveSeconds: readonly number[];
  /** From nothing to the first answer. */
  coldStartSeconds: number;
  /** The shortest keep-alive with no more than these is taken. */
  maxColdStartsPerReplicaDay: number;
}>;

export const DEFAULT_SCALE_TO_ZERO: ScaleToZeroOptions = {
  slotSeconds: 600,
  keepAliveSeconds: [600, 1_200, 1_800, 3_600, 7_200],
  coldStartSeconds: 120,
  maxColdStartsPerReplicaDay: 8,
};

/** Below this a kernel ran for a health check, if at all. */
const ACTIVE_PPM = 10_000;
/** Savings below this share of what the endpoint costs are not worth its cold starts. */
const LEAST_FRACTION = 0.1;

/**
 * Endpoints without traffic, released after a keep-alive and started again by the next request, replayed on their own activity. What
 * cold starts cost in GPU time is taken off; what they cost in waiting is stated.
 */
export function proposeScaleToZero(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  slots: readonly ActiveSlot[],
  options: ScaleToZeroOptions = DEFAULT_SCALE_TO_ZERO,
): Proposal[] {
  const slotsOf = groupBy(slots, ({ workloadId }) => workloadId);
  return [...endpointsOf(hours, slotsOf).values()].flatMap((scope) => {
    const workloadIds = [...new Set(scope.map((index) => hours[index]!.workloadId))];
    const own = workloadIds.flatMap((id) => slotsOf.get(id)!);
    if (!scope.some((index) => causes[index]!.idle?.cause === 'no-traffic')) return [];
    // A slot is never shorter than the distance between samples, or every other one would be missing.
    const slotSeconds = Math.max(options.slotSeconds, ...own.map(({ intervalMs }) => intervalMs / 1000));
    const { frontier } = keepAliveFrontier(
      toSamples(own),
      slotSeconds,
      options.keepAliveSeconds,
      options.coldStartSeconds,
    );
    const chosen = chooseKeepAlive(frontier, options);
    return chosen ? [proposalOf(hours, { scope, workloadIds, own, chosen }, options)] : [];
  });
}

function endpointsOf(
  hours: readonly HolderHour[],
  slotsOf: ReadonlyMap<string, readonly ActiveSlot[]>,
): Map<string, number[]> {
  const endpoints = new Map<string, number[]>();
  for (const [index, { kind, workloadId, workload, team }] of hours.entries()) {
    if (kind !== 'inference' || !slotsOf.has(workloadId)) continue;
    const name = JSON.stringify([workload, team]);
    endpoints.set(name, [...(endpoints.get(name) ?? []), index]);
  }
  return endpoints;
}

function toSamples(slots: readonly ActiveSlot[]): ReplicaSamples {
  const ids = [...new Set(slots.map(({ workloadId }) => workloadId))];
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  return {
    replicaOf: Int32Array.from(slots, ({ workloadId }) => indexOf.get(workloadId)!),
    atSeconds: Float64Array.from(slots, ({ slotMs }) => slotMs / 1000),
    isBusy: Uint8Array.from(slots, ({ busyPpm }) => (isActive(busyPpm) ? 1 : 0)),
  };
}

/** Whether a slot of time had a request: a kernel that ran for longer than a health check takes. */
export function isActive(busyPpm: number): boolean {
  return busyPpm >= ACTIVE_PPM;
}

function chooseKeepAlive(
  frontier: readonly FrontierPoint[],
  { maxColdStartsPerReplicaDay }: ScaleToZeroOptions,
): FrontierPoint | undefined {
  return frontier.find(
    ({ coldStartsPerReplicaDay, gpuHoursSavedFraction, keepAliveIntervals }) =>
      keepAliveIntervals > 0 &&
      coldStartsPerReplicaDay <= maxColdStartsPerReplicaDay &&
      gpuHoursSavedFraction >= LEAST_FRACTION,
  );
}

type Endpoint = Readonly<{
  scope: readonly number[];
  workloadIds: readonly string[];
  own: readonly ActiveSlot[];
  chosen: FrontierPoint;
}>;

function proposalOf(
  hours: readonly HolderHour[],
  { scope, workloadIds, own, chosen }: Endpoint,
  { coldStartSeconds }: ScaleToZeroOptions,
): Proposal {
  const last = hours[scope.at(-1)!]!;
  const releases = [...groupBy(own, ({ workloadId }) => workloadId)].flatMap(([workloadId, slots]) =>
    releaseSlots(workloadId, slots, chosen.keepAliveIntervals),
  );
  const isProduction = /^prod/i.test(last.environment);
  return {
    lever: 'scale-to-zero',
    target: last.workload,
    owner: last.team,
    replay: (left) => claimsOf(hours, scope, releases, left, coldStartSeconds),
    scope,
    cause: 'no-traffic',
    risk: isProduction ? 'high' : 'low',
    facts: [
      `${percent(chosen.gpuHoursSavedFraction)} of its time passes more than ${chosen.keepAliveSeconds / 60} minutes after the last activity`,
      `${chosen.coldStarts} cold starts, ${chosen.coldStartsPerReplicaDay.toFixed(1)} per replica and day`,
    ],
    assumptions: [
      `a cold start takes ${coldStartSeconds} s, paid and waited for`,
      'activity is taken for traffic: a slot of time in which no device was busy for 1 % had no request',
      'a GPU given back stops costing money, or is taken by work that would have been paid for elsewhere',
    ],
    action: `scale ${last.workload} to zero after ${chosen.keepAliveSeconds / 60} minutes without requests`,
    rows: own.length,
    change: {
      kind: 'scale-to-zero',
      workloadId: last.workloadId,
      keepAliveSeconds: chosen.keepAliveSeconds,
      replicas: workloadIds.length,
    },
  };
}

type Release = Readonly<{ workloadId: string; slotMs: EpochMs; isReleased: boolean; startsCold: boolean }>;

/** The same rule as the frontier, slot by slot: what it counts, this places in time. */
export function releaseSlots(
  workloadId: string,
  slots: readonly ActiveSlot[],
  keepAliveIntervals: number,
): Release[] {
  let quiet = Number.POSITIVE_INFINITY;
  return slots
    .toSorted((a, b) => a.slotMs - b.slotMs)
    .map(({ slotMs, busyPpm }) => {
      const wasReleased = quiet > keepAliveIntervals;
      quiet = isActive(busyPpm) ? 0 : quiet + 1;
      return {
        workloadId,
        slotMs,
        isReleased: quiet > keepAliveIntervals,
        startsCold: wasReleased && quiet === 0,
      };
    });
}

function claimsOf(
  hours: readonly HolderHour[],
  scope: readonly number[],
  releases: readonly Release[],
  left: readonly bigint[],
  coldStartSeconds: number,
): Claim[] {
  const byHour = groupBy(releases, ({ workloadId, slotMs }) => `${workloadId} ${floorToHour(slotMs)}`);
  const claims: Claim[] = [];
  for (const index of scope) {
    const hour = hours[index]!;
    const slots = byHour.get(`${hour.workloadId} ${hour.hourMs}`) ?? [];
    const released = BigInt(slots.filter(({ isReleased }) => isReleased).length);
    // What nobody saw was not released either.
    const wanted = released === 0n ? 0n : (seenPicos(hour) * released) / BigInt(slots.length);
    if (wanted > 0n) claims.push({ index, picos: smaller(smaller(wanted, hour.cost.idle), left[index]!) });
    const coldStarts = slots.filter(({ startsCold }) => startsCold).length;
    takeOff(claims, (grossPicos(hour) * BigInt(Math.round(coldStarts * coldStartSeconds))) / 3600n);
  }
  return claims;
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}
