import type { EpochMs, TimeWindow } from '../../../domain/time/window.ts';
import type { PrometheusClient, QueryRange } from '../prometheus-client.ts';
import { isLeftClosed, withoutName } from '../pull-series.ts';
import type { Series } from '../series.ts';
import { QUEUE_METRIC_PATTERN, queueMetric } from './queue-metrics.ts';

export type QueuePullOptions = Readonly<{ stepMs: number; extraMatchers: string; nowMs: EpochMs }>;

export type PulledQueues = Readonly<{
  series: readonly Series[];
  samples: number;
  partialAnswers: readonly string[];
}>;

/** Pulls what schedulers say about their queues in one window. Asks one question where there are none. */
export async function pullQueues(
  client: PrometheusClient,
  { fromMs, toMs }: TimeWindow,
  { stepMs, extraMatchers, nowMs }: QueuePullOptions,
  signal: AbortSignal,
): Promise<PulledQueues> {
  const endMs = Math.floor(Math.min(toMs, nowMs) / stepMs) * stepMs;
  // Slots [t, t + step), each asked for at its last millisecond.
  const range: QueryRange = { firstMs: fromMs + stepMs - 1, lastMs: endMs - 1, stepMs };
  if (range.firstMs > range.lastMs) return { series: [], samples: 0, partialAnswers: [] };
  const matchers = [`__name__=~"${QUEUE_METRIC_PATTERN}"`, extraMatchers].filter((text) => text !== '');
  const named = await client.labelValues('__name__', `{${matchers.join(',')}}`, range, signal);
  const names = named.filter((name) => queueMetric(name) !== undefined).sort();
  if (names.length === 0) return { series: [], samples: 0, partialAnswers: [] };
  const over = `${(await isLeftClosed(client, fromMs, signal)) ? stepMs - 1 : stepMs}ms`;
  const answers = await Promise.all(
    names.map(async (name) => {
      const { series, warnings } = await client.queryRange(
        `avg_over_time(${name}{${extraMatchers}}[${over}])`,
        range,
        signal,
      );
      return { series: series.map((one) => onGrid(name, one, stepMs)), warnings };
    }),
  );
  const series = answers.flatMap((answer) => answer.series);
  return {
    series,
    samples: series.reduce((sum, { samples }) => sum + samples.length, 0),
    partialAnswers: answers.flatMap(({ warnings }) => warnings),
  };
}

function onGrid(name: string, { labels, samples }: Omit<Series, 'name'>, stepMs: number): Series {
  return {
    name,
    labels: withoutName(labels),
    samples: samples.map(([at, value]) => [at - stepMs + 1, value] as const),
  };
}
