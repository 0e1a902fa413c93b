import { podWorkloadId } from '../../domain/fleet/workload-ids.ts';
import { DAY_MS, type EpochMs } from '../../domain/time/window.ts';
import { type Labels, pickLabel } from './series.ts';

/** What became of a pod after the window. */
export type LaterLife = Readonly<{
  phase: 'Succeeded' | 'Failed' | null;
  completedMs: EpochMs | null;
  restarts: number;
}>;

/** By `NAMESPACE/POD`, where it can be looked up. */
export type LaterLook = ReadonlyMap<string, LaterLife>;

/** How far behind a window is looked: work of hours ago is lost when its pod fails now. */
export const LATER_MS = 7 * DAY_MS;
export const LATER_METRICS = [
  'kube_pod_status_phase',
  'kube_pod_completion_time',
  'kube_pod_container_status_restarts_total',
] as const;

export type LargestValue = Readonly<{ name: string; labels: Labels; largest: number }>;

/** From the largest value that each series of `LATER_METRICS` took after the window. */
export function laterLives(values: Iterable<LargestValue>): LaterLook {
  const lives = new Map<string, { -readonly [K in keyof LaterLife]: LaterLife[K] }>();
  for (const { name, labels, largest } of values) {
    const pod = pickLabel(labels, 'exported_pod', 'pod') ?? '';
    const id = podWorkloadId(pickLabel(labels, 'exported_namespace', 'namespace'), pod);
    const life = lives.get(id) ?? { phase: null, completedMs: null, restarts: 0 };
    lives.set(id, life);
    if (name === 'kube_pod_completion_time') life.completedMs = Math.round(largest * 1000);
    else if (name === 'kube_pod_container_status_restarts_total') life.restarts += largest;
    else if (largest === 1 && labels['phase'] === 'Failed') life.phase = 'Failed';
    else if (largest === 1 && labels['phase'] === 'Succeeded') life.phase ??= 'Succeeded';
  }
  return lives;
}
