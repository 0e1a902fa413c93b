import type { EpochMs } from '../../domain/time/window.ts';
import { readInstant } from '../../files/read-cell.ts';
import type { MetricPoint, MlflowRun } from './parse-run.ts';

const TAG = 'tare.checkpoint';

export type CheckpointTimes = Readonly<{ times: readonly EpochMs[]; unreadable: readonly string[] }>;

/**
 * When a run saved its work: each time one of the given metrics was logged, and the times that its tag `tare.checkpoint` lists
 * (ISO 8601, or seconds or milliseconds since 1970; several with commas between).
 */
export async function checkpointTimes(
  run: MlflowRun,
  metricKeys: readonly string[],
  history: (key: string) => Promise<readonly MetricPoint[]>,
): Promise<CheckpointTimes> {
  const times = new Set<EpochMs>();
  const unreadable: string[] = [];
  for (const key of metricKeys) {
    if (!run.metrics.some((metric) => metric.key === key)) continue;
    for (const { atMs } of await history(key)) times.add(atMs);
  }
  for (const text of (run.tags[TAG] ?? '').split(',').map((part) => part.trim())) {
    const cell = text === '' ? null : readInstant(text);
    if (cell && 'value' in cell) times.add(cell.value);
    else if (cell) unreadable.push(text);
  }
  return { times: [...times].sort((a, b) => a - b), unreadable };
}
