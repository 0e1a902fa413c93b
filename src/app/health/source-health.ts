import { type EpochMs, formatInstant, SECOND_MS } from '../../domain/time/window.ts';
import type { DatasetRecord } from '../../ports/store.ts';
import { compareText } from '../figures/compare-text.ts';
import { rowsRejected } from '../figures/source-figures.ts';
import type { SourceHealth } from '../results/health.ts';

/** With fewer gaps than these a usual one cannot be told. */
const FEWEST_GAPS = 2;
/** Once is a hiccup of whatever brings the facts. */
const LATE_AFTER_INTERVALS = 2;

/** What was imported, by kind of source, and whether the next of it should be here by now: by how often it came so far. */
export function sourceHealth(datasets: readonly DatasetRecord[], nowMs: EpochMs): SourceHealth[] {
  const kinds = [...new Set(datasets.map(({ kind }) => kind))].sort(compareText);
  return kinds.map((kind) =>
    healthOf(
      kind,
      datasets.filter((dataset) => dataset.kind === kind),
      nowMs,
    ),
  );
}

function healthOf(kind: string, datasets: readonly DatasetRecord[], nowMs: EpochMs): SourceHealth {
  const ends = datasets.flatMap(({ lastMs }) => (lastMs === null ? [] : [lastMs]));
  const newestMs = ends.length === 0 ? null : ends.reduce((a, b) => Math.max(a, b));
  const lagMs = newestMs === null ? null : Math.max(0, nowMs - newestMs);
  const intervalMs = usualGap(ends);
  const isKnown = lagMs !== null && intervalMs !== null;
  return {
    kind,
    datasets: datasets.length,
    facts: sum(datasets.map(({ facts }) => facts)),
    rowsRead: sum(datasets.map(({ rowsRead }) => rowsRead)),
    rowsRejected: sum(datasets.map(rowsRejected)),
    newest: newestMs === null ? null : formatInstant(newestMs),
    importedAt: formatInstant(datasets.reduce((latest, one) => Math.max(latest, one.importedAtMs), 0)),
    lagSeconds: lagMs === null ? null : Math.round(lagMs / SECOND_MS),
    intervalSeconds: intervalMs === null ? null : Math.round(intervalMs / SECOND_MS),
    state: !isKnown ? 'unknown' : lagMs > LATE_AFTER_INTERVALS * intervalMs ? 'late' : 'current',
  };
}

/** The middle of what lies between the ends of datasets that follow each other. */
function usualGap(ends: readonly EpochMs[]): number | null {
  const inOrder = [...new Set(ends)].sort((a, b) => a - b);
  const gaps = inOrder.slice(1).map((end, index) => end - inOrder[index]!);
  if (gaps.length < FEWEST_GAPS) return null;
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
