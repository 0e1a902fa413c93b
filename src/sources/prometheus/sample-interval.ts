import type { EpochMs } from '../../domain/time/window.ts';
import { type Intervals, unite } from './intervals.ts';

/** Fewer distances than this say nothing about what is usual. */
const LEAST_DISTANCES = 6;

/**
 * The usual distance between the samples of one series, from the slots in which it was seen, oldest first.
 *
 * The upper quartile: a scrape interval that is no multiple of the step (90 s on a 60 s grid) alternates between two distances and
 * the longer one is meant, while an outage or a missed scrape, being rare, is not. `undefined` with too few samples.
 */
export function usualInterval(slots: readonly EpochMs[]): number | undefined {
  return usualDistance(distancesOf(slots));
}

/** The same over many series that are scraped alike. */
export function usualIntervalOfAll(slotsOfSeries: Iterable<readonly EpochMs[]>): number | undefined {
  const distances: number[] = [];
  for (const slots of slotsOfSeries) for (const distance of distancesOf(slots)) distances.push(distance);
  return usualDistance(distances);
}

/** What the samples cover: each its interval, and a gap of a single missing sample is bridged. */
export function coveredBy(slots: readonly EpochMs[], intervalMs: number): Intervals {
  return unite(
    slots.map((fromMs, index) => {
      const next = slots[index + 1];
      const isBridged = next !== undefined && next - fromMs <= 2 * intervalMs;
      return { fromMs, toMs: isBridged ? next : fromMs + intervalMs };
    }),
  );
}

export function sortedSlots(slots: Iterable<EpochMs>): EpochMs[] {
  return [...new Set(slots)].sort((a, b) => a - b);
}

function distancesOf(slots: readonly EpochMs[]): number[] {
  return slots.slice(1).map((slot, index) => slot - slots[index]!);
}

function usualDistance(distances: number[]): number | undefined {
  if (distances.length < LEAST_DISTANCES) return undefined;
  distances.sort((a, b) => a - b);
  return distances[Math.floor(0.75 * (distances.length - 1))];
}
