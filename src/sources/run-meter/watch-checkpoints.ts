import { MINUTE_MS } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MeteredRun } from '../../ports/run-meter.ts';
import { findCheckpoints } from './find-checkpoints.ts';
import type { RecordLine } from './record-line.ts';
import { waitFor } from './wait-for.ts';

const EVERY_MS = MINUTE_MS;

/**
 * Writes down each checkpoint once, and that the meter is alive. Looked for every minute, since older checkpoints are often deleted,
 * and once more at the end.
 */
export function watchCheckpoints(
  { checkpointPatterns, directory, startMs }: MeteredRun,
  clock: Clock,
  write: (line: RecordLine) => void,
): Readonly<{ until(stop: AbortSignal): Promise<void>; look(): Promise<void> }> {
  const seen = new Set<number>();

  async function look(): Promise<void> {
    if (checkpointPatterns.length === 0) return;
    const nowMs = clock.nowMs();
    for (const atMs of await findCheckpoints(checkpointPatterns, directory)) {
      // What was there before the run started is none of its checkpoints.
      if (atMs < startMs || atMs > nowMs || seen.has(atMs)) continue;
      seen.add(atMs);
      write({ kind: 'checkpoint', atMs });
    }
  }

  async function until(stop: AbortSignal): Promise<void> {
    while (await waitFor(EVERY_MS, stop)) {
      write({ kind: 'beat', atMs: clock.nowMs() });
      await look();
    }
  }

  return { until, look };
}
