import type { Attributes, ChargeFact } from '../facts/facts.ts';
import { apportion } from '../money/apportion.ts';
import type { Picos } from '../money/picos.ts';
import { NOBODY } from '../ownership/owner.ts';
import type { EpochMs } from '../time/window.ts';
import { attributesKey } from './attributes-key.ts';
import { hoursOf } from './charge-periods.ts';
import { compareText, maximum } from './compare-text.ts';
import type { WeighingRules } from './fleet-facts.ts';
import { emptyRow, type LedgerRow, NOTHING } from './ledger-row.ts';
import type { Slot } from './slots.ts';

/** A purchase of GPU time, all lines for one resource and period together. */
type Purchase = {
  resourceKey: string | null;
  fromMs: EpochMs;
  toMs: EpochMs;
  ticks: bigint;
  costPicos: Picos;
  lines: ChargeFact[];
};

/** Hands the cost of each purchase to the slots it paid for, and what they do not explain to nobody (see rowsOfUnseenPurchases). */
export function priceByBill(slots: ReadonlyMap<string, Slot>, charges: readonly ChargeFact[]): void {
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

/** GPU time on the bill that no device explains: paid, and nothing says what it did. Spread evenly over the charge period. */
export function rowsOfUnseenPurchases(
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

/** Which charge's tags name the owner when several paid for one slot: the largest by spelling, so that order does not matter. */
function laterAttributes(known: Attributes | undefined, purchase: Purchase): Attributes {
  const all = [...purchase.lines.map((line) => line.attributes), ...(known ? [known] : [])];
  return all.sort((a, b) => compareText(attributesKey(a), attributesKey(b))).at(-1)!;
}
