import type { AllocationFact, CapacityFact, UsageFact } from '../facts/facts.ts';
import { DAY_MS, type EpochMs } from '../time/window.ts';
import { PARTS_PER_GPU } from '../units/gpu-time.ts';
import type { FleetFacts } from './fleet-facts.ts';

/** A machine that vanished from telemetry for longer than this is taken to have been gone, even if it comes back. */
export const MAX_BRIDGED_GAP_MS = 7 * DAY_MS;

/** A device at one place, paid for without a break. */
export type Stay = { fromMs: EpochMs; toMs: EpochMs; capacity: CapacityFact };

/** When the device was paid for, and as what: touching facts that say the same united, gaps within one life of a machine bridged. */
export function staysOf(
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
export function latestCovering(stays: readonly Stay[], at: EpochMs): Stay | undefined {
  return stays
    .filter((stay) => stay.fromMs <= at && at < stay.toMs)
    .sort((a, b) => b.fromMs - a.fromMs || (placeOf(a.capacity) < placeOf(b.capacity) ? 1 : -1))[0];
}
