import type { TokenConvention } from '../../domain/inference/token-convention.ts';

/**
 * The attributes that say something about a call of a model, by what they say, in the order in which they are believed: the
 * conventions of OpenTelemetry first, then what libraries wrote before them or instead.
 */
export const SPELLINGS = {
  provider: [
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
    'llm.vendor',
  ],
  model: [
    'gen_ai.response.model',
    'ai.response.model',
    'langfuse.observation.model.name',
    'langfuse.observation.model',
    'gen_ai.request.model',
    'llm.model_name',
    'embedding.model_name',
    'reranker.model_name',
    'ai.model.id',
    'llm.request.model',
  ],
  responseId: ['gen_ai.response.id', 'ai.response.id', 'llm.response.id'],
  tier: [
    'openai.response.service_tier',
    'gen_ai.openai.response.service_tier',
    'gen_ai.response.service_tier',
    'openai.request.service_tier',
    'gen_ai.openai.request.service_tier',
    'gen_ai.request.service_tier',
  ],
  error: ['error.type'],
  serverAddress: ['server.address', 'gen_ai.server.address', 'net.peer.name'],
  endpoint: ['tare.endpoint'],
  promptName: [
    'tare.prompt.name',
    'langfuse.observation.prompt.name',
    'langfuse.prompt.name',
    'gen_ai.prompt.name',
    'traceloop.prompt.key',
    'llm.prompt_template.name',
    'prompt.name',
    'ai.telemetry.metadata.promptName',
  ],
  promptVersion: [
    'tare.prompt.version',
    'langfuse.observation.prompt.version',
    'langfuse.prompt.version',
    'gen_ai.prompt.version',
    'traceloop.prompt.version',
    'llm.prompt_template.version',
    'prompt.version',
    'ai.telemetry.metadata.promptVersion',
  ],
  step: ['tare.step', 'ai.telemetry.functionId', 'langfuse.observation.metadata.step'],
  agent: [
    'tare.agent',
    'gen_ai.agent.name',
    'agent.name',
    'gen_ai.agent.id',
    'langfuse.observation.metadata.agent',
  ],
  conversation: [
    'tare.conversation',
    'gen_ai.conversation.id',
    'session.id',
    'langfuse.session.id',
    'traceloop.association.properties.session_id',
    'traceloop.association.properties.conversation_id',
    'ai.telemetry.metadata.sessionId',
  ],
  cost: ['gen_ai.usage.cost', 'gen_ai.usage.total_cost', 'llm.cost.total', 'gen_ai.token.cost.total'],
  timeToFirstTokenSeconds: [
    'gen_ai.response.time_to_first_chunk',
    'gen_ai.latency.time_to_first_token',
    'gen_ai.server.time_to_first_token',
    'llm.time_to_first_token',
  ],
  timeToFirstTokenMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
  firstTokenAt: ['langfuse.observation.completion_start_time'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Said = keyof typeof SPELLINGS;

/** One way of counting tokens, and whether its input holds the cached ones; `null` where writers differ. */
export type TokenSpelling = Readonly<{
  name: string;
  input: readonly string[];
  cachedInput: readonly string[];
  cacheWrittenInput: readonly string[];
  output: readonly string[];
  reasoning: readonly string[];
  total: readonly string[];
  convention: TokenConvention | null;
}>;

/** A span that carries one of these was written by the AI SDK, which fills the names of OpenTelemetry with its own counts. */
const AI_SDK: TokenSpelling = {
  name: 'ai',
  input: [
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
  ],
  cachedInput: [
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.cachedInputTokens',
    'gen_ai.usage.cache_read.input_tokens',
  ],
  cacheWrittenInput: ['ai.usage.inputTokenDetails.cacheWriteTokens', 'ai.usage.cacheWriteInputTokens'],
  output: [
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
  ],
  reasoning: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
  total: ['ai.usage.totalTokens'],
  // It hands on what the provider counted: OpenAI includes cached tokens, Anthropic does not.
  convention: null,
};

const OPEN_TELEMETRY: TokenSpelling = {
  name: 'gen_ai',
  input: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens'],
  cachedInput: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.input_tokens.cached',
    'gen_ai.usage.input_token_details.cached',
    'llm.usage.cache_read_input_tokens',
  ],
  cacheWrittenInput: [
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'llm.usage.cache_creation_input_tokens',
  ],
  output: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.usage.completion_tokens'],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.output_tokens.reasoning',
  ],
  total: ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
  convention: 'includes-cached',
};

const OPEN_INFERENCE: TokenSpelling = {
  name: 'llm.token_count',
  input: ['llm.token_count.prompt'],
  cachedInput: ['llm.token_count.prompt_details.cache_read', 'llm.token_count.prompt_details.cache_input'],
  cacheWrittenInput: ['llm.token_count.prompt_details.cache_write'],
  output: ['llm.token_count.completion'],
  reasoning: ['llm.token_count.completion_details.reasoning'],
  total: ['llm.token_count.total'],
  convention: 'includes-cached',
};

/** Believed in this order; the first of which any count is there says all of them. */
export const TOKEN_SPELLINGS = [AI_SDK, OPEN_TELEMETRY, OPEN_INFERENCE] as const;

/** What shows that the AI SDK wrote the span. */
export const AI_SDK_MARK = 'ai.operationId';
/** Langfuse's own map of counts, as JSON, each counted apart. */
export const LANGFUSE_USAGE = 'langfuse.observation.usage_details';
export const LANGFUSE_COST = 'langfuse.observation.cost_details';

/** What kind of thing a span is, by whoever wrote it. */
export const KIND_ATTRIBUTES = {
  operation: 'gen_ai.operation.name',
  openInference: 'openinference.span.kind',
  traceloop: 'traceloop.span.kind',
  traceloopEntity: 'traceloop.entity.name',
  requestType: 'llm.request.type',
  langfuse: 'langfuse.observation.type',
  langfuseLevel: 'langfuse.observation.level',
} as const;

const EVALUATION = [
  'gen_ai.evaluation.name',
  'gen_ai.evaluation.score.value',
  'gen_ai.evaluation.score.label',
  'gen_ai.evaluation.evaluator',
];

const METRIC_ATTRIBUTES = ['gen_ai.token.type'];

const OWNER_ATTRIBUTES = ['langfuse.environment', 'deployment.environment.name', 'deployment.environment'];

const WANTED = new Set<string>([
  ...Object.values(SPELLINGS).flat(),
  ...TOKEN_SPELLINGS.flatMap(({ input, cachedInput, cacheWrittenInput, output, reasoning, total }) => [
    ...input,
    ...cachedInput,
    ...cacheWrittenInput,
    ...output,
    ...reasoning,
    ...total,
  ]),
  ...Object.values(KIND_ATTRIBUTES),
  ...EVALUATION,
  ...OWNER_ATTRIBUTES,
  ...METRIC_ATTRIBUTES,
  AI_SDK_MARK,
  LANGFUSE_USAGE,
  LANGFUSE_COST,
]);

/** Of a span, only what is used here: prompts and answers are passed over, and never kept. */
export function isWantedOfSpan(key: string): boolean {
  return WANTED.has(key) || key.startsWith('tare.label.');
}

/** Resource attribute → the name that owner rules look up. */
export const RESOURCE_ATTRIBUTES: Readonly<Record<string, string>> = {
  'service.name': 'service',
  'service.namespace': 'otlp:service.namespace',
  'service.version': 'otlp:service.version',
  'k8s.namespace.name': 'namespace',
  'k8s.deployment.name': 'otlp:k8s.deployment',
  'k8s.cluster.name': 'otlp:k8s.cluster',
  'deployment.environment': 'label:environment',
  'deployment.environment.name': 'label:environment',
  'cloud.account.id': 'account',
  team: 'label:team',
  'team.name': 'label:team',
};

const LABEL_PREFIXES = ['tare.label.', 'k8s.pod.label.', 'k8s.pod.labels.', 'k8s.namespace.label.'];

export function isWantedOfResource(key: string): boolean {
  return (
    Object.hasOwn(RESOURCE_ATTRIBUTES, key) ||
    key === 'service.instance.id' ||
    key === 'k8s.pod.name' ||
    labelNameOf(key) !== null
  );
}

/** `k8s.pod.label.team` → `team`. */
export function labelNameOf(key: string): string | null {
  const prefix = LABEL_PREFIXES.find((candidate) => key.startsWith(candidate));
  return prefix === undefined || key.length === prefix.length ? null : key.slice(prefix.length);
}
