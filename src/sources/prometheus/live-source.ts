import {
  type EpochMs,
  floorToHour,
  formatInstant,
  HOUR_MS,
  SECOND_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, LiveSource, ReadSummary } from '../../ports/source.ts';
import { interpretSeries } from './interpret-series.ts';
import { GPU_RESOURCE_PATTERN, REQUESTS_METRIC } from './kube-state.ts';
import { probePrometheus } from './probe.ts';
import { createPrometheusClient, type PrometheusClient } from './prometheus-client.ts';
import { pullSeries } from './pull-series.ts';
import { pullQueues } from './queues/pull-queues.ts';
import { queueFacts } from './queues/queue-facts.ts';
import { addInterpretation, addTraffic, addWarning, newSummary } from './read-summary.ts';
import { pullServing } from './serving/pull-serving.ts';
import { trafficFacts } from './serving/traffic-facts.ts';

export type PrometheusSourceOptions = Readonly<{
  name: string;
  url: string;
  catalog: HardwareCatalog;
  clock: Clock;
  /** Distance between samples, 60 by default; a divisor of an hour, and rounded down to one. */
  stepSeconds?: number;
  bearerToken?: string;
  /** For basic authorization; a user and password in the url do the same. */
  username?: string;
  password?: string;
  headers?: Readonly<Record<string, string>>;
  /** `cluster="prod"`: label matchers added to every selector. */
  extraMatchers?: string;
  /** Who rents out the nodes, where neither the instance type nor the provider id says. */
  provider?: string;
  /** A Slurm source describes the jobs that `hpc_job` names. */
  areJobsDescribedElsewhere?: boolean;
  /** Pause before a failed request is repeated for the first time; 500 by default. */
  firstPauseMs?: number;
}>;

const DEFAULT_STEP_SECONDS = 60;
const DEFAULT_PAUSE_MS = 500;

/**
 * Collects what a Prometheus-compatible server knows about GPUs and about who holds them, hour by hour.
 *
 * A chunk is a UTC hour (`2026-10-14T09`); the one that is still going on ends at the last whole step. Reading needs the memory of one
 * hour. Throws `OutsideFailure` when the server cannot be reached, refuses, or answers something else than its interface promises.
 */
export function createPrometheusSource(options: PrometheusSourceOptions): LiveSource {
  const stepMs = stepOf(options.stepSeconds ?? DEFAULT_STEP_SECONDS);
  const client = createPrometheusClient({
    url: options.url,
    bearerToken: options.bearerToken ?? null,
    user:
      options.username === undefined ? null : { name: options.username, password: options.password ?? '' },
    headers: options.headers ?? {},
    firstPauseMs: options.firstPauseMs ?? DEFAULT_PAUSE_MS,
  });
  const extraMatchers = options.extraMatchers ?? '';

  return {
    kind: 'prometheus',
    name: options.name,
    chunks: (window) => hoursOf(window, Math.floor(options.clock.nowMs() / stepMs) * stepMs),
    read(window, signal): FactReading {
      const summary = newSummary();
      return {
        batches: readHours(options, client, { stepMs, extraMatchers }, window, summary, signal),
        summary,
      };
    },
    changedSince: (sinceMs, signal) =>
      startOfNewlyFailed(client, extraMatchers, { fromMs: sinceMs, toMs: options.clock.nowMs() }, signal),
    probe: (signal) => probePrometheus(client, extraMatchers, options.clock.nowMs(), signal),
  };
}

/** What names a pod, whether Prometheus renamed its labels or not. */
const POD = 'namespace, pod, exported_namespace, exported_pod';

/** When the first of the GPU pods started that failed, or whose containers were started again, inside the window: its hours were read as if it went on. */
async function startOfNewlyFailed(
  client: PrometheusClient,
  extraMatchers: string,
  { fromMs, toMs }: TimeWindow,
  signal: AbortSignal,
): Promise<EpochMs> {
  const ago = `offset ${Math.max(1, Math.ceil((toMs - fromMs) / SECOND_MS))}s`;
  const select = (name: string, matchers = '') =>
    `${name}{${[matchers, extraMatchers].filter((text) => text !== '').join(',')}}`;
  const failed = select('kube_pod_status_phase', 'phase="Failed"');
  const restarts = select('kube_pod_container_status_restarts_total');
  const query = `min(
    max by (${POD}) (${select('kube_pod_start_time')})
    and on (${POD}) ${select(REQUESTS_METRIC, `resource=~"${GPU_RESOURCE_PATTERN}"`)}
    and on (${POD}) (
      (max by (${POD}) (${failed}) == 1 unless on (${POD}) max by (${POD}) (${failed} ${ago}) == 1)
      or (sum by (${POD}) (${restarts}) > sum by (${POD}) (${restarts} ${ago}))
    )
  )`;
  const { series } = await client.query(query, toMs, signal);
  const seconds = series[0]?.samples.at(-1)?.[1];
  return seconds === undefined ? fromMs : Math.min(fromMs, Math.round(seconds * SECOND_MS));
}

/** The hour is the grain of a chunk, so steps divide it: the same instant is then in the same slot, whoever asks. */
function stepOf(stepSeconds: number): number {
  let step = Math.min(3600, Math.max(1, Math.floor(stepSeconds)));
  while (3600 % step !== 0) step--;
  return step * 1000;
}

/** Chunks start with their hour even where the window does not, since a chunk replaces what was there before. */
function hoursOf(window: TimeWindow, nowMs: number): { name: string; window: TimeWindow }[] {
  const hours: { name: string; window: TimeWindow }[] = [];
  for (let fromMs = floorToHour(window.fromMs); fromMs < Math.min(window.toMs, nowMs); fromMs += HOUR_MS) {
    const toMs = Math.min(fromMs + HOUR_MS, nowMs);
    hours.push({ name: formatInstant(fromMs).slice(0, 13), window: { fromMs, toMs } });
  }
  return hours;
}

async function* readHours(
  options: PrometheusSourceOptions,
  client: PrometheusClient,
  pull: { stepMs: number; extraMatchers: string },
  window: TimeWindow,
  summary: ReadSummary,
  signal: AbortSignal,
) {
  for (let fromMs = window.fromMs; fromMs < window.toMs; fromMs = floorToHour(fromMs) + HOUR_MS) {
    const hour = { fromMs, toMs: Math.min(floorToHour(fromMs) + HOUR_MS, window.toMs) };
    const asked = { ...pull, nowMs: options.clock.nowMs() };
    const pulled = await pullAll(client, hour, asked, signal);
    const serving = await pullServing(client, hour, asked, signal);
    const queued = await pullQueues(client, hour, asked, signal);
    const interpretation = interpretSeries(
      { ...pulled, window: hour, stepMs: pull.stepMs },
      {
        catalog: options.catalog,
        provider: options.provider ?? null,
        node: null,
        fallbackNode: 'unknown',
        areJobsDescribedElsewhere: options.areJobsDescribedElsewhere ?? false,
      },
    );
    summary.rowsRead += pulled.samples + serving.samples + queued.samples;
    const partial = [pulled, serving, queued].flatMap(({ partialAnswers }) => partialAnswers);
    for (const message of partial) {
      addWarning(summary, { code: 'partial-data', message: `the server warned: ${message}`, count: 1 });
    }
    addInterpretation(summary, interpretation);
    const traffic = trafficFacts(serving, hour, pull.stepMs);
    addTraffic(summary, traffic);
    const queues = queueFacts(queued.series, hour, pull.stepMs);
    yield {
      ...interpretation.batch,
      ...(traffic.length > 0 && { traffic }),
      ...(queues.length > 0 && { queues }),
    };
  }
}

/** When one query fails the others are of no use any more: they are stopped before the failure is passed on. */
async function pullAll(
  client: PrometheusClient,
  hour: TimeWindow,
  options: Parameters<typeof pullSeries>[2],
  signal: AbortSignal,
) {
  const stop = new AbortController();
  try {
    return await pullSeries(client, hour, options, AbortSignal.any([signal, stop.signal]));
  } finally {
    stop.abort();
  }
}
