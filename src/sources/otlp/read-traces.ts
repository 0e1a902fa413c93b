import { readAttribute, readResource } from './read-attributes.ts';
import {
  type AttributeValue,
  type Refused,
  type ResourceSpans,
  refuse,
  type Span,
  type SpanEvent,
  type Wanted,
} from './telemetry.ts';
import { FIXED64, LENGTH_DELIMITED, VARINT, WireReader } from './wire-reader.ts';

export type ReadTraces = Readonly<{ groups: readonly ResourceSpans[]; spans: number }>;

/**
 * Reads an ExportTraceServiceRequest from protobuf. Spans without proper ids or times are refused, not fatal; bytes that are no such
 * message throw `MalformedMessage`.
 *
 * Field numbers: opentelemetry-proto, trace/v1/trace.proto.
 */
export function readTraces(bytes: Buffer, wanted: WantedAttributes, refused: Refused): ReadTraces {
  const reader = new WireReader(bytes);
  const groups: ResourceSpans[] = [];
  let count = 0;
  while (reader.next()) {
    if (reader.field !== 1) {
      reader.skip();
      continue;
    }
    const group = readResourceSpans(reader, wanted, refused);
    count += group.count;
    groups.push(group);
  }
  return { groups, spans: count };
}

export type WantedAttributes = Readonly<{ resource: Wanted; span: Wanted }>;

function readResourceSpans(reader: WireReader, wanted: WantedAttributes, refused: Refused) {
  reader.expect(LENGTH_DELIMITED);
  const outerEnd = reader.enter();
  let resource = new Map<string, AttributeValue>();
  const spans: Span[] = [];
  let count = 0;
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === LENGTH_DELIMITED)
      resource = readResource(reader, wanted.resource);
    else if (reader.field === 2 && reader.wireType === LENGTH_DELIMITED) {
      const scopeEnd = reader.enter();
      while (reader.next()) {
        if (reader.field !== 2) {
          reader.skip();
          continue;
        }
        count += 1;
        const span = readSpan(reader, wanted.span);
        const flaw = flawOf(span);
        if (flaw === null) spans.push(span);
        else refuse(refused, flaw);
      }
      reader.leave(scopeEnd);
    } else reader.skip();
  }
  reader.leave(outerEnd);
  return { resource, spans, count };
}

function readSpan(reader: WireReader, isWanted: Wanted): Span {
  reader.expect(LENGTH_DELIMITED);
  const outerEnd = reader.enter();
  const attributes = new Map<string, AttributeValue>();
  const events: SpanEvent[] = [];
  let [traceId, spanId, parentSpanId, name, statusMessage] = ['', '', '', '', ''];
  let [kind, startMs, endMs, statusCode] = [0, 0, 0, 0];
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 9) readAttribute(reader, attributes, isWanted);
    else if (wireType === LENGTH_DELIMITED) {
      if (field === 1) traceId = reader.hex();
      else if (field === 2) spanId = reader.hex();
      else if (field === 4) parentSpanId = reader.hex();
      else if (field === 5) name = reader.string();
      else if (field === 11) events.push(readEvent(reader, isWanted));
      else if (field === 15) [statusCode, statusMessage] = readStatus(reader);
      else reader.skip();
    } else if (field === 6 && wireType === VARINT) kind = reader.uint32();
    else if (field === 7 && wireType === FIXED64) startMs = reader.nanosAsMs();
    else if (field === 8 && wireType === FIXED64) endMs = reader.nanosAsMs();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === '' ? null : parentSpanId,
    name,
    kind,
    startMs,
    endMs,
    attributes,
    events,
    statusCode,
    statusMessage,
  };
}

function readEvent(reader: WireReader, isWanted: Wanted): SpanEvent {
  const outerEnd = reader.enter();
  const attributes = new Map<string, AttributeValue>();
  let [name, atMs] = ['', 0];
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 1 && wireType === FIXED64) atMs = reader.nanosAsMs();
    else if (field === 2 && wireType === LENGTH_DELIMITED) name = reader.string();
    else if (field === 3) readAttribute(reader, attributes, isWanted);
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { name, atMs, attributes };
}

function readStatus(reader: WireReader): [code: number, message: string] {
  const outerEnd = reader.enter();
  let [code, message] = [0, ''];
  while (reader.next()) {
    if (reader.field === 2 && reader.wireType === LENGTH_DELIMITED) message = reader.string();
    else if (reader.field === 3 && reader.wireType === VARINT) code = reader.uint32();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return [code, message];
}

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/;

/** Why a span cannot be used; `null` when it can. Without ids it could not be told from another one when it is sent again. */
export function flawOf({ traceId, spanId, startMs, endMs }: Span): string | null {
  if (!TRACE_ID.test(traceId)) return `trace id "${traceId}" is not 16 bytes other than zero`;
  if (!SPAN_ID.test(spanId)) return `span id "${spanId}" is not 8 bytes other than zero`;
  if (!(startMs > 0)) return `span ${spanId} has no start`;
  return endMs < startMs ? `span ${spanId} ends before it starts` : null;
}
