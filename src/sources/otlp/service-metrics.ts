import type { Attributes as OwnerAttributes } from '../../domain/facts/facts.ts';
import { isOwnAddress, isSelfHostingServer, serviceOfAddress } from '../../domain/inference/serving-names.ts';
import { textOf } from './attribute-reader.ts';
import { ownersOf } from './span-calls.ts';
import type { Attributes, MetricPoint, Refused, ResourceMetrics, Temporality } from './telemetry.ts';

/** What the metrics of one process, sent at once, say about calls of models of one's own. */
export type ServiceMetrics = Readonly<{
  service: string | null;
  replica: string;
  attributes: OwnerAttributes;
  points: readonly CallPoint[];
}>;

export type Measure =
  | 'duration'
  | 'timeToFirstToken'
  | 'input'
  | 'output'
  | 'cachedInput'
  | 'cacheWrittenInput'
  | 'reasoning';

export type CallPoint = Readonly<{
  /** Tells the series apart, for its last value. */
  series: string;
  /** Who counted: the one that asked, or the one that answered. */
  side: 'client' | 'server';
  measure: Measure;
  endpoint: string;
  model: string;
  isError: boolean;
  temporality: Temporality;
  startMs: number;
  atMs: number;
  count: number;
  sum: number;
  upperBounds: readonly number[];
  bucketCounts: readonly number[];
}>;

/** Metric → what it measures. The counters are of a draft of the conventions. */
const MEASURES: Readonly<Record<string, Measure | 'tokens'>> = {
  'gen_ai.client.operation.duration': 'duration',
  'gen_ai.server.request.duration': 'duration',
  'gen_ai.client.operation.time_to_first_chunk': 'timeToFirstToken',
  'gen_ai.server.time_to_first_token': 'timeToFirstToken',
  'gen_ai.client.token.usage': 'tokens',
  'gen_ai.client.inference.usage.detailed.input_tokens': 'input',
  'gen_ai.client.inference.usage.detailed.output_tokens': 'output',
  'gen_ai.client.inference.usage.detailed.cache_read.input_tokens': 'cachedInput',
  'gen_ai.client.inference.usage.detailed.cache_write.input_tokens': 'cacheWrittenInput',
  'gen_ai.client.inference.usage.detailed.cache_creation.input_tokens': 'cacheWrittenInput',
  'gen_ai.client.inference.usage.detailed.reasoning.output_tokens': 'reasoning',
};

/**
 * Points about models of one's own, by what they measure. Those about paid APIs are left out with a note: a metric cannot say how many
 * tokens were cached, so they could not be priced. Spans can.
 */
export function serviceMetrics(groups: readonly ResourceMetrics[], note: Refused): ServiceMetrics[] {
  return groups.flatMap(({ resource, points }) => {
    const service = textOf(resource, ['service.name']);
    const read = points.flatMap((point) => callPoint(point, service, note));
    if (read.length === 0) return [];
    const replica = textOf(resource, ['service.instance.id', 'k8s.pod.name']) ?? service ?? 'unknown';
    return [{ service, replica: `otlp:${replica}`, attributes: ownersOf(resource, new Map()), points: read }];
  });
}

function callPoint(point: MetricPoint, service: string | null, note: Refused): CallPoint[] {
  const { metric, attributes, unit, temporality, startMs, atMs, count, sum } = point;
  const measure = measureOf(point);
  if (measure === null) return [];
  const side = metric.startsWith('gen_ai.server.') ? 'server' : 'client';
  const endpoint = side === 'server' ? service : ownEndpoint(attributes);
  if (endpoint === null) {
    note.reason ??= `${metric} of a paid API is not used: a metric does not say what was cached; send spans of the calls`;
    return [];
  }
  const scale = unit === 'ms' ? 1e-3 : 1;
  return [
    {
      series: seriesOf(point),
      side,
      measure,
      endpoint,
      model: textOf(attributes, 'model') ?? 'unknown',
      isError: attributes.has('error.type'),
      temporality,
      startMs,
      atMs,
      count,
      sum: sum * scale,
      upperBounds: point.upperBounds.map((bound) => bound * scale),
      bucketCounts: point.bucketCounts,
    },
  ];
}

function measureOf({ metric, attributes }: MetricPoint): Measure | null {
  const measure = MEASURES[metric];
  if (measure !== 'tokens') return measure ?? null;
  const type = textOf(attributes, ['gen_ai.token.type']);
  // `completion` is what the conventions said before `output`.
  if (type === 'input') return 'input';
  return type === 'output' || type === 'completion' ? 'output' : null;
}

/** The workload behind a call, where it is one's own. */
function ownEndpoint(attributes: Attributes): string | null {
  const stated = textOf(attributes, 'endpoint');
  if (stated !== null) return stated;
  const address = textOf(attributes, 'serverAddress');
  if (address !== null && isOwnAddress(address)) return serviceOfAddress(address);
  const provider = textOf(attributes, 'provider');
  return provider !== null && isSelfHostingServer(provider) ? provider : null;
}

function seriesOf({ metric, attributes }: MetricPoint): string {
  const sorted = [...attributes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric, ...sorted]);
}
