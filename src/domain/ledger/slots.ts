import type { AllocationFact, Attributes, Basis, CapacityFact, UsageFact } from '../facts/facts.ts';
import type { Picos } from '../money/picos.ts';
import type { Rate } from '../pricing/price.ts';
import { type EpochMs, floorToHour, HOUR_MS } from '../time/window.ts';
import { PPM } from '../units/gpu-time.ts';
import type { FleetFacts, WeighingRules } from './fleet-facts.ts';
import { sharesAt } from './held-shares.ts';
import { lossStart } from './loss-start.ts';
import { latestCovering, placeOf, staysOf } from './stays.ts';

/** One device in one hour at one price: what a cost is worked out for. */
export type Slot = {
  deviceId: string;
  hourMs: EpochMs;
  startMs: EpochMs;
  capacity: CapacityFact;
  rate: Rate | undefined;
  paidTicks: bigint;
  /** The elementary intervals, for charges that cover a part of the hour. */
  intervals: { fromMs: EpochMs; toMs: EpochMs }[];
  /** By workload; the empty name is nobody. Exact, in parts of a tick. */
  holders: Map<string, Numerators>;
  billed: { costPicos: Picos; attributes: Attributes | undefined } | undefined;
};

/** Sums over elementary intervals of milliseconds × device parts × share parts, activities further × parts per million. */
export type Numerators = {
  held: bigint;
  unobserved: bigint;
  idle: bigint;
  underused: bigint;
  lost: bigint;
  contradictory: bigint;
  basis: Record<Exclude<Basis, 'none'>, bigint>;
};

const MILLION = BigInt(PPM);

/** Walks through the time of every device in elementary intervals and adds them up by slot and holder. */
export function weighAllSlots(facts: FleetFacts, rules: WeighingRules): Map<string, Slot> {
  const slots = new Map<string, Slot>();
  const devices = new Set([
    ...facts.capacity.map((fact) => fact.deviceId),
    ...facts.usage.map((fact) => fact.deviceId),
    ...facts.allocations.map((fact) => fact.deviceId),
  ]);
  for (const deviceId of devices) weighDevice(deviceId, facts, rules, slots);
  return slots;
}

function weighDevice(
  deviceId: string,
  facts: FleetFacts,
  rules: WeighingRules,
  slots: Map<string, Slot>,
): void {
  const claims = facts.allocations
    .filter((fact) => fact.deviceId === deviceId)
    .map((claim) => ({ ...claim, lostFromMs: lossStart(claim, facts.checkpoints ?? []) }));
  const samples = facts.usage.filter((fact) => fact.deviceId === deviceId).sort((a, b) => a.atMs - b.atMs);
  const stays = staysOf(deviceId, facts, claims, samples, rules.untilMs);
  const spans = samples.map((sample, index) => ({
    sample,
    endMs: Math.min(
      samples[index + 1]?.atMs ?? Infinity,
      sample.atMs + sample.intervalMs * rules.maxHoldIntervals,
    ),
  }));

  const edges = new Set<EpochMs>();
  for (const stay of stays) {
    edges.add(stay.fromMs).add(stay.toMs);
    for (const rate of rules.ratesOf(stay.capacity)) edges.add(rate.fromMs).add(rate.toMs ?? rules.untilMs);
  }
  for (const claim of claims)
    edges
      .add(claim.startMs)
      .add(claim.endMs ?? rules.untilMs)
      .add(claim.lostFromMs ?? claim.startMs);
  for (const { sample, endMs } of spans) edges.add(sample.atMs).add(endMs);
  const first = Math.min(...stays.map((stay) => stay.fromMs));
  const last = Math.max(...stays.map((stay) => stay.toMs));
  for (let hour = floorToHour(first); hour <= last; hour += HOUR_MS) edges.add(hour);

  const sorted = [...edges].sort((a, b) => a - b);
  for (const [index, fromMs] of sorted.entries()) {
    const toMs = sorted[index + 1];
    if (toMs === undefined) continue;
    const stay = latestCovering(stays, fromMs);
    if (!stay) continue;
    const price = priceAt(rules.ratesOf(stay.capacity), fromMs);
    const span = spans.find(({ sample, endMs }) => sample.atMs <= fromMs && fromMs < endMs);
    addInterval(
      slotFor(slots, deviceId, stay.capacity, price, fromMs),
      fromMs,
      toMs,
      claims,
      span?.sample,
      rules.untilMs,
    );
  }
}

type PriceSegment = Readonly<{ rate: Rate | undefined; sinceMs: EpochMs }>;

/** The price of an instant, and since when it is so. Each time without a price is a segment of its own: before a list begins, behind its end. */
function priceAt(rates: readonly Rate[], at: EpochMs): PriceSegment {
  const rate = rates.find(({ fromMs, toMs }) => fromMs <= at && at < (toMs ?? Infinity));
  const ends = rates.flatMap(({ toMs }) => (toMs !== null && toMs <= at ? [toMs] : []));
  return { rate, sinceMs: rate?.fromMs ?? Math.max(0, ...ends) };
}

function slotFor(
  slots: Map<string, Slot>,
  deviceId: string,
  capacity: CapacityFact,
  { rate, sinceMs }: PriceSegment,
  at: EpochMs,
): Slot {
  const hourMs = floorToHour(at);
  const key = JSON.stringify([deviceId, hourMs, placeOf(capacity), sinceMs]);
  const known = slots.get(key);
  if (known) return known;
  const slot: Slot = {
    deviceId,
    hourMs,
    startMs: at,
    capacity,
    rate,
    paidTicks: 0n,
    intervals: [],
    holders: new Map(),
    billed: undefined,
  };
  slots.set(key, slot);
  return slot;
}

function addInterval(
  slot: Slot,
  fromMs: EpochMs,
  toMs: EpochMs,
  claims: readonly AllocationFact[],
  sample: UsageFact | undefined,
  untilMs: EpochMs,
): void {
  const partMs = BigInt(toMs - fromMs) * BigInt(slot.capacity.gpuParts);
  slot.paidTicks += partMs;
  slot.intervals.push({ fromMs, toMs });
  for (const { workloadId, share, isLost } of sharesAt(claims, fromMs, untilMs)) {
    const sum = numeratorsOf(slot, workloadId);
    const weight = partMs * share;
    sum.held += weight;
    const activity = sample?.activity;
    if (!activity) {
      sum.unobserved += weight;
      continue;
    }
    if (activity.isContradictory) sum.contradictory += weight;
    if (workloadId === '') continue; // observed and held by nobody: unallocated, by subtraction
    if (activity.busyPpm === null || activity.basis === 'none') {
      sum.unobserved += weight;
      continue;
    }
    const effective = activity.effectivePpm ?? activity.busyPpm;
    sum.basis[activity.basis] += weight;
    sum.idle += weight * (MILLION - BigInt(activity.busyPpm));
    sum.underused += weight * BigInt(activity.busyPpm - effective);
    if (isLost) sum.lost += weight * BigInt(effective);
  }
}

function numeratorsOf(slot: Slot, workloadId: string): Numerators {
  const known = slot.holders.get(workloadId);
  if (known) return known;
  const fresh: Numerators = {
    held: 0n,
    unobserved: 0n,
    idle: 0n,
    underused: 0n,
    lost: 0n,
    contradictory: 0n,
    basis: { sm_active: 0n, engine_active: 0n, gpu_util: 0n },
  };
  slot.holders.set(workloadId, fresh);
  return fresh;
}
