import type { TelemetryAnswer } from '../../ports/telemetry-receiver.ts';
import type { Refused } from './telemetry.ts';
import { bytesField, textField, varintField } from './wire-writer.ts';

/** An answer is in the encoding of its request. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */
export type Encoding = 'json' | 'protobuf';

export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** Everything is kept, or all but what was refused: then the rest must not be sent again. */
export function accepted(
  encoding: Encoding,
  signal: 'traces' | 'metrics',
  refused: Refused,
): TelemetryAnswer {
  const { count, reason } = refused;
  if (count === 0 && reason === null) return answer(200, encoding, encoding === 'json' ? '{}' : []);
  const message = reason ?? '';
  if (encoding === 'json') {
    const rejected = { [signal === 'traces' ? 'rejectedSpans' : 'rejectedDataPoints']: String(count) };
    return answer(200, encoding, JSON.stringify({ partialSuccess: { ...rejected, errorMessage: message } }));
  }
  return answer(200, encoding, bytesField(1, [...varintField(1, count), ...textField(2, message)]));
}

/** Codes of google.rpc.Code. */
export const RPC = { invalidArgument: 3, resourceExhausted: 8, unimplemented: 12, unavailable: 14 } as const;

export function failed(
  encoding: Encoding,
  status: number,
  code: number,
  message: string,
  retryAfterSeconds: number | null = null,
): TelemetryAnswer {
  const body =
    encoding === 'json'
      ? JSON.stringify({ code, message })
      : [...varintField(1, code), ...textField(2, message)];
  const made = answer(status, encoding, body);
  if (retryAfterSeconds === null) return made;
  return { ...made, headers: { ...made.headers, 'Retry-After': String(retryAfterSeconds) } };
}

function answer(status: number, encoding: Encoding, body: string | readonly number[]): TelemetryAnswer {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : Uint8Array.from(body);
  return { status, headers: { 'Content-Type': CONTENT_TYPES[encoding] }, body: bytes };
}
