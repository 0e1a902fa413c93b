import type { EpochMs, TimeWindow } from '../../../domain/time/window.ts';
import { POD_METRICS } from '../kube-state.ts';
import type { PrometheusClient, QueryRange } from '../prometheus-client.ts';
import { anyOf, isLeftClosed, withoutName } from '../pull-series.ts';
import { type Labels, labelKey, pickLabel, SEEN_BEFORE_MS, type Series } from '../series.ts';
import { SERVING_METRIC_PATTERN, servingMetric } from './serving-metrics.ts';

export type ServingPullOptions = Readonly<{
  stepMs: number;
  extraMatchers: string;
  nowMs: EpochMs;
}>;

/** A serving series of one window, with the last value of the day before it. */
export type ServingSeries = Series & Readonly<{ before: number | null }>;

export type PulledServing = Readonly<{
  serving: readonly ServingSeries[];
  /** What kube-state-metrics says about their pods. */
  pods: readonly Series[];
  samples: number;
  partialAnswers: readonly string[];
}>;

const NOTHING: PulledServing = { serving: [], pods: [], samples: 0, partialAnswers: [] };
const PODS_PER_QUERY = 200;
/** One day back: a replica that was scaled to zero over night goes on where it was. */
const BEFORE_RANGE = `${SEEN_BEFORE_MS}ms`;

/** Pulls what model servers count in one window. Asks one question where there are none of them. */
export async function pullServing(
  client: PrometheusClient,
  window: TimeWindow,
  { stepMs, extraMatchers, nowMs }: ServingPullOptions,
  signal: AbortSignal,
): Promise<PulledServing> {
  const range = slotsOf(window, stepMs, nowMs);
  const reach = { ...range, firstMs: window.fromMs - SEEN_BEFORE_MS };
  const names = range.firstMs > range.lastMs ? [] : await servingNames(client, reach, extraMatchers, signal);
  if (names.length === 0) return NOTHING;
  const partialAnswers: string[] = [];
  const over = `${(await isLeftClosed(client, window.fromMs, signal)) ? stepMs - 1 : stepMs}ms`;
  const selector = (name: string, matchers = '') =>
    `${name}{${[matchers, extraMatchers].filter((text) => text !== '').join(',')}}`;

  const grid = async (name: string, query: string): Promise<Series[]> => {
    const { series, warnings } = await client.queryRange(query, range, signal);
    partialAnswers.push(...warnings);
    return series.map(({ labels, samples }) => ({
      name,
      labels: withoutName(labels),
      samples: samples.map(([at, value]) => [at - stepMs + 1, value] as const),
    }));
  };
  const lastBefore = async (name: string): Promise<Map<string, { labels: Labels; value: number }>> => {
    const query = `last_over_time(${selector(name)}[${BEFORE_RANGE}])`;
    const { series } = await client.query(query, window.fromMs - 1, signal);
    return new Map(
      series.map(({ labels, samples }) => {
        const own = withoutName(labels);
        return [labelKey(own), { labels: own, value: samples.at(-1)![1] }];
      }),
    );
  };
  const pullOne = async (name: string): Promise<ServingSeries[]> => {
    const isCounter = servingMetric(name)!.kind === 'counter';
    const [series, before] = await Promise.all([
      grid(name, `${isCounter ? 'last' : 'avg'}_over_time(${selector(name)}[${over}])`),
      isCounter ? lastBefore(name) : new Map<string, { labels: Labels; value: number }>(),
    ]);
    const seen = new Set(series.map(({ labels }) => labelKey(labels)));
    const gone = [...before].filter(([key]) => !seen.has(key));
    return [
      ...series.map((one) => ({ ...one, before: before.get(labelKey(one.labels))?.value ?? null })),
      ...gone.map(([, { labels, value }]) => ({ name, labels, samples: [], before: value })),
    ];
  };
  const serving = (await Promise.all(names.map(pullOne))).flat();
  const pods = await Promise.all(
    podQueries(serving).map(async ({ name, matchers }) => {
      const asked = selector(name, matchers);
      // Those that are gone have names too: that of an endpoint which was scaled to zero.
      const [now, before] = await Promise.all([
        grid(name, `last_over_time(${asked}[${over}])`),
        client.query(`last_over_time(${asked}[${BEFORE_RANGE}])`, window.fromMs - 1, signal),
      ]);
      const gone = before.series.map(({ labels, samples }) => ({
        name,
        labels: withoutName(labels),
        samples: [[window.fromMs - stepMs, samples.at(-1)![1]] as const],
      }));
      return [...gone, ...now];
    }),
  );
  const all = [...serving, ...pods.flat()];
  const samples = all.reduce((sum, one) => sum + one.samples.length, 0);
  return { serving, pods: pods.flat(), samples, partialAnswers };
}

/** Slots `[t, t + step)` of the window, each asked for at its last millisecond. */
function slotsOf({ fromMs, toMs }: TimeWindow, stepMs: number, nowMs: EpochMs): QueryRange {
  const endMs = Math.floor(Math.min(toMs, nowMs) / stepMs) * stepMs;
  return { firstMs: Math.floor(fromMs / stepMs) * stepMs + stepMs - 1, lastMs: endMs - 1, stepMs };
}

async function servingNames(
  client: PrometheusClient,
  reach: QueryRange,
  extraMatchers: string,
  signal: AbortSignal,
): Promise<string[]> {
  const match = `{${[`__name__=~"${SERVING_METRIC_PATTERN}"`, extraMatchers].filter(Boolean).join(',')}}`;
  const names = await client.labelValues('__name__', match, reach, signal);
  return names.filter((name) => servingMetric(name) !== undefined).sort();
}

function podQueries(serving: readonly Series[]): { name: string; matchers: string }[] {
  const pods = [
    ...new Set(
      serving.map(({ labels }) => pickLabel(labels, 'exported_pod', 'pod')).filter((pod) => pod !== null),
    ),
  ].sort();
  const queries: { name: string; matchers: string }[] = [];
  for (let start = 0; start < pods.length; start += PODS_PER_QUERY) {
    const pattern = anyOf(pods.slice(start, start + PODS_PER_QUERY));
    for (const name of POD_METRICS.filter((metric) => metric !== 'kube_pod_status_phase')) {
      queries.push({ name, matchers: `pod=~${pattern}` }, { name, matchers: `exported_pod=~${pattern}` });
    }
  }
  return queries;
}
