import type { Labels } from '../series.ts';

/**
 * Which series of which model server say what. Names, types and traps are those of each server's own documentation; see
 * docs/guides/inference.md for the list with sources.
 */
export type ServingServer = 'vllm' | 'sglang' | 'tgi' | 'triton' | 'kserve' | 'ray_serve' | 'knative';

/** Where several of them see the same requests of a pod, the one that knows most counts: the engine before what wraps it. */
export const SERVER_PRIORITY: readonly ServingServer[] = [
  'vllm',
  'sglang',
  'tgi',
  'triton',
  'kserve',
  'ray_serve',
  'knative',
];

/** What the increase of a counter, or the mean of a gauge, adds to a slot. */
export type Role =
  | 'requests'
  | 'successes'
  | 'failures'
  | 'errors'
  | 'inputTokens'
  | 'cachedTokens'
  | 'prefixHits'
  | 'transferredTokens'
  | 'outputTokens'
  | 'latencySeconds'
  | 'firstTokenSeconds'
  | 'prefillSeconds'
  | 'decodeSeconds'
  | 'queueSeconds'
  | 'running'
  | 'waiting'
  | 'cacheUse'
  | 'batchItems'
  | 'batches';

export type HistogramRole = 'latency' | 'firstToken';

export type ServingMetric = Readonly<{
  name: string;
  server: ServingServer;
  kind: 'counter' | 'gauge';
  /** What a series is for by its labels; `null` leaves it out. */
  roleOf(labels: Labels): Role | null;
  /** Set on the buckets of a histogram. */
  histogram: HistogramRole | null;
  /** Into seconds, tokens or 0–1. */
  scale: number;
}>;

export const MODEL_LABELS: Readonly<Record<ServingServer, readonly string[]>> = {
  vllm: ['model_name'],
  sglang: ['model_name'],
  tgi: ['model_name', 'model_id'],
  triton: ['model'],
  kserve: ['model_name'],
  ray_serve: ['deployment'],
  knative: ['kn_configuration_name'],
};

const MILLI = 1e-3;
const MICRO = 1e-6;

export const SERVING_METRICS: readonly ServingMetric[] = [
  // vLLM V1. Tokens of a prefix cache are tokens, not blocks; the mean time per output token is no time of decode.
  counter('vllm', 'vllm:request_success_total', ({ finished_reason: reason }) =>
    reason === 'abort' || reason === 'error' ? 'failures' : 'requests',
  ),
  counter('vllm', 'vllm:prompt_tokens_total', 'inputTokens'),
  counter('vllm', 'vllm:prompt_tokens_by_source_total', ({ source }) =>
    source === 'external_kv_transfer' ? 'transferredTokens' : null,
  ),
  counter('vllm', 'vllm:prompt_tokens_cached_total', 'cachedTokens'),
  counter('vllm', 'vllm:prefix_cache_hits_total', 'prefixHits'),
  counter('vllm', 'vllm:external_prefix_cache_hits_total', 'prefixHits'),
  counter('vllm', 'vllm:generation_tokens_total', 'outputTokens'),
  ...histogram('vllm', 'vllm:e2e_request_latency_seconds', 'latency'),
  ...histogram('vllm', 'vllm:time_to_first_token_seconds', 'firstToken'),
  counter('vllm', 'vllm:request_prefill_time_seconds_sum', 'prefillSeconds'),
  counter('vllm', 'vllm:request_decode_time_seconds_sum', 'decodeSeconds'),
  counter('vllm', 'vllm:request_queue_time_seconds_sum', 'queueSeconds'),
  gauge('vllm', 'vllm:num_requests_running', 'running'),
  gauge('vllm', 'vllm:num_requests_waiting', 'waiting'),
  gauge('vllm', 'vllm:kv_cache_usage_perc', 'cacheUse'),
  gauge('vllm', 'vllm:gpu_cache_usage_perc', 'cacheUse'),

  counter('sglang', 'sglang:num_requests_total', 'requests'),
  counter('sglang', 'sglang:num_aborted_requests_total', 'errors'),
  counter('sglang', 'sglang:prompt_tokens_total', 'inputTokens'),
  counter('sglang', 'sglang:generation_tokens_total', 'outputTokens'),
  // `total` repeats the others, or stands alone.
  counter('sglang', 'sglang:cached_tokens_total', ({ cache_source: source }) =>
    source === 'total' ? 'prefixHits' : 'cachedTokens',
  ),
  ...histogram('sglang', 'sglang:e2e_request_latency_seconds', 'latency'),
  ...histogram('sglang', 'sglang:time_to_first_token_seconds', 'firstToken'),
  gauge('sglang', 'sglang:num_running_reqs', 'running'),
  gauge('sglang', 'sglang:num_queue_reqs', 'waiting'),
  gauge('sglang', 'sglang:token_usage', 'cacheUse'),

  counter('tgi', 'tgi_request_count', 'requests'),
  counter('tgi', 'tgi_request_success', 'successes'),
  counter('tgi', 'tgi_request_input_length_sum', 'inputTokens'),
  counter('tgi', 'tgi_request_generated_tokens_sum', 'outputTokens'),
  ...histogram('tgi', 'tgi_request_duration', 'latency'),
  counter('tgi', 'tgi_request_queue_duration_sum', 'queueSeconds'),
  counter('tgi', 'tgi_batch_inference_duration_sum', ({ method }) =>
    method === 'prefill' ? 'prefillSeconds' : method === 'decode' ? 'decodeSeconds' : null,
  ),
  gauge('tgi', 'tgi_batch_current_size', 'running'),
  gauge('tgi', 'tgi_queue_size', 'waiting'),

  // Latencies of Triton are sums, so there are no percentiles but of the first response, where that is switched on.
  counter('triton', 'nv_inference_request_success', 'requests'),
  counter('triton', 'nv_inference_request_failure', 'failures'),
  counter('triton', 'nv_inference_count', 'batchItems'),
  counter('triton', 'nv_inference_exec_count', 'batches'),
  counter('triton', 'nv_inference_queue_duration_us', 'queueSeconds', MICRO),
  ...histogram('triton', 'nv_inference_first_response_histogram_ms', 'firstToken', MILLI),
  gauge('triton', 'nv_inference_pending_request_count', 'waiting'),

  counter('kserve', 'request_predict_seconds_count', 'requests'),
  ...histogram('kserve', 'request_predict_seconds', 'latency'),

  counter(
    'knative',
    'kn_serving_invocation_duration_seconds_count',
    ({ http_response_status_code: status }) => (/^5/.test(status ?? '') ? 'failures' : 'requests'),
  ),
  ...histogram('knative', 'kn_serving_invocation_duration_seconds', 'latency'),
  gauge('knative', 'kn_serving_queue_depth', 'waiting'),

  counter('ray_serve', 'ray_serve_deployment_request_counter_total', 'requests'),
  counter('ray_serve', 'ray_serve_deployment_error_counter_total', 'errors'),
  ...histogram('ray_serve', 'ray_serve_deployment_processing_latency_ms', 'latency', MILLI),
  gauge('ray_serve', 'ray_serve_replica_processing_queries', 'running'),
  gauge('ray_serve', 'ray_serve_deployment_queued_queries', 'waiting'),
];

const BY_NAME = new Map(SERVING_METRICS.map((metric) => [metric.name, metric]));

export function servingMetric(name: string): ServingMetric | undefined {
  return BY_NAME.get(name);
}

/** For the question which of them there are. */
export const SERVING_METRIC_PATTERN =
  '(vllm|sglang):.+|tgi_.+|nv_inference_.+|request_predict_seconds_.+|kn_serving_.+|ray_serve_.+';

type RoleOf = Role | ServingMetric['roleOf'];

function counter(server: ServingServer, name: string, role: RoleOf, scale = 1): ServingMetric {
  const roleOf = typeof role === 'function' ? role : () => role;
  return { name, server, kind: 'counter', roleOf, histogram: null, scale };
}

function gauge(server: ServingServer, name: string, role: Role): ServingMetric {
  return { name, server, kind: 'gauge', roleOf: () => role, histogram: null, scale: 1 };
}

function histogram(server: ServingServer, name: string, of: HistogramRole, scale = 1): ServingMetric[] {
  const buckets = { ...counter(server, `${name}_bucket`, () => null, scale), histogram: of };
  const seconds = of === 'latency' ? 'latencySeconds' : 'firstTokenSeconds';
  return [buckets, counter(server, `${name}_sum`, seconds, scale)];
}
