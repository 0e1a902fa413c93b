import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { otlpMessage } from '../../../test/support/otlp-schema.ts';
import { loadModelPrices, takeCalls } from '../../../test/support/read-calls.ts';
import type { TelemetryRequest } from '../../ports/telemetry-receiver.ts';
import { Journal, readSegment, sealedSegments } from './journal.ts';
import { OtlpSource } from './otlp-source.ts';
import { createTelemetryReceiver, DEFAULT_LIMITS } from './telemetry-receiver.ts';

let folder: string;
let journal: Journal;
let nowMs = Date.parse('2026-10-14T09:00:00Z');
const clock = { nowMs: () => nowMs };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tare-journal-'));
  journal = await Journal.open(folder, clock);
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const spanOf = (id: number, attributes: Record<string, string | number> = {}) => ({
  traceId: 'ab'.repeat(16),
  spanId: id.toString(16).padStart(16, '0'),
  startTimeUnixNano: '1791968400000000000',
  endTimeUnixNano: '1791968401000000000',
  attributes: Object.entries({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 500,
    'gen_ai.input.messages': 'a secret prompt',
    ...attributes,
  }).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  })),
});
const bodyOf = (...spans: unknown[]) =>
  Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

const requestOf = (body: Buffer, about: Partial<TelemetryRequest> = {}): TelemetryRequest => ({
  signal: 'traces',
  contentType: 'application/json',
  contentEncoding: null,
  body: chunksOf(body),
  ...about,
});

const textOf = (answer: { body: Uint8Array }) => Buffer.from(answer.body).toString();

describe('answers', () => {
  it('a success has its calls on disk, without the prompts', async () => {
    const answer = await createTelemetryReceiver(journal, null).receive(
      requestOf(gzipSync(bodyOf(spanOf(1))), { contentEncoding: 'gzip' }),
    );
    expect([answer.status, textOf(answer), answer.headers['Content-Type']]).toEqual([
      200,
      '{}',
      'application/json',
    ]);
    const kept = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect(kept).toContain('gpt-4o');
    expect(kept).not.toContain('secret prompt');
  });

  it('says how many spans were refused, and why, and keeps the others', async () => {
    const bad = spanOf(2, { 'gen_ai.usage.cache_read.input_tokens': 2000 });
    const answer = await createTelemetryReceiver(journal, null).receive(
      requestOf(bodyOf(spanOf(1), bad, { ...spanOf(3), traceId: '' })),
    );
    expect(answer.status).toBe(200);
    expect(JSON.parse(textOf(answer))).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: expect.stringContaining('is not 16 bytes') },
    });
  });

  it('answers in protobuf to protobuf', async () => {
    const receiver = createTelemetryReceiver(journal, null);
    const about = { contentType: 'application/x-protobuf' };
    const fine = await receiver.receive(requestOf(Buffer.alloc(0), about));
    expect([fine.status, fine.body.length]).toEqual([200, 0]);
    const broken = await receiver.receive(requestOf(Buffer.of(10, 200), about));
    const status = toJson(otlpMessage('RpcStatus'), fromBinary(otlpMessage('RpcStatus'), broken.body));
    expect([broken.status, broken.headers['Content-Type'], status]).toEqual([
      400,
      'application/x-protobuf',
      { code: 3, message: expect.stringContaining('cut off') },
    ]);
  });

  test.each<[string, Partial<TelemetryRequest>, number]>([
    ['logs, which are not kept', { signal: 'logs' }, 404],
    ['a content type of something else', { contentType: 'text/plain' }, 415],
    ['no content type', { contentType: null }, 415],
    ['an encoding of something else', { contentEncoding: 'br' }, 415],
    ['gzip that is none', { contentEncoding: 'gzip' }, 400],
    ['JSON that is none', { body: chunksOf(Buffer.from('{"resourceSpans":')) }, 400],
    ['lists within lists, deeper than the stack', { body: chunksOf(Buffer.from('['.repeat(200_000))) }, 400],
  ])('%s', async (_, about, status) => {
    const answer = await createTelemetryReceiver(journal, null).receive(requestOf(bodyOf(spanOf(1)), about));
    expect(answer.status).toBe(status);
    expect(JSON.parse(textOf(answer))).toMatchObject({ message: expect.any(String) });
    expect(answer.headers['Retry-After']).toBeUndefined();
  });
});

describe('limits', () => {
  it('a body that is too large is not to be sent again', async () => {
    const receiver = createTelemetryReceiver(journal, null, { ...DEFAULT_LIMITS, bodyBytes: 5_000 });
    const large = bodyOf(...Array.from({ length: 100 }, (_, index) => spanOf(index + 1)));
    expect((await receiver.receive(requestOf(large))).status).toBe(413);
    expect((await receiver.receive(requestOf(gzipSync(large), { contentEncoding: 'gzip' }))).status).toBe(
      413,
    );
  });

  it('more than there is room for is asked to come again soon, and there is room again afterwards', async () => {
    const receiver = createTelemetryReceiver(journal, null, { ...DEFAULT_LIMITS, inFlightBytes: 2_000 });
    const slow = (async function* () {
      yield bodyOf(spanOf(1)).subarray(0, 700);
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield bodyOf(spanOf(1)).subarray(700);
    })();
    const first = receiver.receive(requestOf(Buffer.alloc(0), { body: slow }));
    const many = bodyOf(spanOf(2), spanOf(3), spanOf(4), spanOf(5));
    const second = await receiver.receive(requestOf(many));
    expect([second.status, second.headers['Retry-After']]).toEqual([429, '1']);
    expect((await first).status).toBe(200);
    expect((await receiver.receive(requestOf(bodyOf(spanOf(2))))).status).toBe(200);
  });

  it('a backlog and a full disk are told as what they are', async () => {
    const receiver = createTelemetryReceiver(journal, null, { ...DEFAULT_LIMITS, backlogBytes: 100 });
    expect((await receiver.receive(requestOf(bodyOf(spanOf(1))))).status).toBe(200);
    const full = await receiver.receive(requestOf(bodyOf(spanOf(2))));
    expect([full.status, full.headers['Retry-After']]).toEqual([503, '30']);
    await journal.seal(0);
    rmSync(folder, { recursive: true });
    const broken = await createTelemetryReceiver(journal, null).receive(requestOf(bodyOf(spanOf(3))));
    expect([broken.status, broken.headers['Retry-After']]).toEqual([503, '30']);
  });
});

describe('the journal', () => {
  it('knows a line that a crash cut off', async () => {
    await journal.append('{"whole":1}');
    await journal.close();
    const [left] = readdirSync(folder);
    appendFileSync(join(folder, left!), '0123456789abcdef {"cut":');
    journal = await Journal.open(folder, clock);
    const [segment] = await sealedSegments(folder);
    expect(await readSegment(folder, segment!.name)).toEqual({ texts: ['{"whole":1}'], damaged: 1 });
  });

  it('writes what comes at once together, and all of it', async () => {
    const texts = Array.from({ length: 200 }, (_, index) => `{"n":${index},"text":"\u2028"}`);
    await Promise.all(texts.map((text) => journal.append(text)));
    await journal.seal(0);
    const [segment] = await sealedSegments(folder);
    expect((await readSegment(folder, segment!.name)).texts.toSorted()).toEqual(texts.toSorted());
  });
});

describe('from the journal into the store', () => {
  const sourceOf = () =>
    new OtlpSource({ folder, journal, sealAfterMs: 0, currency: 'USD', rates: {} }, loadModelPrices);

  it('a part is read the same until it has landed, and is gone then', async () => {
    await createTelemetryReceiver(journal, null).receive(
      requestOf(bodyOf(spanOf(1, { 'gen_ai.usage.cost': 5 }))),
    );
    const source = sourceOf();
    expect(await source.inbox.prepare()).toBe(true);
    const [chunk] = source.chunks();
    const first = await takeCalls(source.read(chunk!.window));
    expect(first.requests).toMatchObject([
      { requestId: `otlp:${'ab'.repeat(16)}:0000000000000001`, costPicos: 7_500_000_000n },
    ]);
    expect(first.summary.warnings).toMatchObject([{ code: 'stated-cost-differs', count: 1 }]);

    // The process ended before anyone heard that it landed.
    const again = sourceOf();
    expect(await again.inbox.prepare()).toBe(true);
    expect(again.chunks()).toEqual([chunk]);
    expect((await takeCalls(again.read(chunk!.window))).requests).toEqual(first.requests);
    await again.inbox.landed(chunk!.name);
    expect(await again.inbox.prepare()).toBe(false);
    expect(journal.bytes).toBe(0);
  });

  it('a part that landed and was not removed is not read again', async () => {
    await createTelemetryReceiver(journal, null).receive(requestOf(bodyOf(spanOf(1))));
    await journal.seal(0);
    const [segment] = await sealedSegments(folder);
    writeFileSync(join(folder, 'series.json'), JSON.stringify({ landed: segment!.name }));
    expect(await sourceOf().inbox.prepare()).toBe(false);
    expect(await sealedSegments(folder)).toEqual([]);
  });

  it('is not sealed before its time', async () => {
    await createTelemetryReceiver(journal, null).receive(requestOf(bodyOf(spanOf(1))));
    const source = new OtlpSource(
      { folder, journal, sealAfterMs: 30_000, currency: 'USD', rates: {} },
      loadModelPrices,
    );
    expect(await source.inbox.prepare()).toBe(false);
    nowMs += 30_000;
    expect(await source.inbox.prepare()).toBe(true);
  });
});
