/** OpenTelemetry data as far as it is about calls of models, whatever it was encoded in. */

export type AttributeValue = string | number | boolean | readonly AttributeValue[];
export type Attributes = ReadonlyMap<string, AttributeValue>;

export type Span = Readonly<{
  /** 32 and 16 digits in hex, lower case. */
  traceId: string;
  spanId: string;
  /** `null` for the root of a trace. */
  parentSpanId: string | null;
  name: string;
  kind: SpanKind;
  startMs: number;
  endMs: number;
  attributes: Attributes;
  events: readonly SpanEvent[];
  /** 0 unset, 1 fine, 2 error. */
  statusCode: number;
  statusMessage: string;
}>;

export type SpanEvent = Readonly<{ name: string; atMs: number; attributes: Attributes }>;

/** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = number;
export const SERVER_SPAN: SpanKind = 2;

export type ResourceSpans = Readonly<{ resource: Attributes; spans: readonly Span[] }>;

export type Temporality = 'delta' | 'cumulative';

/** One point of a histogram or of a monotonic sum. */
export type MetricPoint = Readonly<{
  metric: string;
  unit: string;
  attributes: Attributes;
  temporality: Temporality;
  startMs: number;
  atMs: number;
  /** Of a histogram, how many values; of a sum, 0. */
  count: number;
  sum: number;
  upperBounds: readonly number[];
  bucketCounts: readonly number[];
}>;

export type ResourceMetrics = Readonly<{ resource: Attributes; points: readonly MetricPoint[] }>;

/** Data points, or spans, that were understood and cannot be used. */
export type Refused = { count: number; reason: string | null };

/** Which attributes are wanted; the others are passed over unread. */
export type Wanted = (key: string) => boolean;

export function refuse(refused: Refused, reason: string, count = 1): void {
  refused.count += count;
  refused.reason ??= reason;
}
