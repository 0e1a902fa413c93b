import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { smallCatalog } from '../../../../test/support/small-catalog.ts';
import {
  prometheusIsMissing,
  type RunningPrometheus,
  startPrometheus,
} from '../../../../test/support/start-prometheus.ts';
import type { TrafficFact } from '../../../domain/facts/facts.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/time/window.ts';
import type { FileReadOptions, ReadSummary } from '../../../ports/source.ts';
import { createPrometheusSource } from '../live-source.ts';
import { createPrometheusTextSource } from '../text-source.ts';

const T0 = Date.UTC(2026, 9, 14, 9);
const WINDOW = { fromMs: T0 + HOUR_MS, toMs: T0 + 4 * HOUR_MS };
const missing = prometheusIsMissing();

type Labels = Readonly<Record<string, string>>;

/** Samples once a minute, seven seconds after it. */
class Scrapes {
  readonly #lines = new Map<string, string[]>();

  add(name: string, labels: Labels, minute: number, value: number): void {
    const text = Object.entries(labels).map(([label, own]) => `${label}=${JSON.stringify(own)}`);
    const lines = this.#lines.get(name) ?? [];
    lines.push(`${name}{${text.join(',')}} ${value} ${(T0 + minute * MINUTE_MS + 7_000) / 1000}`);
    this.#lines.set(name, lines);
  }

  /** What a process counts from `from` to `to`: `rate` a minute, from zero. */
  counter(name: string, labels: Labels, from: number, to: number, rate: number, start = 0): void {
    for (let minute = from; minute < to; minute++)
      this.add(name, labels, minute, start + (minute - from + 1) * rate);
  }

  gauge(name: string, labels: Labels, from: number, to: number, value: number): void {
    for (let minute = from; minute < to; minute++) this.add(name, labels, minute, value);
  }

  text(): string {
    return `${[...this.#lines].map(([name, lines]) => [`# TYPE ${name} gauge`, ...lines].join('\n')).join('\n')}\n# EOF\n`;
  }
}

/** Minutes from `T0`; the window is minutes 60 to 240. */
function buildScrapes(): Scrapes {
  const scrapes = new Scrapes();
  chat(scrapes);
  disaggregated(scrapes);
  others(scrapes);
  return scrapes;
}

function pod(
  scrapes: Scrapes,
  name: string,
  owner: readonly [kind: string, name: string],
  from: number,
  to: number,
) {
  const labels = { namespace: 'serving', pod: name };
  scrapes.gauge('kube_pod_owner', { ...labels, owner_kind: owner[0], owner_name: owner[1] }, from, to, 1);
  scrapes.gauge('kube_pod_labels', { ...labels, label_team: 'search' }, from, to, 1);
}

/**
 * `chat`: one pod of two engines, which restarts at minute 90 and has been counting for a long time before; a second one that comes at
 * 100, goes at 130 when it is scaled away, and comes back under another name at 180. A router repeats the first, and two jobs scrape it.
 */
function chat(scrapes: Scrapes): void {
  const set = ['ReplicaSet', 'chat-6b8c9d7f5c'] as const;
  const engine = (name: string, index: string) => ({
    namespace: 'serving',
    pod: name,
    engine: index,
    model_name: 'llama-8b',
    instance: `${name}:8000`,
    job: 'podmonitor',
  });
  pod(scrapes, 'chat-6b8c9d7f5c-x2x2x', set, 0, 240);
  for (const index of ['0', '1']) {
    const labels = engine('chat-6b8c9d7f5c-x2x2x', index);
    vllm(scrapes, labels, 0, 90, 50_000);
    vllm(scrapes, labels, 90, 240, 0);
    vllm(scrapes, { ...labels, job: 'servicemonitor' }, 60, 120, 0);
  }
  const { engine: _, ...routed } = engine('chat-6b8c9d7f5c-x2x2x', '0');
  scrapes.counter('vllm:prompt_tokens_total', { ...routed, server: 'http://10.0.0.1:8000' }, 0, 240, 999);
  scrapes.gauge('vllm:num_requests_running', { ...routed, server: 'http://10.0.0.1:8000' }, 0, 240, 77);
  for (const [name, from, to] of [
    ['chat-6b8c9d7f5c-b4b4b', 100, 130],
    ['chat-6b8c9d7f5c-c5c5c', 180, 200],
  ] as const) {
    pod(scrapes, name, set, from, to);
    vllm(scrapes, engine(name, '0'), from, to, 0);
  }
}

/** Each minute: 10 requests, one of them aborted; 1,000 tokens in, 250 of them cached, 500 out; 1 s of prefill and 100 s of decode. */
function vllm(scrapes: Scrapes, labels: Labels, from: number, to: number, start: number): void {
  const add = (name: string, rate: number, more: Labels = {}) =>
    scrapes.counter(`vllm:${name}`, { ...labels, ...more }, from, to, rate, start);
  add('request_success_total', 9, { finished_reason: 'stop' });
  add('request_success_total', 1, { finished_reason: 'abort' });
  add('prompt_tokens_total', 1000);
  add('prompt_tokens_cached_total', 250);
  add('prefix_cache_hits_total', 250);
  add('generation_tokens_total', 500);
  add('request_prefill_time_seconds_sum', 1);
  add('request_decode_time_seconds_sum', 100);
  add('request_time_per_output_token_seconds_sum', 0.2);
  for (const [le, rate] of [
    ['0.3', 0],
    ['5.0', 6],
    ['10.0', 9],
    ['+Inf', 10],
  ] as const)
    add('e2e_request_latency_seconds_bucket', rate, { le });
  add('e2e_request_latency_seconds_sum', 50);
  scrapes.gauge('vllm:num_requests_running', labels, from, to, 4);
  scrapes.gauge('vllm:kv_cache_usage_perc', labels, from, to, 0.5);
}

/** `pd`: prefilled by one pod, decoded by another, which both count every request and its prompt. */
function disaggregated(scrapes: Scrapes): void {
  for (const phase of ['prefill', 'decode']) {
    const name = `pd-${phase}-0`;
    const labels = { namespace: 'serving', pod: name, engine: '0', model_name: 'big', instance: name };
    pod(scrapes, name, ['LeaderWorkerSet', 'pd'], 0, 240);
    const add = (metric: string, rate: number, more: Labels = {}) =>
      scrapes.counter(`vllm:${metric}`, { ...labels, ...more }, 0, 240, rate);
    add('request_success_total', 5, { finished_reason: 'stop' });
    add('prompt_tokens_total', 1000);
    add('generation_tokens_total', phase === 'prefill' ? 5 : 300);
    add('request_prefill_time_seconds_sum', phase === 'prefill' ? 3 : 0.1);
    add('request_decode_time_seconds_sum', phase === 'prefill' ? 0 : 60);
    add('prompt_tokens_by_source_total', phase === 'prefill' ? 900 : 0, { source: 'local_compute' });
    add('prompt_tokens_by_source_total', phase === 'prefill' ? 100 : 0, { source: 'local_cache_hit' });
    add('prompt_tokens_by_source_total', phase === 'prefill' ? 0 : 1000, { source: 'external_kv_transfer' });
    add('prompt_tokens_cached_total', phase === 'prefill' ? 100 : 1000);
  }
}

function others(scrapes: Scrapes): void {
  const own = (name: string, more: Labels = {}) => ({ namespace: 'serving', pod: `${name}-0`, ...more });
  const add = (metric: string, labels: Labels, rate: number) => scrapes.counter(metric, labels, 0, 240, rate);
  for (const name of ['sgl', 'tgi', 'triton', 'kserve', 'kn', 'ray'])
    pod(scrapes, `${name}-0`, ['StatefulSet', name], 0, 240);

  for (const rank of ['0', '1']) {
    const labels = own('sgl', { model_name: 'qwen', tp_rank: rank });
    add('sglang:num_requests_total', labels, 4);
    add('sglang:num_aborted_requests_total', labels, 1);
    add('sglang:prompt_tokens_total', labels, 400);
    add('sglang:generation_tokens_total', labels, 80);
    for (const [source, rate] of [
      ['device', 30],
      ['host', 10],
      ['total', 40],
    ] as const)
      add('sglang:cached_tokens_total', { ...labels, cache_source: source }, rate);
    scrapes.gauge('sglang:num_running_reqs', labels, 0, 240, 3);
  }

  const tgi = own('tgi');
  add('tgi_request_count', tgi, 10);
  add('tgi_request_success', tgi, 8);
  add('tgi_request_input_length_sum', tgi, 700);
  add('tgi_request_generated_tokens_sum', tgi, 90);
  add('tgi_batch_inference_duration_sum', { ...tgi, method: 'prefill' }, 2);
  add('tgi_batch_inference_duration_sum', { ...tgi, method: 'decode' }, 9);

  const triton = own('triton', { model: 'resnet', version: '1' });
  add('nv_inference_request_success', triton, 20);
  add('nv_inference_request_failure', { ...triton, reason: 'BACKEND' }, 2);
  add('nv_inference_count', triton, 80);
  add('nv_inference_exec_count', triton, 10);
  add('nv_inference_queue_duration_us', triton, 1_500_000);

  const kserve = own('kserve', { model_name: 'churn' });
  add('request_predict_seconds_count', kserve, 6);
  add('request_predict_seconds_bucket', { ...kserve, le: '0.1' }, 6);
  add('request_predict_seconds_bucket', { ...kserve, le: '+Inf' }, 6);
  // The proxy in front of it counts the same requests.
  const proxied = own('kserve', { kn_service_name: 'kserve', http_response_status_code: '200' });
  add('kn_serving_invocation_duration_seconds_count', proxied, 6);

  const knative = own('kn', { kn_service_name: 'kn', kn_configuration_name: 'kn' });
  add('kn_serving_invocation_duration_seconds_count', { ...knative, http_response_status_code: '200' }, 7);
  add('kn_serving_invocation_duration_seconds_count', { ...knative, http_response_status_code: '503' }, 1);

  const ray = own('ray', { application: 'app', deployment: 'Embedder' });
  add('ray_serve_deployment_request_counter_total', ray, 12);
  add('ray_serve_deployment_error_counter_total', ray, 3);
  add('ray_serve_deployment_processing_latency_ms_bucket', { ...ray, le: '50' }, 11);
  add('ray_serve_deployment_processing_latency_ms_bucket', { ...ray, le: '+Inf' }, 12);
}

describe.skipIf(missing !== null)(
  `model servers seen by a real Prometheus${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let prometheus: RunningPrometheus;
    let facts: TrafficFact[];
    beforeAll(async () => {
      prometheus = await startPrometheus(buildScrapes().text());
      facts = await collect(WINDOW);
    });
    afterAll(() => prometheus?.stop());

    async function collect(window: typeof WINDOW, isWhole = false): Promise<TrafficFact[]> {
      const source = createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock: { nowMs: () => T0 + 24 * HOUR_MS },
      });
      const windows = isWhole ? [window] : source.chunks(window).map((chunk) => chunk.window);
      const found: TrafficFact[] = [];
      for (const own of windows) {
        const reading = source.read(own, new AbortController().signal);
        for await (const batch of reading.batches) found.push(...(batch.traffic ?? []));
        expect(reading.summary.rejects).toEqual([]);
      }
      return found;
    }

    const of = (endpoint: string) => facts.filter((fact) => fact.endpoint === endpoint);
    const sum = (endpoint: string, value: (fact: TrafficFact) => number | null) =>
      of(endpoint).reduce((total, fact) => total + (value(fact) ?? 0), 0);

    it('count every request once through restarts, scaling to zero, routers and two jobs', () => {
      // 180 minutes of two engines, and 30 and 20 minutes of one.
      const engineMinutes = 180 * 2 + 30 + 20;
      expect(sum('chat', ({ requests }) => requests)).toBe(10 * engineMinutes);
      expect(sum('chat', ({ errors }) => errors)).toBe(engineMinutes);
      expect(sum('chat', ({ tokens }) => tokens.input)).toBe(1000 * engineMinutes);
      expect(sum('chat', ({ tokens }) => tokens.cachedInput)).toBe(250 * engineMinutes);
      expect(sum('chat', ({ tokens }) => tokens.output)).toBe(500 * engineMinutes);
      expect(sum('chat', ({ prefillSeconds }) => prefillSeconds)).toBeCloseTo(engineMinutes, 6);
      expect(sum('chat', ({ decodeSeconds }) => decodeSeconds)).toBeCloseTo(100 * engineMinutes, 6);
    });

    it('are slots of a replica, joined to the workload of its pod', () => {
      const [first] = of('chat').filter(({ startMs }) => startMs === WINDOW.fromMs);
      expect(first).toEqual({
        endpoint: 'chat',
        model: 'llama-8b',
        replica: 'serving/chat-6b8c9d7f5c-x2x2x',
        workloadId: 'serving/chat-6b8c9d7f5c-x2x2x',
        startMs: WINDOW.fromMs,
        endMs: WINDOW.fromMs + MINUTE_MS,
        requests: 20,
        errors: 2,
        tokens: { input: 2000, cachedInput: 500, cacheWrittenInput: null, output: 1000, reasoning: null },
        latencySeconds: { upperBounds: [0.3, 5, 10], counts: [0, 12, 6, 2], sum: 100 },
        timeToFirstTokenSeconds: null,
        prefillSeconds: 2,
        decodeSeconds: 200,
        queueSeconds: null,
        runningRequests: 8,
        waitingRequests: null,
        cacheUse: 0.5,
        batchSize: null,
        attributes: expect.objectContaining({ namespace: 'serving', 'label:team': 'search' }) as object,
      });
      expect(new Set(of('chat').map(({ replica }) => replica)).size).toBe(3);
    });

    it('are the same asked again, and in one piece', async () => {
      expect(await collect(WINDOW)).toEqual(facts);
      const whole = await collect(WINDOW, true);
      const inOrder = (list: TrafficFact[]) =>
        list.map((fact) => JSON.stringify(fact)).sort((a, b) => (a < b ? -1 : 1));
      expect(inOrder(whole)).toEqual(inOrder(facts));
    });

    it('are the same out of a file', async () => {
      const { traffic, summary } = await readText(buildScrapes().text());
      const ofWindow = traffic.filter(({ startMs }) => WINDOW.fromMs <= startMs && startMs < WINDOW.toMs);
      expect(ofWindow).toEqual(facts);
      expect(summary.rejects).toEqual([]);
    });

    it('count a prompt once where prefill and decode run apart', () => {
      expect(sum('pd', ({ requests }) => requests)).toBe(5 * 180);
      expect(sum('pd', ({ tokens }) => tokens.input)).toBe(1000 * 180);
      expect(sum('pd', ({ tokens }) => tokens.cachedInput)).toBe(100 * 180);
      expect(sum('pd', ({ tokens }) => tokens.output)).toBe(300 * 180);
      expect(sum('pd', ({ decodeSeconds }) => decodeSeconds)).toBeCloseTo(60 * 180, 6);
    });

    test.each([
      { endpoint: 'sgl', model: 'qwen', requests: 4, errors: 1, input: 400, cached: 40, output: 80 },
      { endpoint: 'tgi', model: 'tgi', requests: 10, errors: 2, input: 700, cached: null, output: 90 },
      {
        endpoint: 'triton',
        model: 'resnet',
        requests: 22,
        errors: 2,
        input: null,
        cached: null,
        output: null,
      },
      { endpoint: 'kserve', model: 'churn', requests: 6, errors: 0, input: null, cached: null, output: null },
      { endpoint: 'kn', model: 'kn', requests: 8, errors: 1, input: null, cached: null, output: null },
      {
        endpoint: 'ray',
        model: 'Embedder',
        requests: 12,
        errors: 3,
        input: null,
        cached: null,
        output: null,
      },
    ])(
      '$endpoint says $requests a minute',
      ({ endpoint, model, requests, errors, input, cached, output }) => {
        expect(of(endpoint)).toHaveLength(180);
        for (const fact of of(endpoint)) {
          expect(fact).toMatchObject({
            model,
            requests,
            errors,
            tokens: { input, cachedInput: cached, output },
          });
        }
      },
    );

    it('have what each server tells beside them', () => {
      expect(of('sgl')[0]).toMatchObject({ runningRequests: 3 });
      expect(of('tgi')[0]).toMatchObject({ prefillSeconds: 2, decodeSeconds: 9 });
      expect(of('triton')[0]!.batchSize).toBe(8);
      expect(of('triton')[0]!.queueSeconds).toBeCloseTo(1.5, 9);
      expect(of('kserve')[0]!.latencySeconds).toEqual({ upperBounds: [0.1], counts: [6, 0], sum: 0 });
      expect(of('ray')[0]!.latencySeconds).toEqual({ upperBounds: [0.05], counts: [11, 1], sum: 0 });
    });
  },
);

it('says that one look at counters tells nothing', async () => {
  const scrapes = new Scrapes();
  vllm(scrapes, { namespace: 'serving', pod: 'chat-0', model_name: 'llama-8b' }, 0, 1, 0);
  const { traffic, summary } = await readText(scrapes.text());
  expect(traffic).toEqual([]);
  expect(summary.warnings).toMatchObject([{ code: 'counters-without-history' }]);
});

it('reads a file of counters alone, and calls an endpoint by its job where there is no pod', async () => {
  const scrapes = new Scrapes();
  vllm(scrapes, { job: 'llm', instance: '10.0.0.1:8000', model_name: 'llama-8b' }, 0, 90, 0);
  const { traffic, summary } = await readText(scrapes.text());
  expect(new Set(traffic.map(({ endpoint, replica }) => `${endpoint} ${replica}`))).toEqual(
    new Set(['llm 10.0.0.1:8000']),
  );
  // The first sample is where counting begins.
  expect(traffic.reduce((sum, { requests }) => sum + requests, 0)).toBe(89 * 10);
  expect(summary.totals).toMatchObject({ requests: 890, inputTokens: 89_000, outputTokens: 44_500 });
});

async function readText(text: string): Promise<{ traffic: TrafficFact[]; summary: ReadSummary }> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-serving-'));
  const file = join(folder, 'metrics.prom');
  await writeFile(file, text);
  const options: FileReadOptions = {
    map: {},
    currency: 'USD',
    rates: {},
    set: {},
    fields: null,
    nowMs: T0 + 24 * HOUR_MS,
    signal: new AbortController().signal,
  };
  const { batches, summary } = createPrometheusTextSource({ catalog: smallCatalog }).read(file, options);
  const traffic: TrafficFact[] = [];
  for await (const batch of batches) traffic.push(...(batch.traffic ?? []));
  await rm(folder, { recursive: true });
  return { traffic, summary };
}
