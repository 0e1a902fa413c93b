import { describe, expect, it, test } from 'vitest';
import type { ModelCall } from '../../domain/inference/model-call.ts';
import { callsOfSpans } from './span-calls.ts';
import type { AttributeValue, Refused, Span } from './telemetry.ts';

type Plain = Readonly<Record<string, AttributeValue>>;

let nextId = 1;
const span = (attributes: Plain, about: Partial<Span> = {}): Span => ({
  traceId: 'a'.repeat(32),
  spanId: String(nextId++).padStart(16, '0'),
  parentSpanId: null,
  name: 'call',
  kind: 3,
  startMs: 1_000,
  endMs: 3_500,
  attributes: new Map(Object.entries(attributes)),
  events: [],
  statusCode: 0,
  statusMessage: '',
  ...about,
});

function read(spans: readonly Span[], resource: Plain = {}, convention: 'excludes-cached' | null = null) {
  const refused: Refused = { count: 0, reason: null };
  const found = callsOfSpans([{ resource: new Map(Object.entries(resource)), spans }], convention, refused);
  return { ...found, refused };
}

const only = ({ calls }: { calls: readonly ModelCall[] }) => {
  expect(calls).toHaveLength(1);
  return calls[0]!;
};

const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
};
const USED = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20 };

describe('token counts in every spelling', () => {
  test.each<[string, Plain, unknown]>([
    [
      'OpenTelemetry',
      {
        ...CHAT,
        ...USED,
        'gen_ai.usage.cache_read.input_tokens': 60,
        'gen_ai.usage.reasoning.output_tokens': 5,
      },
      { input: 100, cachedInput: 60, output: 20, reasoning: 5 },
    ],
    [
      'its older names',
      {
        ...CHAT,
        'gen_ai.usage.prompt_tokens': 100,
        'gen_ai.usage.completion_tokens': 20,
        'gen_ai.usage.cache_creation_input_tokens': 30,
      },
      { input: 100, cacheWrittenInput: 30, output: 20 },
    ],
    [
      'OpenLLMetry, without a name for the operation',
      {
        'llm.request.type': 'chat',
        'gen_ai.system': 'OpenAI',
        'gen_ai.usage.prompt_tokens': 100,
        'gen_ai.usage.completion_tokens': 20,
      },
      { input: 100, output: 20 },
    ],
    [
      'OpenInference',
      {
        'openinference.span.kind': 'LLM',
        'llm.token_count.prompt': 100,
        'llm.token_count.completion': 20,
        'llm.token_count.prompt_details.cache_read': 60,
        'llm.token_count.completion_details.reasoning': 5,
      },
      { input: 100, cachedInput: 60, output: 20, reasoning: 5 },
    ],
    [
      'the AI SDK with OpenAI, which includes cached tokens',
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'openai.chat',
        'ai.usage.inputTokens': 100,
        'ai.usage.cachedInputTokens': 60,
        'ai.usage.outputTokens': 20,
      },
      { input: 100, cachedInput: 60 },
    ],
    [
      'the AI SDK, whose total shows that the cache is beside',
      {
        'ai.operationId': 'ai.streamText.doStream',
        'ai.model.provider': 'anthropic.messages',
        'ai.usage.inputTokens': 40,
        'ai.usage.cachedInputTokens': 60,
        'ai.usage.outputTokens': 20,
        'ai.usage.totalTokens': 120,
      },
      { input: 100, cachedInput: 60 },
    ],
    [
      'the AI SDK with details',
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'anthropic.messages',
        'ai.usage.inputTokens': 100,
        'ai.usage.inputTokenDetails.cacheReadTokens': 60,
        'ai.usage.outputTokens': 20,
      },
      { input: 100, cachedInput: 60 },
    ],
    [
      'Langfuse, each kind apart',
      {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.usage_details': '{"input":40,"cache_read_input_tokens":60,"output":20}',
      },
      { input: 100, cachedInput: 60, output: 20 },
    ],
    [
      'vLLM',
      { 'gen_ai.usage.prompt_tokens': 100, 'gen_ai.usage.completion_tokens': 20 },
      { input: 100, output: 20 },
    ],
    [
      'counts as text',
      { ...CHAT, 'gen_ai.usage.input_tokens': '100', 'gen_ai.usage.output_tokens': '20' },
      { input: 100, output: 20 },
    ],
    ['none at all', CHAT, { input: null, output: null }],
  ])('%s', (_, attributes, tokens) => {
    const call = only(read([span(attributes, { name: 'llm_request' })]));
    expect(call.request.tokens).toMatchObject(tokens as object);
  });

  it('refuses what a library leaves open, unless it is stated', () => {
    const open = span({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      'ai.usage.inputTokens': 40,
      'ai.usage.cachedInputTokens': 60,
      'ai.usage.outputTokens': 20,
    });
    const { calls, refused } = read([open]);
    expect(calls).toEqual([]);
    expect(refused).toEqual({ count: 1, reason: expect.stringContaining('token-convention-unknown') });
    expect(only(read([open], {}, 'excludes-cached')).request.tokens.input).toBe(100);
  });

  it('refuses more cached tokens than tokens, and does not clamp them', () => {
    const { refused } = read([span({ ...CHAT, ...USED, 'gen_ai.usage.cache_read.input_tokens': 101 })]);
    expect(refused).toEqual({ count: 1, reason: expect.stringContaining('tokens-inconsistent') });
  });
});

test.each<[string, Plain]>([
  ['an agent', { ...CHAT, ...USED, 'gen_ai.operation.name': 'invoke_agent' }],
  ['a tool', { 'gen_ai.operation.name': 'execute_tool' }],
  [
    'what the user of the AI SDK asked for',
    { 'ai.operationId': 'ai.generateText', 'ai.usage.inputTokens': 1 },
  ],
  ['a chain of OpenInference', { 'openinference.span.kind': 'CHAIN', 'llm.token_count.prompt': 1 }],
  ['a workflow of OpenLLMetry', { 'traceloop.span.kind': 'workflow', 'gen_ai.system': 'x', ...USED }],
  ['a span of Langfuse', { 'langfuse.observation.type': 'span', ...CHAT, ...USED }],
  ['a span of something else', { 'http.request.method': 'GET' }],
])('%s is no call of a model', (_, attributes) => {
  expect(read([span(attributes)]).calls).toEqual([]);
});

it('counts a call that two libraries watched once', () => {
  const seen = { ...CHAT, ...USED, 'gen_ai.response.id': 'chatcmpl-1' };
  expect(read([span(seen), span({ ...seen, 'openinference.span.kind': 'LLM' })]).calls).toHaveLength(1);
});

describe('who answered', () => {
  test.each<[string, Plain, Partial<Span>, { endpoint: string; serving: string }]>([
    ['an API', CHAT, {}, { endpoint: 'openai', serving: 'api' }],
    [
      'an API by its address',
      { ...CHAT, 'server.address': 'api.openai.com' },
      {},
      { endpoint: 'openai', serving: 'api' },
    ],
    [
      'a server in the cluster',
      { ...CHAT, 'server.address': 'llama.serving.svc.cluster.local' },
      {},
      { endpoint: 'llama', serving: 'self_hosted' },
    ],
    [
      'a server in the network',
      { ...CHAT, 'server.address': '10.1.2.3' },
      {},
      { endpoint: '10.1.2.3', serving: 'self_hosted' },
    ],
    [
      'a server by the name of its program',
      { ...CHAT, 'gen_ai.provider.name': 'vllm' },
      {},
      { endpoint: 'vllm', serving: 'self_hosted' },
    ],
    ['the server itself', CHAT, { kind: 2 }, { endpoint: 'docs', serving: 'self_hosted' }],
    [
      'whoever is named',
      { ...CHAT, 'tare.endpoint': 'search-llm' },
      {},
      { endpoint: 'search-llm', serving: 'api' },
    ],
  ])('%s', (_, attributes, about, expected) => {
    expect(only(read([span(attributes, about)], { 'service.name': 'docs' })).request).toMatchObject(expected);
  });
});

describe('labels', () => {
  it('come from the span, then from the nearest span around it', () => {
    const root = span({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'writer',
      'session.id': 'conversation-1',
    });
    const evaluation = span({ 'openinference.span.kind': 'EVALUATOR' }, { parentSpanId: root.spanId });
    const call = span(
      { ...CHAT, 'langfuse.observation.prompt.name': 'summary', 'langfuse.observation.prompt.version': 3 },
      { parentSpanId: evaluation.spanId },
    );
    expect(only(read([call, evaluation, root])).request.labels).toEqual({
      promptName: 'summary',
      promptVersion: '3',
      step: 'judge',
      agent: 'writer',
      conversation: 'conversation-1',
    });
  });

  test.each([
    ['embeddings', 'embed'],
    ['chat', 'generate'],
  ])('a call of %s is the step %s unless told otherwise', (operation, step) => {
    const attributes = { ...CHAT, 'gen_ai.operation.name': operation };
    expect(only(read([span(attributes)])).request.labels.step).toBe(step);
    expect(only(read([span({ ...attributes, 'tare.step': 'rewrite' })])).request.labels.step).toBe('rewrite');
  });

  it('owners come from the resource', () => {
    const resource = {
      'service.name': 'docs',
      'k8s.namespace.name': 'serving',
      'k8s.pod.label.team': 'search',
      'deployment.environment.name': 'prod',
    };
    expect(only(read([span(CHAT)], resource)).request.attributes).toEqual({
      service: 'docs',
      namespace: 'serving',
      'label:team': 'search',
      'label:environment': 'prod',
    });
  });
});

test.each<[string, Plain, Partial<Span>, object]>([
  ['length', CHAT, {}, { startMs: 1000, durationMs: 2500 }],
  [
    'first token in seconds',
    { ...CHAT, 'gen_ai.response.time_to_first_chunk': 0.25 },
    {},
    { timeToFirstTokenMs: 250 },
  ],
  [
    'first token in milliseconds',
    { ...CHAT, 'ai.response.msToFirstChunk': 120 },
    {},
    { timeToFirstTokenMs: 120 },
  ],
  [
    'first token by an event',
    CHAT,
    { events: [{ name: 'First Token Stream Event', atMs: 1_300, attributes: new Map() }] },
    { timeToFirstTokenMs: 300 },
  ],
  ['error by type', { ...CHAT, 'error.type': 'timeout' }, { statusCode: 2 }, { error: 'timeout' }],
  ['error by status', CHAT, { statusCode: 2, statusMessage: 'overloaded' }, { error: 'overloaded' }],
  [
    'model that answered before model that was asked',
    { ...CHAT, 'gen_ai.response.model': 'gpt-4o-2024-08-06' },
    {},
    { model: 'gpt-4o-2024-08-06' },
  ],
])('%s', (_, attributes, about, expected) => {
  expect(only(read([span(attributes, about)])).request).toMatchObject(expected);
});

test.each<[string, Plain, unknown]>([
  ['a cost that the client states', { 'llm.cost.total': 0.0125 }, 12_500_000_000n],
  ['nothing, which is no price', { 'gen_ai.usage.cost': 0 }, null],
  ['a service tier', { 'openai.response.service_tier': 'flex' }, 'flex'],
])('%s', (_, attributes, expected) => {
  const call = only(read([span({ ...CHAT, ...attributes })]));
  expect([call.statedPicos, call.tier]).toContain(expected);
});

test.each<[string, Plain, number | null]>([
  ['a value', { 'gen_ai.evaluation.score.value': 0.75 }, 0.75],
  ['a plain word', { 'gen_ai.evaluation.score.label': 'Pass' }, 1],
  ['a word that is no number', { 'gen_ai.evaluation.score.label': 'lukewarm' }, null],
])('a judgement with %s', (_, score, value) => {
  const event = {
    name: 'gen_ai.evaluation.result',
    atMs: 2_000,
    attributes: new Map(Object.entries({ 'gen_ai.evaluation.name': 'helpfulness', ...score })),
  };
  const { scores, calls } = read([span({ ...CHAT, 'tare.prompt.version': '2' }, { events: [event] })]);
  expect(scores).toEqual(
    value === null
      ? []
      : [
          expect.objectContaining({
            name: 'helpfulness',
            value,
            atMs: 2_000,
            model: 'gpt-4o',
            promptVersion: '2',
            requestId: calls[0]!.request.requestId,
          }),
        ],
  );
});
