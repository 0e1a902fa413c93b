import type {
  AllocationFact,
  CapacityFact,
  CheckpointFact,
  FactBatch,
  RunFact,
  WorkloadFact,
} from '../../domain/facts/facts.ts';
import { losesWork } from '../../domain/facts/run-state.ts';
import { jobWorkloadId } from '../../domain/fleet/workload-ids.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { Attempt } from './collect-attempts.ts';
import { type GpuKind, gpuKind } from './gpu-kind.ts';
import { type Claim, cutAtMidnight, type PlacedGpu, placeClaims } from './place-claims.ts';
import type { SacctSettings } from './sacct-settings.ts';
import { nextMidnight } from './slurm-time.ts';

export type FactOptions = Readonly<{
  settings: SacctSettings;
  catalog: HardwareCatalog;
  /** Allocations and capacity are cut to it; `null`: as long as the attempts are. */
  window: TimeWindow | null;
  /** What still runs is held on: to be seen again by a live source, or to the moment of the export of a file. */
  isStillSeen: boolean;
}>;

const BATCH_FACTS = 5_000;

/**
 * The facts of attempts: runs and their workloads first; then, unless telemetry shows the real devices, day by day the numbered devices
 * that they held. See docs/guides/slurm.md for every rule.
 */
export function* attemptFacts(attempts: readonly Attempt[], options: FactOptions): Generator<FactBatch> {
  const runs = attempts.filter((attempt) => isRun(attempt, options.settings));
  for (let start = 0; start < runs.length; start += BATCH_FACTS) {
    const some = runs.slice(start, start + BATCH_FACTS);
    yield {
      runs: some.map((attempt) => runFact(attempt, options.settings)),
      workloads: some.map((attempt) => workloadFact(attempt, options.settings)),
      checkpoints: some.flatMap((attempt) => statedCheckpoint(attempt, options.settings)),
    };
  }
  if (options.settings.devices === 'own') yield* heldFacts(runs, options);
}

export function holdsGpus({ holds }: Attempt): boolean {
  return holds.some(({ gpus }) => gpus.length > 0);
}

/** From when on an attempt's work is thrown away; `null` when it is not. */
export function lostFrom(
  { state, startMs, endMs }: Attempt,
  { checkpointIntervalMs }: SacctSettings,
): EpochMs | null {
  if (startMs === null || endMs === null || !losesWork(state)) return null;
  if (checkpointIntervalMs === null) return startMs;
  return startMs + Math.floor((endMs - startMs) / checkpointIntervalMs) * checkpointIntervalMs;
}

/** A job without GPUs is a run only on request; one that waits or never started may have asked for them, which its line does not always say. */
function isRun(attempt: Attempt, { cpuJobs }: SacctSettings): boolean {
  return cpuJobs === 'keep' || holdsGpus(attempt) || (attempt.startMs === null && attempt.asksForGpus);
}

function runFact(attempt: Attempt, settings: SacctSettings): RunFact {
  return {
    runId: `slurm:${attempt.jobKey}`,
    attempt: attempt.attempt,
    name: attempt.name,
    experiment: arrayOf(attempt),
    state: attempt.state,
    stateDetail: attempt.stateDetail,
    queue: attempt.partition,
    queuedMs: attempt.queuedMs,
    startMs: attempt.startMs,
    endMs: attempt.endMs,
    workloadId: workloadIdOf(attempt, settings),
    parentRunId: null,
    fingerprint: null,
    parameters: {},
    metrics: {},
    attributes: attempt.attributes,
  };
}

function arrayOf({ array, cluster }: Attempt): string | null {
  return array === null ? null : `slurm:${cluster === null ? '' : `${cluster}:`}${array}`;
}

/** dcgm-exporter and the AMD exporter name a job by its SLURM_JOB_ID, the same for every attempt. */
export function workloadIdOf(
  { jobKey, rawId, attempt }: Attempt,
  { devices }: Pick<SacctSettings, 'devices'>,
): string {
  if (devices === 'telemetry') return jobWorkloadId(rawId);
  return `slurm:${jobKey}${attempt === 1 ? '' : `:${attempt}`}`;
}

function workloadFact(attempt: Attempt, settings: SacctSettings): WorkloadFact {
  return {
    workloadId: workloadIdOf(attempt, settings),
    kind: settings.kind,
    name: attempt.name,
    attributes: attempt.attributes,
  };
}

function statedCheckpoint(attempt: Attempt, settings: SacctSettings): CheckpointFact[] {
  const atMs = lostFrom(attempt, settings);
  if (settings.checkpointIntervalMs === null || atMs === null || atMs === attempt.startMs) return [];
  return [{ workloadId: workloadIdOf(attempt, settings), atMs }];
}

function* heldFacts(attempts: readonly Attempt[], options: FactOptions): Generator<FactBatch> {
  const { settings, catalog } = options;
  const attemptOf = new Map(attempts.map((attempt) => [workloadIdOf(attempt, settings), attempt]));
  const kinds = new Map<string | null, GpuKind>();
  const kindOf = (type: string | null): GpuKind => {
    const kind = kinds.get(type) ?? gpuKind(type, settings.gpuModel, catalog);
    kinds.set(type, kind);
    return kind;
  };
  for (const claims of claimsByDay(attempts, options)) {
    const allocations: AllocationFact[] = [];
    const capacity: CapacityFact[] = [];
    for (const placed of placeClaims(claims)) {
      const attempt = attemptOf.get(placed.claim.workloadId)!;
      const deviceId = deviceIdOf(placed, attempt);
      allocations.push(asAllocation(placed, deviceId, lostFrom(attempt, settings)));
      capacity.push(asCapacity(placed, deviceId, attempt, kindOf(placed.type), settings));
    }
    yield { allocations, capacity };
  }
}

/** What was held on each day, in the order of days. */
function claimsByDay(
  attempts: readonly Attempt[],
  { settings, window, isStillSeen }: FactOptions,
): readonly (readonly Claim[])[] {
  const days = new Map<EpochMs, Claim[]>();
  for (const attempt of attempts) {
    for (const { startMs, endMs, knownUntilMs, gpus, nodes } of attempt.holds) {
      const claim = {
        workloadId: workloadIdOf(attempt, settings),
        sinceMs: startMs,
        startMs,
        endMs: isStillSeen ? endMs : (endMs ?? knownUntilMs),
        gpus,
        nodes,
      };
      for (const piece of cutAtMidnight(claim, settings.zone, knownUntilMs)) {
        const day = dayOf(piece, settings);
        if (!isInside(piece, window)) continue;
        const ofDay = days.get(day);
        if (ofDay) ofDay.push(piece);
        else days.set(day, [piece]);
      }
    }
  }
  return [...days].sort(([a], [b]) => a - b).map(([, claims]) => claims);
}

/** Windows of the live source are whole days of its zone, so a piece is inside or outside. */
function isInside({ startMs }: Claim, window: TimeWindow | null): boolean {
  return window === null || (window.fromMs <= startMs && startMs < window.toMs);
}

/** Pieces do not cross midnight, so the midnight behind the start names the day. */
function dayOf({ startMs }: Claim, { zone }: SacctSettings): EpochMs {
  return nextMidnight(startMs, zone);
}

/** Devices of one cluster; types are numbered apart, for a node may hold several. */
function deviceIdOf({ node, type, index }: PlacedGpu, { jobKey, attempt, cluster }: Attempt): string {
  const place =
    node === null
      ? ['unplaced', jobKey, ...(attempt === 1 ? [] : [attempt])]
      : [...(cluster === null ? [] : [cluster]), node];
  return ['slurm', ...place, ...(type === null ? [] : [type]), index].join(':').replaceAll('/', '_');
}

function asAllocation(
  { claim: { workloadId, startMs, endMs } }: PlacedGpu,
  deviceId: string,
  lostMs: EpochMs | null,
): AllocationFact {
  const isLost = lostMs !== null && endMs !== null && lostMs < endMs;
  return {
    workloadId,
    deviceId,
    shareParts: PARTS_PER_GPU,
    startMs,
    endMs,
    lostFromMs: isLost ? Math.max(lostMs, startMs) : null,
  };
}

function asCapacity(
  { node, claim: { startMs, endMs } }: PlacedGpu,
  deviceId: string,
  { cluster }: Attempt,
  kind: GpuKind,
  { areGapsPaid, lifecycle, provider, region, instanceType, pool }: SacctSettings,
): CapacityFact {
  const life = ['slurm', ...(cluster === null ? [] : [cluster]), node].join(':');
  return {
    deviceId,
    ...kind,
    node: node ?? 'unplaced',
    // Nothing says when a node came and went, so its whole life is one: gaps up to the ledger's limit are paid.
    nodeLife: node === null || !areGapsPaid ? null : life,
    lifecycle,
    provider,
    region,
    instanceType,
    pool,
    resourceKey: null,
    attributes: {},
    startMs,
    endMs,
  };
}
