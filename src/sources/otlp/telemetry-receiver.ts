import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import type { TokenConvention } from '../../domain/inference/token-convention.ts';
import type { TelemetryAnswer, TelemetryReceiver, TelemetryRequest } from '../../ports/telemetry-receiver.ts';
import { accepted, type Encoding, failed, RPC } from './answers.ts';
import type { Journal } from './journal.ts';
import { type JournalEntry, toText } from './journal-entry.ts';
import { readMetrics } from './read-metrics.ts';
import { readMetricsJson } from './read-metrics-json.ts';
import { readTraces } from './read-traces.ts';
import { readTracesJson } from './read-traces-json.ts';
import { serviceMetrics } from './service-metrics.ts';
import { callsOfSpans } from './span-calls.ts';
import { isWantedOfResource, isWantedOfSpan } from './spellings.ts';
import type { Refused } from './telemetry.ts';
import { MalformedMessage } from './wire-reader.ts';

export type ReceiverLimits = Readonly<{
  /** Of one body, unpacked. */
  bodyBytes: number;
  /** Of all bodies that are being received, unpacked. */
  inFlightBytes: number;
  /** Of what waits to be imported. */
  backlogBytes: number;
}>;

const MIB = 1024 * 1024;
export const DEFAULT_LIMITS: ReceiverLimits = {
  bodyBytes: 16 * MIB,
  inFlightBytes: 64 * MIB,
  backlogBytes: 1024 * MIB,
};

const WANTED = { resource: isWantedOfResource, span: isWantedOfSpan };
const RETRY_SOON_SECONDS = 1;
const RETRY_LATER_SECONDS = 30;

/**
 * Receives traces and metrics of OTLP/HTTP: reads what is about calls of models, and has it on disk before it says so.
 *
 * Memory is bounded: beyond the bytes in flight an export is asked to come again (429), beyond the backlog or with a full disk it is
 * told that this does not work now (503). Prompts and answers are neither read nor kept.
 */
export function createTelemetryReceiver(
  journal: Journal,
  tokenConvention: TokenConvention | null,
  limits: ReceiverLimits = DEFAULT_LIMITS,
): TelemetryReceiver {
  const budget = { left: limits.inFlightBytes };
  return {
    async receive(request) {
      const encoding = encodingOf(request.contentType);
      if (encoding === null) return failed('json', 415, RPC.invalidArgument, wrongType(request.contentType));
      if (request.signal !== 'traces' && request.signal !== 'metrics')
        return failed(
          encoding,
          404,
          RPC.unimplemented,
          `${request.signal} are not kept here; send traces and metrics`,
        );
      if (journal.bytes > limits.backlogBytes)
        return busy(encoding, 503, 'too much waits to be imported', RETRY_LATER_SECONDS);

      const taken = { bytes: 0 };
      const take = (bytes: number) => {
        if (bytes > budget.left) throw new Overloaded();
        budget.left -= bytes;
        taken.bytes += bytes;
      };
      try {
        const body = await readBody(request, limits.bodyBytes, take);
        return await keep(journal, request.signal, encoding, body, tokenConvention);
      } catch (error) {
        return answerFailure(error, encoding);
      } finally {
        budget.left += taken.bytes;
      }
    },
  };
}

class Overloaded extends Error {}
class TooLarge extends Error {}
class UnknownEncoding extends Error {}
class DiskFailure extends Error {}

function encodingOf(contentType: string | null): Encoding | null {
  const [type] = (contentType ?? '').toLowerCase().split(/\s*;/);
  if (type === 'application/x-protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : null;
}

function wrongType(contentType: string | null): string {
  return `content type ${contentType ?? 'missing'}; send application/x-protobuf or application/json`;
}

async function readBody(
  { body, contentEncoding }: TelemetryRequest,
  maximum: number,
  take: (bytes: number) => void,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maximum)
      throw new TooLarge(`the body is larger than ${maximum} bytes; send smaller batches`);
    take(chunk.length);
    chunks.push(chunk);
  }
  const packed = Buffer.concat(chunks, length);
  const unpack = unpackerOf(contentEncoding);
  if (unpack === null) return packed;
  // What it unpacks to is not known before: as much as may be is set aside, and what was not needed given back.
  const reserved = Math.min(maximum, Math.max(LEAST_RESERVED_BYTES, packed.length * MOST_UNPACKED));
  take(reserved);
  const unpacked = await unpackWithin(unpack, packed, reserved);
  take(unpacked.length - reserved);
  return unpacked;
}

const LEAST_RESERVED_BYTES = MIB;
/** Batches of spans that share long prompts pack a hundredfold; what packs better than this is made to. */
const MOST_UNPACKED = 256;

type Unpack = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

function unpackerOf(contentEncoding: string | null): Unpack | null {
  switch (contentEncoding?.trim().toLowerCase() ?? 'identity') {
    case 'identity':
    case '':
      return null;
    case 'gzip':
    case 'x-gzip':
      return promisify(gunzip);
    case 'deflate':
      return promisify(inflate);
    default:
      throw new UnknownEncoding(`content encoding ${contentEncoding}; send gzip, deflate or none`);
  }
}

async function unpackWithin(unpack: Unpack, packed: Buffer, maximum: number): Promise<Buffer> {
  try {
    return await unpack(packed, { maxOutputLength: maximum });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new TooLarge(`the body unpacks to more than ${maximum} bytes; send smaller batches`);
    throw new MalformedMessage(`the body cannot be unpacked: ${message}`);
  }
}

async function keep(
  journal: Journal,
  signal: 'traces' | 'metrics',
  encoding: Encoding,
  body: Buffer,
  tokenConvention: TokenConvention | null,
): Promise<TelemetryAnswer> {
  const refused: Refused = { count: 0, reason: null };
  const entry =
    signal === 'traces'
      ? tracesEntry(encoding, body, tokenConvention, refused)
      : metricsEntry(encoding, body, refused);
  if (entry !== null) await append(journal, entry);
  return accepted(encoding, signal, refused);
}

function tracesEntry(
  encoding: Encoding,
  body: Buffer,
  tokenConvention: TokenConvention | null,
  refused: Refused,
): JournalEntry | null {
  const read = encoding === 'json' ? readTracesJson : readTraces;
  const { groups } = read(body, WANTED, refused);
  const { calls, scores } = callsOfSpans(groups, tokenConvention, refused);
  return calls.length + scores.length === 0 ? null : { calls, scores };
}

function metricsEntry(encoding: Encoding, body: Buffer, refused: Refused): JournalEntry | null {
  const read = encoding === 'json' ? readMetricsJson : readMetrics;
  const metrics = serviceMetrics(read(body, WANTED, refused).groups, refused);
  return metrics.length === 0 ? null : { metrics };
}

async function append(journal: Journal, entry: JournalEntry): Promise<void> {
  try {
    await journal.append(toText(entry));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DiskFailure(`could not be written to disk (${code ?? 'unknown reason'})`, { cause: error });
  }
}

function answerFailure(thrown: unknown, encoding: Encoding): TelemetryAnswer {
  if (thrown instanceof Overloaded)
    return busy(encoding, 429, 'too much is being received at once', RETRY_SOON_SECONDS);
  if (thrown instanceof DiskFailure) return busy(encoding, 503, thrown.message, RETRY_LATER_SECONDS);
  if (thrown instanceof TooLarge) return failed(encoding, 413, RPC.invalidArgument, thrown.message);
  if (thrown instanceof UnknownEncoding) return failed(encoding, 415, RPC.invalidArgument, thrown.message);
  if (thrown instanceof MalformedMessage) return failed(encoding, 400, RPC.invalidArgument, thrown.message);
  // Lists within lists, deeper than the stack.
  if (thrown instanceof RangeError) return failed(encoding, 400, RPC.invalidArgument, 'nested too deep');
  throw thrown;
}

function busy(
  encoding: Encoding,
  status: 429 | 503,
  message: string,
  retryAfterSeconds: number,
): TelemetryAnswer {
  const code = status === 429 ? RPC.resourceExhausted : RPC.unavailable;
  return failed(encoding, status, code, message, retryAfterSeconds);
}
