import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { otlpMessage } from '../../../test/support/otlp-schema.ts';
import { readTraces } from './read-traces.ts';
import { readTracesJson } from './read-traces-json.ts';
import type { AttributeValue, Refused } from './telemetry.ts';
import { MalformedMessage } from './wire-reader.ts';

const ALL = { resource: () => true, span: () => true };
const nothingRefused = (): Refused => ({ count: 0, reason: null });

type Any = Record<string, unknown>;

/** Attribute values as the messages have them, beside what reading has to make of them. */
const scalar = fc.oneof(
  fc
    .string()
    .map((text) => ({ wire: { case: 'stringValue', value: text }, json: { stringValue: text }, read: text })),
  fc
    .boolean()
    .map((flag) => ({ wire: { case: 'boolValue', value: flag }, json: { boolValue: flag }, read: flag })),
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }).map((number) => ({
    wire: { case: 'intValue', value: BigInt(number) },
    json: { intValue: String(number) },
    read: number,
  })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    // JSON as it is written has no negative zero.
    .map((number) => (number === 0 ? 0 : number))
    .map((number) => ({
      wire: { case: 'doubleValue', value: number },
      json: { doubleValue: number },
      read: number,
    })),
);
const list = fc.array(scalar, { maxLength: 4 }).map((items) => ({
  wire: { case: 'arrayValue', value: { values: items.map(({ wire }) => ({ value: wire })) } },
  json: { arrayValue: { values: items.map(({ json }) => json) } },
  read: items.map(({ read }) => read),
}));
const attributes = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 12 }), fc.oneof(scalar, list)), {
    selector: ([key]) => key,
    maxLength: 6,
  })
  .map((pairs) => ({
    wire: pairs.map(([key, { wire }]) => ({ key, value: { value: wire } })),
    json: pairs.map(([key, { json }]) => ({ key, value: json })),
    read: new Map<string, AttributeValue>(pairs.map(([key, { read }]) => [key, read as AttributeValue])),
  }));

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).filter((id) => id.some((byte) => byte > 0));
const hex = (id: Uint8Array) => Buffer.from(id).toString('hex');
const nanos = fc.bigInt({ min: 1n, max: 4_000_000_000_000_000_000n });

const anySpan = fc
  .record({
    traceId: bytes(16),
    spanId: bytes(8),
    parentSpanId: fc.option(bytes(8), { nil: null }),
    name: fc.string(),
    kind: fc.nat(5),
    start: nanos,
    length: fc.bigInt({ min: 0n, max: 10_000_000_000n }),
    attributes,
    event: attributes,
    status: fc.record({ code: fc.nat(2), message: fc.string() }),
  })
  .map((span) => ({ ...span, end: span.start + span.length }));

const toMs = (at: bigint) => Number(at) / 1e6;

describe('readTraces', () => {
  it('reads what another library wrote, and what is in JSON alike', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 4 }), attributes, (spans, resource) => {
        const message = create(otlpMessage('ExportTraceServiceRequest'), {
          resourceSpans: [
            {
              resource: { attributes: resource.wire, droppedAttributesCount: 3 },
              schemaUrl: 'https://example.com',
              scopeSpans: [
                {
                  scope: { name: 'scope', version: '1', attributes: resource.wire },
                  spans: spans.map((span) => ({
                    traceId: span.traceId,
                    spanId: span.spanId,
                    traceState: 'a=b',
                    parentSpanId: span.parentSpanId ?? new Uint8Array(),
                    name: span.name,
                    kind: span.kind,
                    startTimeUnixNano: span.start,
                    endTimeUnixNano: span.end,
                    attributes: span.attributes.wire,
                    events: [{ timeUnixNano: span.end, name: 'event', attributes: span.event.wire }],
                    links: [{ traceId: span.traceId, spanId: span.spanId }],
                    status: span.status,
                    flags: 257,
                  })),
                },
              ],
            },
          ],
        } as Any);
        const json = {
          resourceSpans: [
            {
              resource: { attributes: resource.json },
              scopeSpans: [
                {
                  spans: spans.map((span) => ({
                    traceId: hex(span.traceId).toUpperCase(),
                    spanId: hex(span.spanId),
                    ...(span.parentSpanId && { parentSpanId: hex(span.parentSpanId) }),
                    name: span.name,
                    kind: span.kind,
                    startTimeUnixNano: String(span.start),
                    endTimeUnixNano: String(span.end),
                    attributes: span.attributes.json,
                    events: [{ timeUnixNano: String(span.end), name: 'event', attributes: span.event.json }],
                    status: span.status,
                    unknownField: [1],
                  })),
                },
              ],
            },
          ],
        };
        const expected = spans.map((span) => ({
          traceId: hex(span.traceId),
          spanId: hex(span.spanId),
          parentSpanId: span.parentSpanId && hex(span.parentSpanId),
          name: span.name,
          kind: span.kind,
          startMs: expect.closeTo(toMs(span.start), 2),
          endMs: expect.closeTo(toMs(span.end), 2),
          attributes: span.attributes.read,
          events: [{ name: 'event', atMs: expect.closeTo(toMs(span.end), 2), attributes: span.event.read }],
          statusCode: span.status.code,
          statusMessage: span.status.message,
        }));
        const wire = Buffer.from(toBinary(otlpMessage('ExportTraceServiceRequest'), message));
        for (const read of [
          readTraces(wire, ALL, nothingRefused()),
          readTracesJson(Buffer.from(JSON.stringify(json)), ALL, nothingRefused()),
        ]) {
          expect(read.groups[0]!.resource).toEqual(resource.read);
          expect(read.groups[0]!.spans).toEqual(expected);
        }
      }),
    );
  });

  it('takes any bytes as spans or as malformed', () => {
    const schema = otlpMessage('ExportTraceServiceRequest');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          readTraces(Buffer.from(noise), ALL, nothingRefused());
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
    );
    expect(() => fromBinary(schema, Uint8Array.of(10, 5, 1))).toThrow();
    expect(() => readTraces(Buffer.of(10, 5, 1), ALL, nothingRefused())).toThrow(
      /5 bytes are announced and 1 are left/,
    );
  });

  test.each([
    ['a number cut off', [0x10, 0x80], /cut off/],
    ['a number without end', [0x10, ...Array<number>(11).fill(0x80)], /longer than ten bytes|cut off/],
    ['a group, which nobody uses', [0x0b], /wire type 3/],
    ['a field numbered 0', [0x00, 0x00], /numbered 0/],
    ['resource spans that are a number', [0x08, 0x01], /field 1 has wire type 0/],
  ])('%s is malformed', (_, content, message) => {
    expect(() => readTraces(Buffer.from(content), ALL, nothingRefused())).toThrow(message);
  });

  test.each([
    [{ traceId: '00' }, 'trace id "00" is not 16 bytes other than zero'],
    [{ spanId: '0000000000000000' }, 'span id "0000000000000000" is not 8 bytes other than zero'],
    [{ startTimeUnixNano: '0' }, 'span 00000000000000ab has no start'],
    [{ endTimeUnixNano: '1' }, 'span 00000000000000ab ends before it starts'],
  ])('refuses %j and keeps the others', (about, reason) => {
    const span = {
      traceId: '000000000000000000000000000000cd',
      spanId: '00000000000000ab',
      startTimeUnixNano: '1000000000',
      endTimeUnixNano: '2000000000',
    };
    const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...about }, span] }] }] };
    const refused = nothingRefused();
    const { groups, spans } = readTracesJson(Buffer.from(JSON.stringify(body)), ALL, refused);
    expect({ kept: groups[0]!.spans.length, spans, refused }).toEqual({
      kept: 1,
      spans: 2,
      refused: { count: 1, reason },
    });
  });

  test.each([
    ['[]', /not a JSON object/],
    ['{', /not JSON/],
    ['{"resourceSpans": 1}', /resourceSpans is not a list/],
    ['{"resourceSpans": [1]}', /an item of resourceSpans is not a JSON object/],
  ])('JSON %s is malformed', (text, message) => {
    expect(() => readTracesJson(Buffer.from(text), ALL, nothingRefused())).toThrow(message);
  });
});
