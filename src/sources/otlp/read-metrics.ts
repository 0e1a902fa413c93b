import { readAttribute, readResource } from './read-attributes.ts';
import type { WantedAttributes } from './read-traces.ts';
import {
  type AttributeValue,
  type MetricPoint,
  type Refused,
  type ResourceMetrics,
  refuse,
  type Wanted,
} from './telemetry.ts';
import { FIXED64, LENGTH_DELIMITED, VARINT, WireReader } from './wire-reader.ts';

export type ReadMetrics = Readonly<{ groups: readonly ResourceMetrics[]; points: number }>;

/** Metrics by these names are read; of all others the points are counted and passed over. */
export function isWantedMetric(name: string): boolean {
  return name.startsWith('gen_ai.');
}

/**
 * Reads an ExportMetricsServiceRequest from protobuf: histograms, exponential histograms and monotonic sums of the wanted names.
 *
 * Field numbers: opentelemetry-proto, metrics/v1/metrics.proto.
 */
export function readMetrics(bytes: Buffer, wanted: WantedAttributes, refused: Refused): ReadMetrics {
  const reader = new WireReader(bytes);
  const groups: ResourceMetrics[] = [];
  let count = 0;
  while (reader.next()) {
    if (reader.field !== 1) {
      reader.skip();
      continue;
    }
    count += readResourceMetrics(reader, wanted, groups, refused);
  }
  return { groups, points: count };
}

function readResourceMetrics(
  reader: WireReader,
  wanted: WantedAttributes,
  into: ResourceMetrics[],
  refused: Refused,
): number {
  reader.expect(LENGTH_DELIMITED);
  const outerEnd = reader.enter();
  let resource = new Map<string, AttributeValue>();
  const points: MetricPoint[] = [];
  let count = 0;
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 1 && wireType === LENGTH_DELIMITED) resource = readResource(reader, wanted.resource);
    else if (field === 2 && wireType === LENGTH_DELIMITED)
      count += readScope(reader, wanted.span, points, refused);
    else reader.skip();
  }
  reader.leave(outerEnd);
  into.push({ resource, points });
  return count;
}

function readScope(reader: WireReader, isWanted: Wanted, into: MetricPoint[], refused: Refused): number {
  const outerEnd = reader.enter();
  let count = 0;
  while (reader.next()) {
    if (reader.field === 2 && reader.wireType === LENGTH_DELIMITED)
      count += readMetric(reader, isWanted, into, refused);
    else reader.skip();
  }
  reader.leave(outerEnd);
  return count;
}

type Data = { points: PointData[]; temporality: number; isMonotonic: boolean };

const HISTOGRAM_FIELD = 9;
const EXPONENTIAL_FIELD = 10;
const SUM_FIELD = 7;

function readMetric(reader: WireReader, isWanted: Wanted, into: MetricPoint[], refused: Refused): number {
  const outerEnd = reader.enter();
  let [name, unit] = ['', ''];
  let data: Data | null = null;
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 1 && wireType === LENGTH_DELIMITED) name = reader.string();
    else if (field === 3 && wireType === LENGTH_DELIMITED) unit = reader.string();
    else if (name !== '' && !isWantedMetric(name)) reader.skip();
    else if (field === SUM_FIELD) data = readData(reader, isWanted, readNumberPoint);
    else if (field === HISTOGRAM_FIELD)
      data = { ...readData(reader, isWanted, readHistogramPoint), isMonotonic: true };
    else if (field === EXPONENTIAL_FIELD)
      data = { ...readData(reader, isWanted, readExponentialPoint), isMonotonic: true };
    else reader.skip();
  }
  reader.leave(outerEnd);
  if (data === null || !isWantedMetric(name)) return 0;
  into.push(...pointsOf(name, unit, data, refused));
  return data.points.length;
}

export type PointData = {
  attributes: Map<string, AttributeValue>;
  startMs: number;
  atMs: number;
  count: number;
  sum: number;
  upperBounds: number[];
  bucketCounts: number[];
  flags: number;
};

const DELTA = 1;
const CUMULATIVE = 2;
const NO_RECORDED_VALUE = 1;

/** Shared by both encodings: what can be added up, with the reason where it cannot. */
export function pointsOf(
  metric: string,
  unit: string,
  { points, temporality, isMonotonic }: Data,
  refused: Refused,
): MetricPoint[] {
  const usable = points.filter(({ flags }) => (flags & NO_RECORDED_VALUE) === 0);
  if (temporality !== DELTA && temporality !== CUMULATIVE) {
    if (usable.length > 0)
      refuse(refused, `${metric} does not say whether its points are deltas`, usable.length);
    return [];
  }
  if (!isMonotonic) return [];
  return usable.flatMap(({ flags: _flags, ...point }) => {
    const isWhole =
      point.bucketCounts.length === 0 || point.bucketCounts.length === point.upperBounds.length + 1;
    if (point.atMs > 0 && isWhole)
      return [
        {
          metric,
          unit,
          temporality: temporality === DELTA ? ('delta' as const) : ('cumulative' as const),
          ...point,
        },
      ];
    refuse(
      refused,
      isWhole
        ? `${metric} has a point without a time`
        : `${metric} has a point whose buckets do not fit its bounds`,
    );
    return [];
  });
}

function readData(
  reader: WireReader,
  isWanted: Wanted,
  readPoint: (reader: WireReader, isWanted: Wanted) => PointData,
): Data {
  reader.expect(LENGTH_DELIMITED);
  const outerEnd = reader.enter();
  const points: PointData[] = [];
  let [temporality, isMonotonic] = [0, false];
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 1 && wireType === LENGTH_DELIMITED) points.push(readPoint(reader, isWanted));
    else if (field === 2 && wireType === VARINT) temporality = reader.uint32();
    else if (field === 3 && wireType === VARINT) isMonotonic = reader.uint32() !== 0;
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { points, temporality, isMonotonic };
}

export function emptyPoint(): PointData {
  return {
    attributes: new Map(),
    startMs: 0,
    atMs: 0,
    count: 0,
    sum: 0,
    upperBounds: [],
    bucketCounts: [],
    flags: 0,
  };
}

function readNumberPoint(reader: WireReader, isWanted: Wanted): PointData {
  const outerEnd = reader.enter();
  const point = emptyPoint();
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 7) readAttribute(reader, point.attributes, isWanted);
    else if (field === 2 && wireType === FIXED64) point.startMs = reader.nanosAsMs();
    else if (field === 3 && wireType === FIXED64) point.atMs = reader.nanosAsMs();
    else if (field === 4 && wireType === FIXED64) point.sum = reader.double();
    else if (field === 6 && wireType === FIXED64) point.sum = Number(BigInt.asIntN(64, reader.fixed64()));
    else if (field === 8 && wireType === VARINT) point.flags = reader.uint32();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return point;
}

function readHistogramPoint(reader: WireReader, isWanted: Wanted): PointData {
  const outerEnd = reader.enter();
  const point = emptyPoint();
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 9) readAttribute(reader, point.attributes, isWanted);
    else if (field === 2 && wireType === FIXED64) point.startMs = reader.nanosAsMs();
    else if (field === 3 && wireType === FIXED64) point.atMs = reader.nanosAsMs();
    else if (field === 4 && wireType === FIXED64) point.count = Number(reader.fixed64());
    else if (field === 5 && wireType === FIXED64) point.sum = reader.double();
    else if (field === 6) reader.eachFixed64(() => point.bucketCounts.push(Number(reader.fixed64())));
    else if (field === 7) reader.eachFixed64(() => point.upperBounds.push(reader.double()));
    else if (field === 10 && wireType === VARINT) point.flags = reader.uint32();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return point;
}

function readExponentialPoint(reader: WireReader, isWanted: Wanted): PointData {
  const outerEnd = reader.enter();
  const point = emptyPoint();
  let [scale, zeroCount] = [0, 0];
  let positive: ExponentialBuckets = { offset: 0, counts: [] };
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 1) readAttribute(reader, point.attributes, isWanted);
    else if (field === 2 && wireType === FIXED64) point.startMs = reader.nanosAsMs();
    else if (field === 3 && wireType === FIXED64) point.atMs = reader.nanosAsMs();
    else if (field === 4 && wireType === FIXED64) point.count = Number(reader.fixed64());
    else if (field === 5 && wireType === FIXED64) point.sum = reader.double();
    else if (field === 6 && wireType === VARINT) scale = zigzag(reader.uint32());
    else if (field === 7 && wireType === FIXED64) zeroCount = Number(reader.fixed64());
    else if (field === 8 && wireType === LENGTH_DELIMITED) positive = readBuckets(reader);
    else if (field === 10 && wireType === VARINT) point.flags = reader.uint32();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return withExplicitBounds(point, scale, zeroCount, positive);
}

export type ExponentialBuckets = Readonly<{ offset: number; counts: readonly number[] }>;

function readBuckets(reader: WireReader): ExponentialBuckets {
  const outerEnd = reader.enter();
  const counts: number[] = [];
  let offset = 0;
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === VARINT) offset = zigzag(reader.uint32());
    else if (reader.field === 2) reader.eachVarint(() => counts.push(reader.int64()));
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { offset, counts };
}

/** Signed numbers are written with their sign in the last bit. */
function zigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}

/** Bucket i of an exponential histogram lies between base^(offset + i) and base^(offset + i + 1), base = 2^(2^−scale). */
export function withExplicitBounds(
  point: PointData,
  scale: number,
  zeroCount: number,
  { offset, counts }: ExponentialBuckets,
): PointData {
  const bound = (index: number) => 2 ** (2 ** -scale * index);
  if (counts.length === 0) return point;
  point.upperBounds = [bound(offset), ...counts.map((_, index) => bound(offset + index + 1))];
  point.bucketCounts = [zeroCount, ...counts, 0];
  return point;
}
