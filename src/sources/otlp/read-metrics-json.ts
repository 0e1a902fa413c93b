import {
  asObject,
  attributesIn,
  nanosAsMs,
  numberOf,
  numbersIn,
  objectsIn,
  parseJson,
  textOf,
} from './json-values.ts';
import {
  emptyPoint,
  isWantedMetric,
  type PointData,
  pointsOf,
  type ReadMetrics,
  withExplicitBounds,
} from './read-metrics.ts';
import type { WantedAttributes } from './read-traces.ts';
import type { MetricPoint, Refused, ResourceMetrics, Wanted } from './telemetry.ts';

type Json = Readonly<Record<string, unknown>>;

/** Reads an ExportMetricsServiceRequest from JSON, as `readMetrics` does from protobuf. */
export function readMetricsJson(bytes: Buffer, wanted: WantedAttributes, refused: Refused): ReadMetrics {
  let count = 0;
  const groups = objectsIn(parseJson(bytes)['resourceMetrics'], 'resourceMetrics').map(
    (group): ResourceMetrics => {
      const points: MetricPoint[] = [];
      for (const scope of objectsIn(group['scopeMetrics'], 'scopeMetrics')) {
        for (const metric of objectsIn(scope['metrics'], 'metrics')) {
          const read = metricPoints(metric, wanted.span, refused);
          count += read.count;
          points.push(...read.points);
        }
      }
      const resource = asObject(group['resource'] ?? {}, 'resource');
      return { resource: attributesIn(resource['attributes'], wanted.resource), points };
    },
  );
  return { groups, points: count };
}

function metricPoints(
  metric: Json,
  isWanted: Wanted,
  refused: Refused,
): { points: MetricPoint[]; count: number } {
  const name = textOf(metric['name']);
  const kind = (['sum', 'histogram', 'exponentialHistogram'] as const).find(
    (key) => metric[key] !== undefined,
  );
  if (kind === undefined || !isWantedMetric(name)) return { points: [], count: 0 };
  const data = asObject(metric[kind], kind);
  const points = objectsIn(data['dataPoints'], 'dataPoints').map((point) => pointOf(kind, point, isWanted));
  const temporality = numberOf(data['aggregationTemporality']);
  const isMonotonic = kind !== 'sum' || data['isMonotonic'] === true;
  const usable = pointsOf(name, textOf(metric['unit']), { points, temporality, isMonotonic }, refused);
  return { points: usable, count: points.length };
}

function pointOf(
  kind: 'sum' | 'histogram' | 'exponentialHistogram',
  point: Json,
  isWanted: Wanted,
): PointData {
  const read: PointData = {
    ...emptyPoint(),
    attributes: attributesIn(point['attributes'], isWanted),
    startMs: nanosAsMs(point['startTimeUnixNano']),
    atMs: nanosAsMs(point['timeUnixNano']),
    count: numberOf(point['count']),
    sum: kind === 'sum' ? numberOf(point['asInt'] ?? point['asDouble']) : numberOf(point['sum']),
    flags: numberOf(point['flags']),
  };
  if (kind === 'sum') return read;
  if (kind === 'histogram')
    return {
      ...read,
      upperBounds: numbersIn(point['explicitBounds']),
      bucketCounts: numbersIn(point['bucketCounts']),
    };
  const positive = asObject(point['positive'] ?? {}, 'positive');
  return withExplicitBounds(read, numberOf(point['scale']), numberOf(point['zeroCount']), {
    offset: numberOf(positive['offset']),
    counts: numbersIn(positive['bucketCounts']),
  });
}
