import type { AllocationFact } from '../../domain/facts/facts.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { Holder } from './holder.ts';
import { type Intervals, intersect, unite } from './intervals.ts';
import type { CardTrace } from './trace-devices.ts';

/** That a workload held a device, wholly or with others: whoever holds it claims all of it, and the ledger splits. */
export type Hold = Readonly<{ holder: Holder; deviceId: string; held: Intervals }>;

/**
 * What the exporter's labels say. A sample stands for the time to the card's next one, at most twice the usual interval, exactly as
 * its measures do; `mayHold` leaves out the time in which the device is known to be gone.
 */
export function exporterHolds(
  { card, layouts }: CardTrace,
  mayHold: (deviceId: string) => Intervals,
): Hold[] {
  const windows = new Map<string, { holder: Holder; deviceId: string; windows: TimeWindow[] }>();
  card.slots.forEach((slot, index) => {
    const next = card.slots[index + 1] ?? Number.POSITIVE_INFINITY;
    const window = { fromMs: slot, toMs: Math.min(next, slot + 2 * card.intervalMs) };
    for (const { deviceId, part } of layouts.get(slot)!) {
      for (const [workloadId, { holder, seen }] of card.parts.get(part ?? '-')?.holders ?? []) {
        if (!seen.has(slot)) continue;
        const key = JSON.stringify([workloadId, deviceId]);
        const hold = windows.get(key) ?? { holder, deviceId, windows: [] };
        windows.set(key, hold);
        hold.windows.push(window);
      }
    }
  });
  return [...windows.values()].map(({ holder, deviceId, windows }) => ({
    holder,
    deviceId,
    held: intersect(unite(windows), mayHold(deviceId)),
  }));
}

export function allocationFacts({ holder, deviceId, held }: Hold, window: TimeWindow): AllocationFact[] {
  return intersect(held, [window]).map(({ fromMs, toMs }) => ({
    workloadId: holder.workloadId,
    deviceId,
    shareParts: PARTS_PER_GPU,
    startMs: fromMs,
    endMs: toMs,
    lostFromMs: null,
  }));
}
