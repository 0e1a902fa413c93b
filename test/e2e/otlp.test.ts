import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningTare, runTare, startTare } from '../support/start-tare.ts';

/** OpenTelemetry's own SDK sends to `tare up`, as a process of its own. */

let folder: string;
let tare: RunningTare | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-otlp-'));
  writeFileSync(join(folder, 'tare.yaml'), 'store: duckdb:tare.duckdb\notlp: { importAfter: 1s }\n');
});
afterEach(async () => {
  await tare?.kill();
  tare = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const RESOURCE = resourceFromAttributes({
  'service.name': 'docs',
  'service.instance.id': 'docs-1',
  team: 'search',
});

function tracerOf(exporter: SpanExporter) {
  const processor = new BatchSpanProcessor(exporter, { maxExportBatchSize: 64, scheduledDelayMillis: 50 });
  const provider = new BasicTracerProvider({ resource: RESOURCE, spanProcessors: [processor] });
  return { provider, tracer: provider.getTracer('test') };
}

type Reported = Readonly<{
  rows: readonly Record<string, unknown>[];
  total: Record<string, unknown>;
}>;

async function inferenceReport(words: readonly string[] = []): Promise<Reported> {
  const { stdout, stderr, code } = await runTare(folder, [
    'report',
    'inference',
    '--from',
    '2d',
    '--json',
    ...words,
  ]);
  if (code !== 0) throw new Error(`report ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Reported;
}

/** Asks until what came in is in the store. */
async function eventually<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  const until = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer) || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

const requestsOf = ({ total }: Reported) => Number(total['requests'] ?? 0);

describe('traces', { timeout: 90_000 }, () => {
  it.each([
    ['JSON', (url: string) => new JsonTraceExporter({ url: `${url}/v1/traces` })],
    [
      'protobuf with gzip',
      (url: string) => new ProtoTraceExporter({ url: `${url}/v1/traces`, compression: 'gzip' as never }),
    ],
  ])('come in as %s, with price, prompt version, step and conversation', async (_, exporterAt) => {
    tare = await startTare(folder);
    const { provider, tracer } = tracerOf(exporterAt(tare.url));
    for (let index = 0; index < 100; index++) {
      const span = tracer.startSpan('chat gpt-4o', {
        kind: SpanKind.CLIENT,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.cache_read.input_tokens': 400,
          'gen_ai.usage.output_tokens': 500,
          'gen_ai.conversation.id': `conversation-${index % 4}`,
          'tare.prompt.name': 'summary',
          'tare.prompt.version': index % 2 === 0 ? '1' : '2',
          'gen_ai.input.messages': 'a prompt that is nobody’s business',
        },
      });
      if (index === 0) span.setStatus({ code: SpanStatusCode.ERROR, message: 'overloaded' });
      span.addEvent('gen_ai.evaluation.result', {
        'gen_ai.evaluation.name': 'helpfulness',
        'gen_ai.evaluation.score.value': 0.75,
      });
      span.end();
      tracer.startSpan('GET /').end();
    }
    await provider.shutdown();
    const report = await eventually(
      () => inferenceReport(['--by', 'promptVersion']),
      (answer) => requestsOf(answer) === 100,
    );
    // (600 × 2.50 + 400 × 1.25 + 500 × 10) ÷ 10⁶ = 0.007 a call
    expect(report.total).toMatchObject({
      requests: 100,
      inputTokens: 100_000,
      cachedInputTokens: 40_000,
      outputTokens: 50_000,
      cost: '0.70',
    });
    expect(report.rows.map((row) => [row['promptVersion'], row['requests']]).toSorted()).toEqual([
      ['1', 50],
      ['2', 50],
    ]);
  });

  it('are all there after a kill in the middle, if they were acknowledged', async () => {
    tare = await startTare(folder);
    const acknowledged: number[] = [];
    let sent = 0;
    const send = async (url: string) => {
      const first = sent;
      sent += 20;
      try {
        const response = await fetch(`${url}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
          body: gzipSync(JSON.stringify(tracesFrom(first, 20))),
        });
        if (response.status === 200) acknowledged.push(first);
      } catch {
        // The server is gone; what was in the air was not acknowledged.
      }
    };
    for (let life = 0; life < 3; life++) {
      const { url } = tare;
      const until = Date.now() + 2_500;
      const senders = Array.from({ length: 4 }, async () => {
        while (Date.now() < until) await send(url);
      });
      await new Promise((resolve) => setTimeout(resolve, 1_500 + life * 137));
      await tare.kill();
      await Promise.all(senders);
      tare = await startTare(folder);
    }
    const expected = acknowledged.length * 20;
    expect(acknowledged.length).toBeGreaterThan(20);
    const report = await eventually(
      inferenceReport,
      (answer) => requestsOf(answer) >= expected && journalFiles().length === 0,
    );
    // What was written and not acknowledged may be there too: its sender does not know, and would send it again.
    expect(requestsOf(report)).toBeGreaterThanOrEqual(expected);
    expect(requestsOf(report)).toBeLessThanOrEqual(sent);
    expect(journalFiles()).toEqual([]);
  });

  it('need the token where the server has one', async () => {
    writeFileSync(
      join(folder, 'tare.yaml'),
      'store: duckdb:tare.duckdb\nserver: { tokens: ["file:token"] }\n',
    );
    writeFileSync(join(folder, 'token'), 'open-sesame');
    tare = await startTare(folder);
    const post = (headers: Record<string, string>) =>
      fetch(`${tare!.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(tracesFrom(0, 1)),
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post({ authorization: 'Bearer open-sesame' })).status).toBe(200);
  });
});

describe('metrics', { timeout: 90_000 }, () => {
  it.each([
    ['cumulative', AggregationTemporality.CUMULATIVE],
    ['delta', AggregationTemporality.DELTA],
  ])('of a server of one’s own become traffic, %s', async (_, temporalityPreference) => {
    tare = await startTare(folder);
    const exporter = new OTLPMetricExporter({ url: `${tare.url}/v1/metrics`, temporalityPreference });
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 400,
      exportTimeoutMillis: 300,
    });
    const provider = new MeterProvider({ resource: RESOURCE, readers: [reader] });
    const meter = provider.getMeter('test');
    const tokens = meter.createHistogram('gen_ai.client.token.usage', { unit: '{token}' });
    const duration = meter.createHistogram('gen_ai.client.operation.duration', { unit: 's' });
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'llama-3-8b',
      'server.address': 'llama.serving.svc.cluster.local',
    };
    for (let index = 0; index < 30; index++) {
      tokens.record(200, { ...call, 'gen_ai.token.type': 'input' });
      tokens.record(50, { ...call, 'gen_ai.token.type': 'output' });
      duration.record(0.4, index < 3 ? { ...call, 'error.type': 'timeout' } : call);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await provider.shutdown();
    const report = await eventually(inferenceReport, (answer) => requestsOf(answer) === 30);
    expect(report.rows).toHaveLength(1);
    expect(report.rows[0]).toMatchObject({
      endpoint: 'llama',
      model: 'llama-3-8b',
      requests: 30,
      inputTokens: 6000,
      outputTokens: 1500,
    });
  });
});

/** Calls numbered from `first`, each with an id of its own. */
function tracesFrom(first: number, count: number) {
  const startMs = Date.now() - 60_000;
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: (first + 1).toString(16).padStart(32, '0'),
    spanId: (first + index + 1).toString(16).padStart(16, '0'),
    name: 'chat',
    kind: 3,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + 500}000000`,
    attributes: Object.entries({
      'gen_ai.operation.name': { stringValue: 'chat' },
      'gen_ai.provider.name': { stringValue: 'openai' },
      'gen_ai.request.model': { stringValue: 'gpt-4o' },
      'gen_ai.usage.input_tokens': { intValue: '10' },
      'gen_ai.usage.output_tokens': { intValue: '5' },
    }).map(([key, value]) => ({ key, value })),
  }));
  return { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] };
}

function journalFiles(): string[] {
  return readdirSync(join(folder, 'tare.duckdb.otlp')).filter((name) => /\.(open|journal)$/.test(name));
}
