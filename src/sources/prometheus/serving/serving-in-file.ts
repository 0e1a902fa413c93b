import { type EpochMs, floorToHour, HOUR_MS, type TimeWindow } from '../../../domain/time/window.ts';
import { lastBefore, onGrid, type RawSeries } from '../grid-series.ts';
import { POD_METRICS } from '../kube-state.ts';
import { type Labels, pickLabel, type Series } from '../series.ts';
import type { PulledServing, ServingSeries } from './pull-serving.ts';
import { servingMetric } from './serving-metrics.ts';

/** What model servers counted in one hour of a file, as a server of Prometheus would have answered. */
export type ServingHour = Readonly<{ window: TimeWindow; pulled: PulledServing }>;

/** Hour by hour. Samples have to be in the order of time. */
export function* servingHours(
  serving: readonly RawSeries[],
  kube: readonly RawSeries[],
  stepMs: number,
): Generator<ServingHour> {
  const pods = new Set(serving.map(({ labels }) => podOf(labels)).filter((pod) => pod !== null));
  const ofPods = kube.filter(({ name, labels }) => isPodMetric(name) && pods.has(podOf(labels)!));
  for (const fromMs of hoursOf(serving)) {
    const window = { fromMs, toMs: fromMs + HOUR_MS };
    yield {
      window,
      pulled: {
        serving: serving.flatMap((one) => servingIn(one, window, stepMs)),
        pods: ofPods.flatMap((one) => podIn(one, window, stepMs)),
        samples: 0,
        partialAnswers: [],
      },
    };
  }
}

/** Counters tell nothing by themselves: what was counted is how much they grew. */
export function tellsGrowth(serving: readonly RawSeries[]): boolean {
  return serving.some(({ samples }) => samples.some(([at]) => at !== samples[0]![0]));
}

function hoursOf(serving: readonly RawSeries[]): EpochMs[] {
  const hours = new Set(serving.flatMap(({ samples }) => samples.map(([at]) => floorToHour(at))));
  return [...hours].sort((a, b) => a - b);
}

function servingIn(raw: RawSeries, window: TimeWindow, stepMs: number): ServingSeries[] {
  const isCounter = servingMetric(raw.name)!.kind === 'counter';
  const series = onGrid(raw, window, stepMs, !isCounter);
  const before = isCounter ? (lastBefore(raw, window.fromMs)?.[1] ?? null) : null;
  return series.samples.length === 0 && before === null ? [] : [{ ...series, before }];
}

/** A pod that is gone by then still says whose endpoint its counters were. */
function podIn(raw: RawSeries, window: TimeWindow, stepMs: number): Series[] {
  const { name, labels, samples } = onGrid(raw, window, stepMs, false);
  const before = lastBefore(raw, window.fromMs);
  const gone = before === null ? [] : [[window.fromMs - stepMs, before[1]] as const];
  const all = [...gone, ...samples];
  return all.length === 0 ? [] : [{ name, labels, samples: all }];
}

function isPodMetric(name: string): boolean {
  return name !== 'kube_pod_status_phase' && POD_METRICS.some((metric) => metric === name);
}

function podOf(labels: Labels): string | null {
  return pickLabel(labels, 'exported_pod', 'pod');
}
