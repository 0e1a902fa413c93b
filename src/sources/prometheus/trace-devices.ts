import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import type { GpuSpec } from '../../ports/hardware-catalog.ts';
import { type LayoutPart, layoutOf } from './card-layout.ts';
import type { Card } from './gpu-cards.ts';
import { type Intervals, intersect, subtract } from './intervals.ts';
import { type KubeNode, lifeAt } from './kube-state.ts';
import { coveredBy } from './sample-interval.ts';

/** A card through the window: which devices it offered at each sample, and when they were paid for. */
export type CardTrace = Readonly<{
  card: Card;
  /** By slot of `card.slots`. */
  layouts: ReadonlyMap<EpochMs, readonly LayoutPart[]>;
  pieces: readonly DevicePiece[];
  /** Slots whose slices were more than the card holds. */
  overfullSlots: number;
}>;

export type DevicePiece = TimeWindow & LayoutPart;

/**
 * A device is paid for while it is seen, over a single missing sample, and while kube-state-metrics lists its node in the same
 * life although the exporter is silent: the machine goes on costing. A gap in which both are silent yields nothing; the ledger knows
 * from the life of the node whether it was paid.
 */
export function traceCard(
  card: Card,
  node: KubeNode | undefined,
  gpu: GpuSpec | undefined,
  isStillThere: boolean,
): CardTrace {
  const { layouts, overfullSlots } = layoutsOf(card, gpu);
  const pieces: DevicePiece[] = [];
  card.slots.forEach((slot, index) => {
    const next = card.slots[index + 1];
    const isBridged = next !== undefined && next - slot <= 2 * card.intervalMs;
    push(pieces, layouts.get(slot)!, { fromMs: slot, toMs: isBridged ? next : slot + card.intervalMs });
  });
  if (node && isStillThere) pieces.push(...silentPieces(card, node, layouts, gpu));
  return { card, layouts, pieces, overfullSlots };
}

function push(pieces: DevicePiece[], layout: readonly LayoutPart[], window: TimeWindow): void {
  for (const part of layout) pieces.push({ ...part, ...window });
}

function layoutsOf(card: Card, gpu: GpuSpec | undefined) {
  const known = new Map<string, readonly LayoutPart[]>();
  const layouts = new Map<EpochMs, readonly LayoutPart[]>();
  let overfullSlots = 0;
  card.slots.forEach((slot, index) => {
    let seen = seenAt(card, slot);
    if (isOverfull(card, seen, gpu)) {
      // The card was cut anew inside the slot; what is still there in the next one is the new layout.
      const next = card.slots[index + 1];
      const staying = next === undefined ? seen : seen.filter((part) => card.parts.get(part)!.seen.has(next));
      if (staying.length > 0) seen = staying;
      if (isOverfull(card, seen, gpu)) overfullSlots++;
    }
    const key = seen.join(',');
    if (!known.has(key)) known.set(key, layoutOf(card.id, profilesOf(card, seen), gpu));
    layouts.set(slot, known.get(key)!);
  });
  return { layouts, overfullSlots };
}

function seenAt(card: Card, slot: EpochMs): string[] {
  return [...card.parts].filter(([, { seen }]) => seen.has(slot)).map(([part]) => part);
}

function isOverfull(card: Card, parts: readonly string[], gpu: GpuSpec | undefined): boolean {
  const layout = layoutOf(card.id, profilesOf(card, parts), gpu);
  const whole = layoutOf(card.id, new Map(), gpu)[0]!.gpuParts;
  return layout.reduce((sum, { gpuParts }) => sum + gpuParts, 0) > whole;
}

function profilesOf(card: Card, parts: readonly string[]): ReadonlyMap<string, string | null> {
  return new Map(parts.map((part) => [part, card.parts.get(part)!.profile]));
}

/** The time in which the node is listed and the card says nothing: it keeps the layout it had, or the first that is seen of it. */
function silentPieces(
  card: Card,
  node: KubeNode,
  layouts: ReadonlyMap<EpochMs, readonly LayoutPart[]>,
  gpu: GpuSpec | undefined,
): DevicePiece[] {
  const pieces: DevicePiece[] = [];
  for (const gap of subtract(node.listed, coveredBy(card.slots, card.intervalMs))) {
    const reference = referenceOf(card, gap, layouts, gpu);
    if (!reference) continue;
    for (const listed of inLife(node, reference.atMs, [gap])) push(pieces, reference.layout, listed);
  }
  return pieces;
}

function referenceOf(
  card: Card,
  gap: TimeWindow,
  layouts: ReadonlyMap<EpochMs, readonly LayoutPart[]>,
  gpu: GpuSpec | undefined,
): { atMs: EpochMs; layout: readonly LayoutPart[] } | undefined {
  const earlier = card.slots.findLast((slot) => slot < gap.fromMs);
  if (earlier !== undefined) return { atMs: earlier, layout: layouts.get(earlier)! };
  if (card.before) return { atMs: card.before.lastMs, layout: layoutOf(card.id, card.before.profiles, gpu) };
  const later = card.slots.find((slot) => slot >= gap.toMs);
  return later === undefined ? undefined : { atMs: later, layout: layouts.get(later)! };
}

function inLife(node: KubeNode, referenceMs: EpochMs, windows: Intervals): Intervals {
  const life = lifeAt(node, referenceMs);
  // Seen before this life began: it belonged to the machine that had the name before.
  if (!life || referenceMs < life.createdMs) return [];
  return intersect(windows, [life]);
}
