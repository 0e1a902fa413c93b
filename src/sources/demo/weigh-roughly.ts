import { groupBy } from '../../domain/collections/group-by.ts';
import type {
  AllocationFact,
  CapacityFact,
  ChargeFact,
  CheckpointFact,
  FactBatch,
  RunFact,
  UsageFact,
  WorkloadFact,
} from '../../domain/facts/facts.ts';
import { BUCKETS, type Bucket } from '../../domain/ledger/buckets.ts';
import { picosToNumber } from '../../domain/money/picos.ts';
import { DAY_MS, type EpochMs, floorToDay, HOUR_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM, ticksToHours } from '../../domain/units/gpu-time.ts';
import { RENTALS } from './rentals.ts';

/**
 * A rough weighing for the tests of this folder: who held a device is asked once per sample, and money is a float. It shows
 * whether the generated company looks like a real one, and is no substitute for the ledger.
 */
export type RoughPiece = {
  readonly dayMs: EpochMs;
  readonly node: string;
  /** `null`: held by nobody, or nobody watched. */
  readonly workloadId: string | null;
  readonly bucket: Bucket;
  gpuHours: number;
  cost: number;
};

export type Facts = Readonly<{
  capacity: CapacityFact[];
  workloads: WorkloadFact[];
  allocations: AllocationFact[];
  usage: UsageFact[];
  charges: ChargeFact[];
  runs: RunFact[];
  checkpoints: CheckpointFact[];
}>;

type Add = (atMs: EpochMs, workloadId: string | null, bucket: Bucket, ms: number) => void;

export function collectFacts(datasets: readonly Readonly<{ batches: Iterable<FactBatch> }>[]): Facts {
  const facts: Facts = {
    capacity: [],
    workloads: [],
    allocations: [],
    usage: [],
    charges: [],
    runs: [],
    checkpoints: [],
  };
  for (const { batches } of datasets) {
    for (const batch of batches) {
      for (const fact of batch.capacity ?? []) facts.capacity.push(fact);
      for (const fact of batch.workloads ?? []) facts.workloads.push(fact);
      for (const fact of batch.allocations ?? []) facts.allocations.push(fact);
      for (const fact of batch.usage ?? []) facts.usage.push(fact);
      for (const fact of batch.charges ?? []) facts.charges.push(fact);
      for (const fact of batch.runs ?? []) facts.runs.push(fact);
      for (const fact of batch.checkpoints ?? []) facts.checkpoints.push(fact);
    }
  }
  return facts;
}

export function weighRoughly(facts: Facts): RoughPiece[] {
  const samplesOf = groupBy(facts.usage, (fact) => fact.deviceId);
  const holdsOf = groupBy(facts.allocations, (fact) => fact.deviceId);
  const known = facts.capacity.flatMap((capacity) =>
    weighLife(capacity, samplesOf.get(capacity.deviceId) ?? [], holdsOf.get(capacity.deviceId) ?? []),
  );
  return [...known, ...weighUnknownMachines(facts)];
}

/** Of the cost, per bucket. */
export function bucketShares(pieces: readonly RoughPiece[]): Readonly<Record<Bucket, number>> {
  const gross = sumCost(pieces);
  const shares = BUCKETS.map((bucket) => [
    bucket,
    sumCost(pieces.filter((piece) => piece.bucket === bucket)) / gross,
  ]);
  return Object.fromEntries(shares);
}

export function sumCost(pieces: readonly RoughPiece[]): number {
  return pieces.reduce((sum, { cost }) => sum + cost, 0);
}

function weighLife(
  capacity: CapacityFact,
  samples: readonly UsageFact[],
  holds: readonly AllocationFact[],
): RoughPiece[] {
  const pieces = new Map<string, RoughPiece>();
  const add = addTo(pieces, capacity);
  let seenUntilMs = capacity.startMs;
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index]!;
    if (sample.atMs < capacity.startMs || sample.atMs >= capacity.endMs!) continue;
    const nextMs = samples[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const endMs = Math.min(nextMs, sample.atMs + 2 * sample.intervalMs, capacity.endMs!);
    addUnseen(add, seenUntilMs, sample.atMs);
    weighSample(sample, endMs - sample.atMs, holds, add);
    seenUntilMs = endMs;
  }
  addUnseen(add, seenUntilMs, capacity.endMs!);
  return [...pieces.values()];
}

function addTo(pieces: Map<string, RoughPiece>, capacity: CapacityFact): Add {
  const size = capacity.gpuParts / PARTS_PER_GPU;
  const price = pricePerGpuHour(capacity);
  return (atMs, workloadId, bucket, ms) => {
    if (ms <= 0) return;
    const dayMs = floorToDay(atMs);
    const key = `${dayMs} ${workloadId} ${bucket}`;
    let piece = pieces.get(key);
    if (!piece) {
      piece = { dayMs, node: capacity.node, workloadId, bucket, gpuHours: 0, cost: 0 };
      pieces.set(key, piece);
    }
    piece.gpuHours += (ms * size) / HOUR_MS;
    piece.cost += ((ms * size) / HOUR_MS) * price;
  };
}

function addUnseen(add: Add, fromMs: EpochMs, toMs: EpochMs): void {
  for (let atMs = fromMs; atMs < toMs; ) {
    const endMs = Math.min(floorToDay(atMs) + DAY_MS, toMs);
    add(atMs, null, 'unobserved', endMs - atMs);
    atMs = endMs;
  }
}

function weighSample(sample: UsageFact, ms: number, holds: readonly AllocationFact[], add: Add): void {
  const { atMs, activity } = sample;
  let free = 1;
  for (const hold of holds) {
    if (atMs < hold.startMs || atMs >= hold.endMs!) continue;
    const share = hold.shareParts / PARTS_PER_GPU;
    free -= share;
    if (activity.busyPpm === null || activity.effectivePpm === null) {
      add(atMs, hold.workloadId, 'unobserved', ms * share);
      continue;
    }
    const busy = activity.busyPpm / PPM;
    const effective = activity.effectivePpm / PPM;
    const isLost = hold.lostFromMs !== null && hold.lostFromMs <= atMs;
    add(atMs, hold.workloadId, 'idle', ms * share * (1 - busy));
    add(atMs, hold.workloadId, 'underused', ms * share * (busy - effective));
    add(atMs, hold.workloadId, isLost ? 'lost' : 'productive', ms * share * effective);
  }
  add(atMs, null, 'unallocated', ms * free);
}

/** Billed GPU time of machines that the inventory does not have. */
function weighUnknownMachines(facts: Facts): RoughPiece[] {
  const known = new Set(facts.capacity.map((fact) => fact.resourceKey));
  return facts.charges
    .filter((charge) => charge.gpu !== null && !known.has(charge.resourceKey))
    .map((charge) => ({
      dayMs: floorToDay(charge.chargePeriodStartMs),
      node: charge.resourceKey!,
      workloadId: null,
      bucket: 'unobserved',
      gpuHours: ticksToHours(charge.gpu!.ticks),
      cost: picosToNumber(charge.costPicos),
    }));
}

/** Close enough for proportions; the ledger computes it to the last digit. */
const OWNED_PER_GPU_HOUR: Readonly<Record<string, number>> = { 'onprem-a100': 1.08, 'onprem-l40s': 0.59 };

function pricePerGpuHour({ instanceType, region, lifecycle, pool }: CapacityFact): number {
  const rental = Object.values(RENTALS).find(
    (one) => one.instanceType === instanceType && one.region === region && one.lifecycle === lifecycle,
  );
  return rental ? Number(rental.agreedPrice) / rental.gpus : OWNED_PER_GPU_HOUR[pool!]!;
}
