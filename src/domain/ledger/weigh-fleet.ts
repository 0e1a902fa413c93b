import { apportion } from '../money/apportion.ts';
import { NOBODY, UNTAGGED } from '../ownership/owner.ts';
import type { TimeWindow } from '../time/window.ts';
import { PARTS_PER_GPU, PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import { BUCKETS, grossOf, type PerBucket } from './buckets.ts';
import { compareText } from './compare-text.ts';
import type { FleetFacts, WeighingRules } from './fleet-facts.ts';
import { byRowKey, type LedgerRow, NOTHING, perBucket } from './ledger-row.ts';
import { rowsOfOtherCharges } from './other-charges.ts';
import { priceByBill, rowsOfUnseenPurchases } from './purchases.ts';
import { type Numerators, type Slot, weighAllSlots } from './slots.ts';
import { spreadShared } from './spread-shared.ts';

const S = BigInt(PARTS_PER_GPU);
const MILLION = BigInt(PPM);

/**
 * The oracle: the weighing of docs/methodology.md, written to be read and checked by hand, not to be fast.
 *
 * It walks through time in elementary intervals in which nothing changes (capacity, price, holders, the sample that stands),
 * adds up exact integers, and rounds once per row. The SQL that does the same work at scale must agree with it to the last digit.
 *
 * The result is sorted by hour, device, workload and price, and holds the hours of the window.
 */
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
    .sort(byRowKey);
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
