import { type EpochMs, floorToHour, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { gpuMetric } from './gpu-metrics.ts';
import type { SeriesWindow } from './interpret-series.ts';
import { LATER_METRICS, LATER_MS, type LaterLook, laterLives } from './later-lives.ts';
import {
  type Labels,
  MARGIN_MS,
  type Sample,
  SEEN_BEFORE_MS,
  type SeenBefore,
  type Series,
} from './series.ts';

/** A series as it stands in a file: samples at any instant, in any order. */
export type RawSeries = Readonly<{ name: string; labels: Labels; samples: Sample[] }>;

/** As every reader here expects them: oldest first. */
export function sortSamples(raw: readonly RawSeries[]): void {
  for (const one of raw) one.samples.sort(([a], [b]) => a - b);
}

/** Cuts what a file holds into hours and puts each on the grid, as a server would have answered. Samples have to be sorted. */
export function* gridHours(raw: readonly RawSeries[], stepMs: number): Generator<SeriesWindow> {
  const marginMs = Math.max(Math.ceil(MARGIN_MS / stepMs) * stepMs, 2 * stepMs);
  for (const fromMs of hoursOf(raw, marginMs)) {
    const window = { fromMs, toMs: fromMs + HOUR_MS };
    const around = { fromMs: window.fromMs - marginMs, toMs: window.toMs + marginMs };
    yield {
      window,
      stepMs,
      series: raw
        .map((one) => onGrid(one, around, stepMs, gpuMetric(one.name) !== undefined))
        .filter(({ samples }) => samples.length > 0),
      before: raw.map((one) => seenBefore(one, fromMs)).filter((seen) => seen !== null),
      percentMetrics: percentMetrics(raw, window),
      later: laterIn(raw, window.toMs),
    };
  }
}

/** What a sample stands for may reach into an hour that has none of its own. */
function hoursOf(raw: readonly RawSeries[], marginMs: number): EpochMs[] {
  const hours = new Set<EpochMs>();
  for (const { samples } of raw) {
    for (const [at] of samples) {
      hours.add(floorToHour(at));
      hours.add(floorToHour(at + marginMs));
    }
  }
  return [...hours].sort((a, b) => a - b);
}

/** Measures are averaged inside a slot; of descriptions and counts the last one stands. */
export function onGrid(
  { name, labels, samples }: RawSeries,
  around: TimeWindow,
  stepMs: number,
  isMeasure: boolean,
): Series {
  const onGrid: [EpochMs, number][] = [];
  let inSlot: number[] = [];
  for (const [at, value] of samplesIn(samples, around)) {
    const slot = Math.floor(at / stepMs) * stepMs;
    const last = onGrid.at(-1);
    if (last?.[0] !== slot) {
      inSlot = [value];
      onGrid.push([slot, value]);
    } else {
      inSlot.push(value);
      last[1] = isMeasure ? inSlot.reduce((sum, one) => sum + one, 0) / inSlot.length : value;
    }
  }
  return { name, labels, samples: onGrid };
}

function samplesIn(samples: readonly Sample[], { fromMs, toMs }: TimeWindow): readonly Sample[] {
  return samples.slice(firstFrom(samples, fromMs), firstFrom(samples, toMs));
}

function seenBefore(raw: RawSeries, fromMs: EpochMs): SeenBefore | null {
  const last = gpuMetric(raw.name) === undefined ? null : lastBefore(raw, fromMs);
  return last && { name: raw.name, labels: raw.labels, lastMs: last[0] };
}

/** The last sample of the day before an instant. */
export function lastBefore({ samples }: RawSeries, fromMs: EpochMs): Sample | null {
  const last = samples[firstFrom(samples, fromMs) - 1];
  return last && last[0] >= fromMs - SEEN_BEFORE_MS ? last : null;
}

function laterIn(raw: readonly RawSeries[], fromMs: EpochMs): LaterLook {
  const later = { fromMs, toMs: fromMs + LATER_MS };
  return laterLives(
    raw
      .filter(({ name }) => LATER_METRICS.some((metric) => metric === name))
      .map(({ name, labels, samples }) => ({ name, labels, values: samplesIn(samples, later) }))
      .filter(({ values }) => values.length > 0)
      .map(({ values, ...rest }) => ({
        ...rest,
        largest: values.reduce((most, [, value]) => Math.max(most, value), 0),
      })),
  );
}

const BLANK = 1e13;

function percentMetrics(raw: readonly RawSeries[], { toMs }: TimeWindow): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, samples } of raw) {
    if (gpuMetric(name)?.unit !== 'fraction-or-percent' || names.has(name)) continue;
    const day = samplesIn(samples, { fromMs: toMs - SEEN_BEFORE_MS, toMs });
    if (day.some(([, value]) => value > 1 && value < BLANK)) names.add(name);
  }
  return names;
}

/** Index of the first sample at or after an instant. */
function firstFrom(samples: readonly Sample[], atMs: EpochMs): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle]![0] < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
