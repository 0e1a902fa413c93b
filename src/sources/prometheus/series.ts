import type { EpochMs } from '../../domain/time/window.ts';

export type Labels = Readonly<Record<string, string>>;

/**
 * One time series on the grid: at most one value for each slot `[atMs, atMs + step)`, stamped with the start of the slot,
 * oldest first. A slot in which nothing was scraped is absent, never repeated from the one before.
 */
export type Series = Readonly<{
  name: string;
  labels: Labels;
  samples: readonly Sample[];
}>;

export type Sample = readonly [atMs: EpochMs, value: number];

/** That a series existed before the window that is being read, and until when. */
export type SeenBefore = Readonly<{ name: string; labels: Labels; lastMs: EpochMs }>;

/** How far back `SeenBefore` looks. */
export const SEEN_BEFORE_MS = 86_400_000;

/**
 * Series are taken a little beyond both ends of the window, so that a scrape that is missing at the edge of an hour is bridged
 * like any other. Two intervals of five minutes, the longest that Prometheus still considers alive.
 */
export const MARGIN_MS = 600_000;

/** The first of the labels that is there and not empty: exporters leave a label empty where it does not apply. */
export function pickLabel(labels: Labels, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') return value;
  }
  return null;
}

/** One text per label set, whatever the order of its labels. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
