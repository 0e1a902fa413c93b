import { type EpochMs, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { gpuIdentity } from './gpu-identity.ts';
import { GPU_METRIC_PATTERN, gpuMetric, NVIDIA_SMI_INFO } from './gpu-metrics.ts';
import {
  CAPACITY_METRICS,
  GPU_RESOURCE_PATTERN,
  JOB_METRICS,
  NODE_METRICS,
  POD_METRICS,
  PREEMPTING_REASONS,
  REQUESTS_METRIC,
} from './kube-state.ts';
import { LATER_METRICS, LATER_MS, type LaterLook, laterLives } from './later-lives.ts';
import type { PrometheusClient, QueryRange } from './prometheus-client.ts';
import { MARGIN_MS, pickLabel, SEEN_BEFORE_MS, type SeenBefore, type Series } from './series.ts';

export type PullOptions = Readonly<{
  stepMs: number;
  /** `cluster="prod"`: added to every selector. */
  extraMatchers: string;
  /** No sample later than this is asked for. */
  nowMs: EpochMs;
}>;

export type Pulled = Readonly<{
  series: readonly Series[];
  before: readonly SeenBefore[];
  percentMetrics: ReadonlySet<string>;
  later: LaterLook;
  samples: number;
  partialAnswers: readonly string[];
}>;

/** Names in one selector; regular expressions longer than this are slow on some servers. */
const NAMES_PER_QUERY = 200;

/**
 * Pulls everything that is needed for one window: the GPU series, then what kube-state-metrics says about the nodes and pods that
 * occur in them. The answers are on the grid: each slot holds the mean of what was scraped in it, and nothing when nothing was.
 */
export async function pullSeries(
  client: PrometheusClient,
  window: TimeWindow,
  options: PullOptions,
  signal: AbortSignal,
): Promise<Pulled> {
  const puller = await createPuller(client, window, options, signal);
  const names = await puller.gpuMetricNames();
  const resources = [...CAPACITY_METRICS, REQUESTS_METRIC];
  const [gpus, listed, before, percentMetrics] = await Promise.all([
    puller.grid(names.map((name) => ({ name, matchers: '', function: functionFor(name) }))),
    puller.grid(
      resources.map((name) => ({
        name,
        matchers: `resource=~"${GPU_RESOURCE_PATTERN}"`,
        function: 'last_over_time',
      })),
    ),
    puller.seenBefore(names),
    puller.percentages(names),
  ]);
  const pods = podNames(gpus, listed);
  const [described, later] = await Promise.all([
    puller.grid([
      ...queriesFor(NODE_METRICS, 'node', nodeNames(gpus, listed, before), ''),
      ...queriesFor(POD_METRICS, 'pod', pods, ''),
    ]),
    puller.later(pods),
  ]);
  const jobs = await puller.grid(queriesFor(JOB_METRICS, 'job_name', jobNames(described), ''));
  const series = [...gpus, ...listed, ...described, ...jobs];
  return {
    series,
    before,
    percentMetrics,
    later,
    samples: series.reduce((sum, { samples }) => sum + samples.length, 0),
    partialAnswers: puller.partialAnswers,
  };
}

type GridQuery = Readonly<{ name: string; matchers: string; function: string; otherMatchers?: string }>;

/** Means catch what happens between two slots; what is a description, not a measure, has no mean. */
function functionFor(name: string): string {
  return name === NVIDIA_SMI_INFO ? 'last_over_time' : 'avg_over_time';
}

async function createPuller(
  client: PrometheusClient,
  window: TimeWindow,
  { stepMs, extraMatchers, nowMs }: PullOptions,
  signal: AbortSignal,
) {
  const partialAnswers: string[] = [];
  const range = slotsAround(window, stepMs, nowMs);
  const rangeText = `${(await isLeftClosed(client, window.fromMs, signal)) ? stepMs - 1 : stepMs}ms`;
  const selector = (name: string, matchers: string) =>
    `${name}{${[matchers, extraMatchers].filter((text) => text !== '').join(',')}}`;

  async function gridOne({ name, matchers, function: over, otherMatchers }: GridQuery): Promise<Series[]> {
    const expression = (which: string) => `${over}(${selector(name, which)}[${rangeText}])`;
    const query =
      otherMatchers === undefined
        ? expression(matchers)
        : `${expression(matchers)} or ${expression(otherMatchers)}`;
    const { series, warnings } = await client.queryRange(query, range, signal);
    partialAnswers.push(...warnings);
    return series.map(({ labels, samples }) => ({
      name,
      labels: withoutName(labels),
      samples: samples.map(([at, value]) => [at - stepMs + 1, value] as const),
    }));
  }

  return {
    partialAnswers,
    async grid(queries: readonly GridQuery[]): Promise<Series[]> {
      return range.firstMs > range.lastMs ? [] : (await Promise.all(queries.map(gridOne))).flat();
    },
    async gpuMetricNames(): Promise<readonly string[]> {
      const reach = { ...range, firstMs: window.fromMs - SEEN_BEFORE_MS };
      const match = `{${[`__name__=~"${GPU_METRIC_PATTERN}"`, extraMatchers].filter(Boolean).join(',')}}`;
      const names = await client.labelValues('__name__', match, reach, signal);
      return names.filter((name) => gpuMetric(name) || name === NVIDIA_SMI_INFO).sort();
    },
    /** By memory in use, which every exporter shows for every card and slice; by whatever there is where it is switched off. */
    async seenBefore(names: readonly string[]): Promise<SeenBefore[]> {
      const memory = names.filter((name) => gpuMetric(name)?.quantity === 'memoryUsedMib');
      const telling = memory.length > 0 ? memory : names.filter((name) => gpuMetric(name));
      const answers = await Promise.all(
        telling.map(async (name) => {
          const query = `max_over_time(timestamp(${selector(name, '')})[1d:5m])`;
          const { series } = await client.query(query, window.fromMs - 1, signal);
          return series.map(({ labels, samples }) => ({
            name,
            labels: withoutName(labels),
            lastMs: Math.round(samples.at(-1)![1] * 1000),
          }));
        }),
      );
      return answers.flat();
    },
    /** What became of pods, up to a week after the window: the hours before a failure are lost as well. */
    async later(pods: ReadonlySet<string>): Promise<LaterLook> {
      const atMs = Math.min(nowMs, window.toMs + LATER_MS);
      if (atMs - window.toMs < stepMs) return new Map();
      const reach = `[${atMs - window.toMs}ms:5m]`;
      const answers = await Promise.all(
        queriesFor(LATER_METRICS, 'pod', pods, '').map(async ({ name, matchers, otherMatchers }) => {
          const most = (which: string) => `max_over_time(${selector(name, which)}${reach})`;
          const query = `${most(matchers)} or ${most(otherMatchers!)}`;
          const { series } = await client.query(query, atMs - 1, signal);
          return series.map(({ labels, samples }) => ({ name, labels, largest: samples.at(-1)![1] }));
        }),
      );
      return laterLives(answers.flat());
    },
    /** A day decides, since a quiet hour of percentages looks like a busy one of fractions. */
    async percentages(names: readonly string[]): Promise<ReadonlySet<string>> {
      const unclear = names.filter((name) => gpuMetric(name)?.unit === 'fraction-or-percent');
      const isPercent = await Promise.all(
        unclear.map(async (name) => {
          const query = `max(max_over_time(${selector(name, '')}[1d:5m]) < 1e13)`;
          const { series } = await client.query(query, window.toMs - 1, signal);
          return (series[0]?.samples.at(-1)?.[1] ?? 0) > 1;
        }),
      );
      return new Set(unclear.filter((_, index) => isPercent[index]));
    },
  };
}

/** A slot `[t, t + step)` is asked for at its last millisecond: what is scraped exactly at its end belongs to the next one. */
function slotsAround(window: TimeWindow, stepMs: number, nowMs: EpochMs): QueryRange {
  const marginMs = Math.max(Math.ceil(MARGIN_MS / stepMs) * stepMs, 2 * stepMs);
  const firstSlotMs = Math.floor((window.fromMs - marginMs) / stepMs) * stepMs;
  const endMs = Math.floor(Math.min(window.toMs + marginMs, nowMs) / stepMs) * stepMs;
  return { firstMs: firstSlotMs + stepMs - 1, lastMs: endMs - 1, stepMs };
}

/**
 * Whether `[1m]` at 09:01:00.000 holds the sample of 09:00:00.000 (Prometheus 2) or not (Prometheus 3, VictoriaMetrics). Asked, not
 * read from a version, because others implement the language too.
 */
export async function isLeftClosed(
  client: PrometheusClient,
  atMs: EpochMs,
  signal: AbortSignal,
): Promise<boolean> {
  const aligned = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  const { series } = await client.query('count_over_time(vector(1)[1m:1m])', aligned, signal);
  return (series[0]?.samples.at(-1)?.[1] ?? 1) > 1;
}

/** Of series that stand for one of several states, only those that say something. */
const MATCHERS: Readonly<Record<string, string>> = {
  kube_pod_status_phase: 'phase=~"Pending|Running|Succeeded|Failed"',
  kube_pod_status_reason: `reason=~"${PREEMPTING_REASONS.join('|')}"`,
};

/** One query for some names at a time; a subject may also stand under `exported_…`. */
function queriesFor(
  metrics: readonly string[],
  label: 'node' | 'pod' | 'job_name',
  names: ReadonlySet<string>,
  matchers: string,
): GridQuery[] {
  const sorted = [...names].sort();
  const queries: GridQuery[] = [];
  for (let start = 0; start < sorted.length; start += NAMES_PER_QUERY) {
    const pattern = anyOf(sorted.slice(start, start + NAMES_PER_QUERY));
    for (const name of metrics) {
      const phase = MATCHERS[name] ?? matchers;
      const withPhase = (matcher: string) => [matcher, phase].filter((text) => text !== '').join(',');
      queries.push({
        name,
        matchers: withPhase(`${label}=~${pattern}`),
        otherMatchers: withPhase(`exported_${label}=~${pattern}`),
        function: 'last_over_time',
      });
    }
  }
  return queries;
}

/** A regular expression that matches exactly these texts, as a PromQL string. */
export function anyOf(names: readonly string[]): string {
  return JSON.stringify(names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'));
}

function nodeNames(
  gpus: readonly Series[],
  listed: readonly Series[],
  before: readonly SeenBefore[],
): ReadonlySet<string> {
  const ofGpus = [...gpus, ...before].flatMap(({ name, labels }) => {
    const metric = gpuMetric(name);
    return metric ? gpuIdentity(metric.exporter, labels).nodes : [];
  });
  const ofKube = listed.map(({ labels }) => pickLabel(labels, 'exported_node', 'node'));
  return new Set([...ofGpus, ...ofKube].filter((name) => name !== null));
}

function podNames(gpus: readonly Series[], listed: readonly Series[]): ReadonlySet<string> {
  const pods = [...gpus, ...listed].flatMap(({ labels }) =>
    ['exported_pod', 'pod', 'pod_name'].map((name) => pickLabel(labels, name)),
  );
  return new Set(pods.filter((name) => name !== null));
}

/** Jobs that own pods. */
function jobNames(described: readonly Series[]): ReadonlySet<string> {
  const owners = described.filter(
    ({ name, labels }) => name === 'kube_pod_owner' && labels['owner_kind'] === 'Job',
  );
  return new Set(owners.flatMap(({ labels }) => labels['owner_name'] ?? []));
}

export function withoutName(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { __name__: _, ...rest } = labels;
  return rest;
}
