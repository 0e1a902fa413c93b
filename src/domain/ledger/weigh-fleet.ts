import type {
  AllocationFact,
  Attributes,
  Basis,
  CapacityFact,
  ChargeFact,
  UsageFact,
  WorkloadFact,
} from '../facts/facts.ts';
import { apportion } from '../money/apportion.ts';
import type { Picos } from '../money/picos.ts';
import { NOBODY, type Owner, UNTAGGED } from '../ownership/owner.ts';
import type { PriceSource, Rate } from '../pricing/price.ts';
import { ceilToHour, DAY_MS, type EpochMs, floorToHour, HOUR_MS, type TimeWindow } from '../time/window.ts';
import { PARTS_PER_GPU, PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import { BUCKETS, type Bucket, grossOf, type PerBucket } from './buckets.ts';

/**
 * The oracle: the weighing of DESIGN §2, written to be read and checked by hand, not to be fast.
 *
 * It walks through time in elementary intervals in which nothing changes (capacity, price, holders, the sample that stands),
 * adds up exact integers, and rounds once per row. The SQL that does the same work at scale must agree with it to the last digit.
 */
export type FleetFacts = Readonly<{
  capacity: readonly CapacityFact[];
  workloads: readonly WorkloadFact[];
  allocations: readonly AllocationFact[];
  usage: readonly UsageFact[];
  charges: readonly ChargeFact[];
}>;

export type WeighingRules = Readonly<{
  ratesOf(capacity: CapacityFact): readonly Rate[];
  ownerOf(attributes: Attributes): Owner;
  shared: 'proportional' | 'even' | 'none';
  maxHoldIntervals: number;
  /** What is still open ends here. */
  untilMs: EpochMs;
}>;

export type LedgerRow = Readonly<{
  hourMs: EpochMs;
  /** Empty for direct and shared costs. */
  deviceId: string;
  /** Empty for time that nobody held. */
  workloadId: string;
  team: string;
  node: string;
  gpuModel: string;
  priceSource: PriceSource | 'none';
  ticks: PerBucket<bigint>;
  cost: PerBucket<Picos>;
  directPicos: Picos;
  sharedPicos: Picos;
  unpricedTicks: bigint;
  basisTicks: Readonly<Record<Exclude<Basis, 'none'>, bigint>>;
  contradictoryTicks: bigint;
  estimateOfBilledPicos: Picos;
}>;

/** A machine that vanished from telemetry for longer than this is taken to have been gone, even if it comes back. */
export const MAX_BRIDGED_GAP_MS = 7 * DAY_MS;

/** Weighs the hours of the window. The result is sorted by hour, device, workload and price. */
export function weighFleet(facts: FleetFacts, rules: WeighingRules, window: TimeWindow): LedgerRow[] {
  const slots = weighAllSlots(facts, rules);
  priceByBill(slots, facts.charges);
  const rows = [
    ...[...slots.values()].flatMap((slot) => rowsOfSlot(slot, facts, rules)),
    ...rowsOfUnseenPurchases(slots, facts.charges, rules),
    ...rowsOfOtherCharges(facts.charges, rules),
  ];
  return spreadShared(rows, rules.shared)
    .filter((row) => row.hourMs >= window.fromMs && row.hourMs < window.toMs)
    .sort(byKey);
}

/** One device in one hour at one price: what a cost is worked out for. */
type Slot = {
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
type Numerators = {
  held: bigint;
  unobserved: bigint;
  idle: bigint;
  underused: bigint;
  lost: bigint;
  contradictory: bigint;
  basis: Record<Exclude<Basis, 'none'>, bigint>;
};

const S = BigInt(PARTS_PER_GPU);
const MILLION = BigInt(PPM);

function weighAllSlots(facts: FleetFacts, rules: WeighingRules): Map<string, Slot> {
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
  const claims = facts.allocations.filter((fact) => fact.deviceId === deviceId);
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
    const rate = rules
      .ratesOf(stay.capacity)
      .find((r) => r.fromMs <= fromMs && fromMs < (r.toMs ?? Infinity));
    const span = spans.find(({ sample, endMs }) => sample.atMs <= fromMs && fromMs < endMs);
    addInterval(
      slotFor(slots, deviceId, stay.capacity, rate, fromMs),
      fromMs,
      toMs,
      claims,
      span?.sample,
      rules.untilMs,
    );
  }
}

type Stay = { fromMs: EpochMs; toMs: EpochMs; capacity: CapacityFact };

/** When the device was paid for, and as what: touching facts that say the same united, gaps within one life of a machine bridged. */
function staysOf(
  deviceId: string,
  facts: FleetFacts,
  claims: readonly AllocationFact[],
  samples: readonly UsageFact[],
  untilMs: EpochMs,
): Stay[] {
  const stated = facts.capacity
    .filter((fact) => fact.deviceId === deviceId && fact.startMs < untilMs)
    .sort((a, b) => a.startMs - b.startMs);
  if (stated.length === 0 && !facts.capacity.some((fact) => fact.deviceId === deviceId)) {
    return impliedStay(deviceId, claims, samples, untilMs);
  }

  const bridged = stated.map((fact, index) => {
    const endMs = Math.min(fact.endMs ?? untilMs, untilMs);
    const next = stated.slice(index + 1).find((later) => later.nodeLife === fact.nodeLife);
    const isBridged =
      fact.nodeLife !== null && next && next.startMs > endMs && next.startMs - endMs <= MAX_BRIDGED_GAP_MS;
    return { fromMs: fact.startMs, toMs: isBridged ? next.startMs : endMs, capacity: fact };
  });

  const united: Stay[] = [];
  for (const stay of bridged) {
    const before = united.findLast((other) => placeOf(other.capacity) === placeOf(stay.capacity));
    if (before && before.toMs >= stay.fromMs) before.toMs = Math.max(before.toMs, stay.toMs);
    else united.push({ ...stay });
  }
  return united;
}

/** Nobody said what is paid for, but something was measured or held: paid from the first evidence to the last. */
function impliedStay(
  deviceId: string,
  claims: readonly AllocationFact[],
  samples: readonly UsageFact[],
  untilMs: EpochMs,
): Stay[] {
  const fromMs = Math.min(...claims.map((claim) => claim.startMs), ...samples.map((sample) => sample.atMs));
  const lastMs = Math.max(
    ...claims.map((claim) => claim.endMs ?? untilMs),
    ...samples.map((sample) => sample.atMs + sample.intervalMs),
  );
  const toMs = Math.min(lastMs, untilMs);
  if (fromMs >= toMs) return [];
  return [{ fromMs, toMs, capacity: impliedCapacity(deviceId, fromMs, toMs) }];
}

export function impliedCapacity(deviceId: string, startMs: EpochMs, endMs: EpochMs): CapacityFact {
  return {
    deviceId,
    gpuParts: PARTS_PER_GPU,
    node: 'unknown',
    nodeLife: null,
    gpuModel: 'unknown',
    memoryMib: null,
    lifecycle: 'owned',
    provider: null,
    region: null,
    instanceType: null,
    pool: null,
    resourceKey: null,
    attributes: {},
    startMs,
    endMs,
  };
}

/** Everything that makes two capacity facts the same place. */
export function placeOf(capacity: CapacityFact): string {
  const {
    gpuParts,
    node,
    gpuModel,
    memoryMib,
    lifecycle,
    provider,
    region,
    instanceType,
    pool,
    resourceKey,
  } = capacity;
  const attributes = Object.entries(capacity.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    gpuParts,
    node,
    gpuModel,
    memoryMib,
    lifecycle,
    provider,
    region,
    instanceType,
    pool,
    resourceKey,
    attributes,
  ]);
}

/** Where stays overlap, the one that began last is where the device is; ties by the spelling of the place. */
function latestCovering(stays: readonly Stay[], at: EpochMs): Stay | undefined {
  return stays
    .filter((stay) => stay.fromMs <= at && at < stay.toMs)
    .sort((a, b) => b.fromMs - a.fromMs || (placeOf(a.capacity) < placeOf(b.capacity) ? 1 : -1))[0];
}

function slotFor(
  slots: Map<string, Slot>,
  deviceId: string,
  capacity: CapacityFact,
  rate: Rate | undefined,
  at: EpochMs,
): Slot {
  const hourMs = floorToHour(at);
  const key = JSON.stringify([deviceId, hourMs, placeOf(capacity), rate?.fromMs ?? null]);
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

type HeldShare = { workloadId: string; share: bigint; isLost: boolean };

/** Who holds the device at an instant, in parts that add up to exactly the device; the empty name holds what is left. */
function sharesAt(claims: readonly AllocationFact[], at: EpochMs, untilMs: EpochMs): HeldShare[] {
  const byWorkload = new Map<string, { parts: bigint; isLost: boolean }>();
  for (const claim of claims) {
    if (claim.startMs > at || at >= (claim.endMs ?? untilMs)) continue;
    const known = byWorkload.get(claim.workloadId);
    const isLost = claim.lostFromMs !== null && claim.lostFromMs <= at;
    const parts = BigInt(claim.shareParts);
    // Several claims of one workload (its containers, say) are one hold: the largest counts.
    byWorkload.set(claim.workloadId, {
      parts: known && known.parts > parts ? known.parts : parts,
      isLost: isLost || (known?.isLost ?? false),
    });
  }
  const holders = [...byWorkload].sort(([a], [b]) => (a < b ? -1 : 1));
  const claimed = holders.reduce((sum, [, { parts }]) => sum + parts, 0n);
  const shares =
    claimed > S
      ? apportion(
          S,
          holders.map(([, { parts }]) => parts),
        )
      : holders.map(([, { parts }]) => parts);
  const held = holders.map(([workloadId, { isLost }], index) => ({
    workloadId,
    share: shares[index]!,
    isLost,
  }));
  return claimed < S ? [{ workloadId: '', share: S - claimed, isLost: false }, ...held] : held;
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

/** A purchase of GPU time, all lines for one resource and period together. */
type Purchase = {
  resourceKey: string | null;
  fromMs: EpochMs;
  toMs: EpochMs;
  ticks: bigint;
  costPicos: Picos;
  lines: ChargeFact[];
};

function purchasesOf(charges: readonly ChargeFact[]): Purchase[] {
  const groups = new Map<string, Purchase>();
  for (const charge of charges) {
    if (!buysGpuTime(charge)) continue;
    const key = JSON.stringify([
      pseudoDeviceOf(charge),
      charge.chargePeriodStartMs,
      charge.chargePeriodEndMs,
    ]);
    const group = groups.get(key) ?? {
      resourceKey: charge.resourceKey,
      fromMs: charge.chargePeriodStartMs,
      toMs: charge.chargePeriodEndMs,
      ticks: 0n,
      costPicos: 0n,
      lines: [],
    };
    group.ticks += charge.gpu?.ticks ?? 0n;
    group.costPicos += charge.costPicos;
    group.lines.push(charge);
    groups.set(key, group);
  }
  return [...groups.values()];
}

export function buysGpuTime(charge: ChargeFact): boolean {
  return (
    charge.gpu !== null && charge.gpu.ticks > 0n && charge.chargePeriodEndMs > charge.chargePeriodStartMs
  );
}

/** The device that stands for what a bill knows and telemetry does not. Never contains a slash. */
export function pseudoDeviceOf(charge: ChargeFact): string {
  return (
    charge.resourceKey ??
    `bill:${charge.provider}:${charge.gpu?.instanceType ?? charge.gpu?.gpuModel ?? 'gpu'}`
  ).replaceAll('/', ':');
}

type Share = { slot: Slot; ticks: bigint };

/** The slots that a purchase paid for, in the order of the running sum that hands its cost out. */
function slotsOfPurchase(slots: ReadonlyMap<string, Slot>, purchase: Purchase): Share[] {
  return [...slots.values()]
    .filter((slot) => purchase.resourceKey !== null && slot.capacity.resourceKey === purchase.resourceKey)
    .map((slot) => ({ slot, ticks: overlapTicks(slot, purchase) }))
    .filter(({ ticks }) => ticks > 0n)
    .sort((a, b) => byHourAndDevice(a.slot, b.slot));
}

function overlapTicks(slot: Slot, purchase: Purchase): bigint {
  return slot.intervals.reduce((sum, { fromMs, toMs }) => {
    const overlapMs = Math.min(toMs, purchase.toMs) - Math.max(fromMs, purchase.fromMs);
    return overlapMs > 0 ? sum + BigInt(overlapMs) * BigInt(slot.capacity.gpuParts) : sum;
  }, 0n);
}

function byHourAndDevice(a: Slot, b: Slot): number {
  return a.hourMs - b.hourMs || compareText(a.deviceId, b.deviceId) || a.startMs - b.startMs;
}

/** Hands the cost of each purchase to the slots it paid for, and what they do not explain to nobody (see rowsOfUnseenPurchases). */
function priceByBill(slots: ReadonlyMap<string, Slot>, charges: readonly ChargeFact[]): void {
  for (const purchase of purchasesOf(charges)) {
    const shares = slotsOfPurchase(slots, purchase);
    const seen = shares.reduce((sum, { ticks }) => sum + ticks, 0n);
    const unseen = purchase.ticks > seen ? purchase.ticks - seen : 0n;
    const parts = apportion(purchase.costPicos, [...shares.map(({ ticks }) => ticks), unseen]);
    for (const [index, { slot }] of shares.entries()) {
      slot.billed = {
        costPicos: (slot.billed?.costPicos ?? 0n) + parts[index]!,
        attributes: laterAttributes(slot.billed?.attributes, purchase),
      };
    }
  }
}

/** Which charge's tags name the owner when several paid for one slot: the largest by spelling, so that order does not matter. */
function laterAttributes(known: Attributes | undefined, purchase: Purchase): Attributes {
  const all = [...purchase.lines.map((line) => line.attributes), ...(known ? [known] : [])];
  return all.sort((a, b) => compareText(attributesKey(a), attributesKey(b))).at(-1)!;
}

/** The spelling under which equal attributes are one set. */
export function attributesKey(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => compareText(a, b)));
}

function rowsOfSlot(slot: Slot, facts: FleetFacts, rules: WeighingRules): LedgerRow[] {
  const holders = [...slot.holders].sort(([a], [b]) => compareText(a, b));
  const priceSource = slot.billed ? 'bill' : (slot.rate?.source ?? 'unpriced');
  const estimate = slot.rate ? (slot.rate.perGpuHourPicos * slot.paidTicks) / TICKS_PER_GPU_HOUR : 0n;
  const slotCost = slot.billed ? slot.billed.costPicos : estimate;

  const heldTicks = apportion(
    slot.paidTicks,
    holders.map(([, sums]) => sums.held),
  );
  const ticks = holders.map(([workloadId, sums], index) => bucketTicks(workloadId, sums, heldTicks[index]!));
  const costs = apportion(
    slotCost,
    ticks.flatMap((row) => BUCKETS.map((bucket) => row[bucket])),
  );
  const estimates = apportion(slot.billed ? estimate : 0n, ticks.map(grossOf));

  return holders.map(([workloadId, sums], index) => {
    const workload = facts.workloads.find((fact) => fact.workloadId === workloadId);
    const cost = perBucket((_, position) => costs[index * BUCKETS.length + position]!);
    const team = [workload?.attributes, slot.capacity.attributes, slot.billed?.attributes]
      .map((attributes) => attributes && rules.ownerOf(attributes)['team'])
      .find((value) => value !== undefined);
    return {
      hourMs: slot.hourMs,
      deviceId: slot.deviceId,
      workloadId,
      team: team ?? (workloadId === '' ? NOBODY : UNTAGGED),
      node: slot.capacity.node,
      gpuModel: slot.capacity.gpuModel,
      priceSource,
      ticks: ticks[index]!,
      cost,
      directPicos: 0n,
      sharedPicos: 0n,
      unpricedTicks: priceSource === 'unpriced' ? heldTicks[index]! : 0n,
      basisTicks: {
        sm_active: sums.basis.sm_active / S,
        engine_active: sums.basis.engine_active / S,
        gpu_util: sums.basis.gpu_util / S,
      },
      contradictoryTicks: sums.contradictory / S,
      estimateOfBilledPicos: estimates[index]!,
    };
  });
}

/** The parts are rounded down and the last bucket takes the remainder, so that they add up to what is held. */
function bucketTicks(workloadId: string, sums: Numerators, heldTicks: bigint): PerBucket<bigint> {
  if (workloadId === '') {
    const unallocated = (sums.held - sums.unobserved) / S;
    return { ...NOTHING, unobserved: heldTicks - unallocated, unallocated };
  }
  const unobserved = sums.unobserved / S;
  const idle = sums.idle / (S * MILLION);
  const underused = sums.underused / (S * MILLION);
  const lost = sums.lost / (S * MILLION);
  return {
    unobserved,
    unallocated: 0n,
    idle,
    underused,
    lost,
    productive: heldTicks - unobserved - idle - underused - lost,
  };
}

const NOTHING: PerBucket<bigint> = perBucket(() => 0n);

function perBucket(value: (bucket: Bucket, position: number) => bigint): PerBucket<bigint> {
  return Object.fromEntries(BUCKETS.map((bucket, position) => [bucket, value(bucket, position)])) as Record<
    Bucket,
    bigint
  >;
}

/** GPU time on the bill that no device explains: paid, and nothing says what it did. Spread evenly over the charge period. */
function rowsOfUnseenPurchases(
  slots: ReadonlyMap<string, Slot>,
  charges: readonly ChargeFact[],
  rules: WeighingRules,
): LedgerRow[] {
  return purchasesOf(charges).flatMap((purchase) => {
    const seen = slotsOfPurchase(slots, purchase).reduce((sum, { ticks }) => sum + ticks, 0n);
    if (purchase.ticks <= seen) return [];
    const unseen = purchase.ticks - seen;
    const cost = purchase.costPicos - (purchase.costPicos * seen) / purchase.ticks;
    const [line] = purchase.lines;
    const attributes = laterAttributes(undefined, purchase);
    return hoursOf(purchase).map(({ hourMs, spread }) => ({
      ...emptyRow(hourMs),
      deviceId: pseudoDeviceOf(line!),
      team: rules.ownerOf(attributes)['team'] ?? NOBODY,
      node: pseudoDeviceOf(line!),
      gpuModel: maximum(purchase.lines.map(({ gpu }) => gpu?.gpuModel ?? 'unknown')),
      priceSource: 'bill' as const,
      ticks: { ...NOTHING, unobserved: spread(unseen) },
      cost: { ...NOTHING, unobserved: spread(cost) },
    }));
  });
}

type Period = { fromMs: EpochMs; toMs: EpochMs };

/** The hours of a period, each with its part of any amount, by time; the parts of all hours add up to the amount. */
function hoursOf({ fromMs, toMs }: Period): { hourMs: EpochMs; spread: (amount: bigint) => bigint }[] {
  const lengthMs = BigInt(toMs - fromMs);
  const upTo = (amount: bigint, at: EpochMs) =>
    (amount * BigInt(Math.min(Math.max(at, fromMs), toMs) - fromMs)) / lengthMs;
  const hours = [];
  for (let hourMs = floorToHour(fromMs); hourMs < ceilToHour(toMs); hourMs += HOUR_MS) {
    hours.push({ hourMs, spread: (amount: bigint) => upTo(amount, hourMs + HOUR_MS) - upTo(amount, hourMs) });
  }
  return hours;
}

function rowsOfOtherCharges(charges: readonly ChargeFact[], rules: WeighingRules): LedgerRow[] {
  return groupsOfOtherCharges(charges).flatMap(({ line, costPicos }) => {
    const owner = rules.ownerOf(line.attributes);
    const isDirect = Object.keys(owner).length > 0;
    return hoursOf(periodOf(line)).map(({ hourMs, spread }) => ({
      ...emptyRow(hourMs),
      team: owner['team'] ?? (isDirect ? UNTAGGED : NOBODY),
      directPicos: isDirect ? spread(costPicos) : 0n,
      sharedPicos: isDirect ? 0n : spread(costPicos),
    }));
  });
}

/** Lines that differ in nothing the ledger shows are spread over time as one amount. */
function groupsOfOtherCharges(charges: readonly ChargeFact[]): { line: ChargeFact; costPicos: Picos }[] {
  const groups = new Map<string, { line: ChargeFact; costPicos: Picos }>();
  for (const line of charges) {
    if (buysGpuTime(line)) continue;
    const { provider, regionId, subAccountId, serviceName, chargePeriodStartMs } = line;
    const shown = [provider, regionId, subAccountId, serviceName, chargePeriodStartMs, periodOf(line).toMs];
    const key = JSON.stringify([...shown, attributesKey(line.attributes)]);
    const group = groups.get(key) ?? { line, costPicos: 0n };
    groups.set(key, { line, costPicos: group.costPicos + line.costPicos });
  }
  return [...groups.values()];
}

/** A one-time line may have an empty charge period; its money belongs to the hour in which it starts. */
function periodOf(charge: ChargeFact): Period {
  const { chargePeriodStartMs: fromMs, chargePeriodEndMs: toMs } = charge;
  return toMs > fromMs ? { fromMs, toMs } : { fromMs, toMs: floorToHour(fromMs) + HOUR_MS };
}

function emptyRow(hourMs: EpochMs): LedgerRow {
  return {
    hourMs,
    deviceId: '',
    workloadId: '',
    team: NOBODY,
    node: 'none',
    gpuModel: 'none',
    priceSource: 'none',
    ticks: NOTHING,
    cost: NOTHING,
    directPicos: 0n,
    sharedPicos: 0n,
    unpricedTicks: 0n,
    basisTicks: { sm_active: 0n, engine_active: 0n, gpu_util: 0n },
    contradictoryTicks: 0n,
    estimateOfBilledPicos: 0n,
  };
}

/**
 * Spreads the shared cost of an hour over the rows that workloads hold in it: in proportion to their gross cost, or evenly between
 * teams and in proportion inside one. Where nothing priced is held, and by the rule `none`, it stays with nobody.
 */
function spreadShared(rows: LedgerRow[], rule: WeighingRules['shared']): LedgerRow[] {
  if (rule === 'none') return rows;
  const hours = [...new Set(rows.map((row) => row.hourMs))];
  return hours.flatMap((hourMs) =>
    spreadHour(
      rows.filter((row) => row.hourMs === hourMs),
      rule,
    ),
  );
}

function spreadHour(rows: LedgerRow[], rule: 'proportional' | 'even'): LedgerRow[] {
  const total = rows.reduce((sum, row) => sum + row.sharedPicos, 0n);
  const receivers = rows.filter((row) => row.workloadId !== '' && grossOf(row.cost) > 0n).sort(byKey);
  if (total === 0n || receivers.length === 0) return rows;

  const teams =
    rule === 'even' ? [...new Set(receivers.map((row) => row.team))].sort(compareText) : ['everybody'];
  const perTeam = apportion(
    total,
    teams.map(() => 1n),
  );
  const received = new Map<LedgerRow, Picos>();
  for (const [index, team] of teams.entries()) {
    const members = rule === 'even' ? receivers.filter((row) => row.team === team) : receivers;
    const parts = apportion(
      perTeam[index]!,
      members.map((row) => grossOf(row.cost)),
    );
    for (const [position, member] of members.entries()) received.set(member, parts[position]!);
  }
  return rows.map((row) => ({ ...row, sharedPicos: received.get(row) ?? 0n }));
}

function byKey(a: LedgerRow, b: LedgerRow): number {
  return (
    a.hourMs - b.hourMs ||
    compareText(a.deviceId, b.deviceId) ||
    compareText(a.workloadId, b.workloadId) ||
    compareText(a.priceSource, b.priceSource)
  );
}

function maximum(values: readonly string[]): string {
  return [...values].sort(compareText).at(-1)!;
}

/** By code unit, as both engines compare text. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
