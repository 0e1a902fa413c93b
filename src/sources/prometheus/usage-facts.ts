import type { UsageFact } from '../../domain/facts/facts.ts';
import { readActivity } from '../../domain/facts/read-activity.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import { isAmdMode, type LayoutPart } from './card-layout.ts';
import { type Card, type CardPart, cellValue } from './gpu-cards.ts';
import type { Quantity } from './gpu-metrics.ts';
import type { CardTrace } from './trace-devices.ts';

/** One sample of every device of the card for each slot of the window in which the card was seen. */
export function usageFacts({ card, layouts }: CardTrace, window: TimeWindow): UsageFact[] {
  const facts: UsageFact[] = [];
  for (const slot of card.slots) {
    if (slot < window.fromMs || slot >= window.toMs) continue;
    const boardWatts = boardPower(card, slot);
    for (const part of layouts.get(slot)!) facts.push(sampleOf(card, part, slot, boardWatts));
  }
  return facts;
}

function sampleOf(card: Card, layout: LayoutPart, slot: EpochMs, boardWatts: number | null): UsageFact {
  const part = card.parts.get(layout.part ?? '-');
  const read = (quantity: Quantity) => valueAt(part, quantity, slot);
  // AMD counts activity for the card on partition 0 and zero elsewhere: the card's figure stands for each of its partitions.
  const activityOf = isAmdMode(layout.profile) ? card.parts.get('p0') : part;
  const memory = read('memoryUsedMib');
  const memoryUsedMib = isAmdMode(layout.profile) && memory === 0 ? null : memory;
  const activity = readActivity({
    smActive: valueAt(activityOf, 'smActive', slot),
    engineActive: valueAt(activityOf, 'engineActive', slot),
    gpuUtil: valueAt(activityOf, 'gpuUtil', slot),
    memoryUsedMib,
    processes: read('processes'),
  });
  return {
    deviceId: layout.deviceId,
    atMs: slot,
    intervalMs: card.intervalMs,
    activity,
    memoryUsedMib: memoryUsedMib === null ? null : Math.round(memoryUsedMib),
    powerWatts:
      boardWatts === null ? null : Math.round((boardWatts * layout.gpuParts * 1000) / PARTS_PER_GPU) / 1000,
  };
}

/** Power is measured for the board alone and repeated on its slices, which therefore get it by their size. */
function boardPower(card: Card, slot: EpochMs): number | null {
  const watts = [...card.parts.values()]
    .map((part) => valueAt(part, 'powerWatts', slot))
    .filter((value) => value !== null);
  return watts.length === 0 ? null : Math.max(...watts);
}

function valueAt(part: CardPart | undefined, quantity: Quantity, slot: EpochMs): number | null {
  return cellValue(part?.cells.get(quantity)?.get(slot));
}
