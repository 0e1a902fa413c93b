import type { TimeWindow } from '../time/window.ts';
import type { Rate } from './price.ts';

/**
 * Combines what several books know into segments without overlap, oldest first: at every instant of the window the first list that
 * has a price wins, and inside a list the rate that stands first. Where none has one, there is a hole.
 *
 * Segments are cut at the bounds of the window. Neighbours that say the same are joined.
 */
export function chooseRates(byTrust: readonly (readonly Rate[])[], window: TimeWindow): readonly Rate[] {
  let holes: readonly TimeWindow[] = window.fromMs < window.toMs ? [window] : [];
  const chosen: Rate[] = [];
  for (const rate of byTrust.flat()) {
    chosen.push(...holes.flatMap((hole) => cutTo(rate, hole)));
    holes = holes.flatMap((hole) => without(hole, rate));
  }
  return joinNeighbours(chosen.toSorted((a, b) => a.fromMs - b.fromMs));
}

function cutTo(rate: Rate, hole: TimeWindow): Rate[] {
  const fromMs = Math.max(rate.fromMs, hole.fromMs);
  const toMs = Math.min(endOf(rate), hole.toMs);
  return fromMs < toMs ? [{ ...rate, fromMs, toMs }] : [];
}

/** What of the hole the rate leaves open: nothing, one piece, or one on either side. */
function without(hole: TimeWindow, rate: Rate): TimeWindow[] {
  const before = { fromMs: hole.fromMs, toMs: Math.min(hole.toMs, rate.fromMs) };
  const after = { fromMs: Math.max(hole.fromMs, endOf(rate)), toMs: hole.toMs };
  const isEmpty = endOf(rate) <= rate.fromMs;
  return isEmpty ? [hole] : [before, after].filter(({ fromMs, toMs }) => fromMs < toMs);
}

function joinNeighbours(sorted: readonly Rate[]): readonly Rate[] {
  const joined: Rate[] = [];
  for (const rate of sorted) {
    const last = joined.at(-1);
    if (last && last.toMs === rate.fromMs && saysTheSame(last, rate)) {
      joined[joined.length - 1] = { ...last, toMs: rate.toMs };
    } else {
      joined.push(rate);
    }
  }
  return joined;
}

function saysTheSame(a: Rate, b: Rate): boolean {
  return (
    a.perGpuHourPicos === b.perGpuHourPicos &&
    a.source === b.source &&
    a.priceDate === b.priceDate &&
    a.reference === b.reference
  );
}

function endOf(rate: Rate): number {
  return rate.toMs ?? Number.POSITIVE_INFINITY;
}
