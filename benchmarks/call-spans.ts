import { create, toBinary } from '@bufbuild/protobuf';
import { otlpMessage } from '../test/support/otlp-schema.ts';

/** Of an application that calls a model, one span in so many is the call. */
export const SPANS_PER_CALL = 4;
export const PROMPT_CHARS = 2_000;

export const traceSchema = otlpMessage('ExportTraceServiceRequest');

/** A request of the traces protocol with so many spans, each unlike those of other seeds. */
export function bodyOf(seed: number, spansPerBody: number): Buffer {
  const spans = Array.from({ length: spansPerBody }, (_, index) => spanOf(seed * spansPerBody + index));
  const resource = {
    attributes: attributesOf({ 'service.name': 'docs', 'service.version': '1.2.3', 'host.name': 'node-7' }),
  };
  const message = create(traceSchema, {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'benchmark' }, spans }] }],
  } as Record<string, unknown>);
  return Buffer.from(toBinary(traceSchema, message));
}

function spanOf(index: number) {
  const startNanos = 1_791_968_400_000_000_000n + BigInt(index) * 1_000_000n;
  return {
    traceId: idOf(index >> 2, 16),
    spanId: idOf(index, 8),
    name: index % SPANS_PER_CALL === 0 ? 'chat gpt-4o' : 'GET /search',
    kind: 3,
    startTimeUnixNano: startNanos,
    endTimeUnixNano: startNanos + 500_000_000n,
    attributes: attributesOf(index % SPANS_PER_CALL === 0 ? callAttributes(index) : webAttributes(index)),
    status: { code: 1, message: '' },
  };
}

function idOf(index: number, length: number): Uint8Array {
  const id = Buffer.alloc(length, 1);
  id.writeUInt32BE(index + 1, length - 4);
  return id;
}

function callAttributes(index: number): Record<string, string | number> {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': `chatcmpl-${index}`,
    'gen_ai.request.max_tokens': 1024,
    'gen_ai.usage.input_tokens': 900 + (index % 200),
    'gen_ai.usage.cache_read.input_tokens': 512,
    'gen_ai.usage.output_tokens': 100 + (index % 50),
    'gen_ai.conversation.id': `conversation-${index % 97}`,
    'gen_ai.input.messages': `${index} ${'what is it that you want to know? '.repeat(PROMPT_CHARS / 34)}`,
    'gen_ai.output.messages': `${index} ${'it is this and that. '.repeat(PROMPT_CHARS / 84)}`,
  };
}

function webAttributes(index: number): Record<string, string | number> {
  return {
    'http.request.method': 'GET',
    'url.full': `https://search.example.com/find?q=${index}`,
    'http.response.status_code': 200,
    'server.address': 'search.example.com',
    'server.port': 443,
    'network.protocol.version': '1.1',
    'user_agent.original': 'docs/1.2.3',
  };
}

function attributesOf(attributes: Readonly<Record<string, string | number>>) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: {
      value:
        typeof value === 'number'
          ? { case: 'intValue', value: BigInt(value) }
          : { case: 'stringValue', value },
    },
  }));
}
