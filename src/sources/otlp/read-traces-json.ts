import { asObject, attributesIn, nanosAsMs, numberOf, objectsIn, parseJson, textOf } from './json-values.ts';
import { flawOf, type ReadTraces, type WantedAttributes } from './read-traces.ts';
import { type Refused, type ResourceSpans, refuse, type Span, type Wanted } from './telemetry.ts';

/** Reads an ExportTraceServiceRequest from JSON, as `readTraces` does from protobuf. */
export function readTracesJson(bytes: Buffer, wanted: WantedAttributes, refused: Refused): ReadTraces {
  let count = 0;
  const groups = objectsIn(parseJson(bytes)['resourceSpans'], 'resourceSpans').map((group): ResourceSpans => {
    const spans: Span[] = [];
    for (const scope of objectsIn(group['scopeSpans'], 'scopeSpans')) {
      for (const item of objectsIn(scope['spans'], 'spans')) {
        count += 1;
        const span = spanOf(item, wanted.span);
        const flaw = flawOf(span);
        if (flaw === null) spans.push(span);
        else refuse(refused, flaw);
      }
    }
    const resource = asObject(group['resource'] ?? {}, 'resource');
    return { resource: attributesIn(resource['attributes'], wanted.resource), spans };
  });
  return { groups, spans: count };
}

function spanOf(span: Readonly<Record<string, unknown>>, isWanted: Wanted): Span {
  const status = asObject(span['status'] ?? {}, 'status');
  const parentSpanId = textOf(span['parentSpanId']).toLowerCase();
  return {
    traceId: textOf(span['traceId']).toLowerCase(),
    spanId: textOf(span['spanId']).toLowerCase(),
    parentSpanId: parentSpanId === '' ? null : parentSpanId,
    name: textOf(span['name']),
    kind: numberOf(span['kind']),
    startMs: nanosAsMs(span['startTimeUnixNano']),
    endMs: nanosAsMs(span['endTimeUnixNano']),
    attributes: attributesIn(span['attributes'], isWanted),
    events: objectsIn(span['events'], 'events').map((event) => ({
      name: textOf(event['name']),
      atMs: nanosAsMs(event['timeUnixNano']),
      attributes: attributesIn(event['attributes'], isWanted),
    })),
    statusCode: numberOf(status['code']),
    statusMessage: textOf(status['message']),
  };
}
