import type { Curve } from './workload-patterns.ts';

/**
 * What a self-hosted endpoint is asked, and how well its servers cope. Rates are of one whole replica at the busiest hour. A full batch has to
 * fit the rest: the share of time that the replica is busy × 3,600 × the batch ÷ the rate is how long one takes, and no request is quicker.
 */
export type EndpointPlan = Readonly<{
  gpusPerReplica: number;
  peakPerHour: number;
  curve: Curve;
  /** At the quietest, as a share of the busiest, where the curve is at zero. */
  quiet: number;
  /** `null`: no language model, and nobody counts tokens. */
  tokens: TokenPlan | null;
  /** Medians while little is asked; both grow with the load. */
  latencySeconds: number;
  firstTokenSeconds: number | null;
  /** Executions of a full server hold so many requests; `null` where the server does not say. */
  fullBatch: number | null;
  errorRate: number;
}>;

/** Means for one request. */
export type TokenPlan = Readonly<{
  input: number;
  /** Of the input, found in the prefix cache. */
  cachedFraction: number;
  /** `null`: an embedder, whose answers hold no tokens. */
  output: number | null;
  prefillPerSecond: number;
  decodeSecondsPerToken: number;
}>;

const LARGE: TokenPlan = {
  input: 2_600,
  cachedFraction: 0.35,
  output: 420,
  prefillPerSecond: 9_500,
  decodeSecondsPerToken: 0.021,
};

/** By workload of the work plan. An inference workload that is missing here is asked by nobody. */
export const ENDPOINTS: Readonly<Record<string, EndpointPlan>> = {
  'search/answer-llm-70b': languageModel(4, 11_500, 'consumer', 0.05, LARGE, 0.28),
  'search/answer-llm-70b-staging': languageModel(4, 240, 'office', 0, LARGE, 0.26),
  'search/answer-llm-canary': languageModel(1, 420, 'consumer', 0.05, LARGE, 0.44),
  'search/query-rewrite-8b': languageModel(
    1,
    90_000,
    'consumer',
    0.05,
    { input: 220, cachedFraction: 0.6, output: 28, prefillPerSecond: 42_000, decodeSecondsPerToken: 0.0065 },
    0.03,
  ),
  'default/demo-bot': languageModel(
    1,
    9,
    'steady',
    1,
    { input: 640, cachedFraction: 0.1, output: 160, prefillPerSecond: 12_000, decodeSecondsPerToken: 0.016 },
    0.09,
  ),
  'search/embedder': {
    ...model(2, 200_000, 'consumer', 0.045, 4),
    tokens: {
      input: 480,
      cachedFraction: 0,
      output: null,
      prefillPerSecond: 88_000,
      decodeSecondsPerToken: 0,
    },
  },
  'search/reranker': model(2, 108_000, 'consumer', 0.08, 4),
  'search/speech-to-text': model(2, 5_800, 'consumer', 2.3, 5),
  'search/spell-checker': model(1, 9_000, 'consumer', 0.012, null),
  'ranking/scorer': model(1, 3_200_000, 'consumer', 0.004, 5),
  'research/protein-fold-api': model(1, 55, 'office', 41, null),
  'platform/feature-encoder': model(3, 250_000, 'consumer', 0.035, 3),
  'platform/image-moderation': model(1, 14_000, 'consumer', 0.26, 1.4),
  // Triton as it comes: one request after the other, each of which fills an eighth of the chip.
  'search/intent-classifier': model(1, 300_000, 'consumer', 0.016, 1),
};

/** A rollout at the busiest hour, when one replica carried everything: what it can do, the other days do not show. */
export const ROLLOUT = { workload: 'platform/image-moderation', daysAgo: 6, hour: 17, hours: 1 } as const;

/** Model servers are scraped every few minutes; of older days only hours are kept. */
export const FINE_DAYS = 1;
export const FINE_SLOT_MINUTES = 5;

/** A price that the gateway states, for a million tokens; it is the published one. */
export type ApiPrice = Readonly<{ input: string; cachedInput: string; output: string }>;

/** What is bought from a model API: its calls add up to a line of the bill. */
export type ApiPlan = Readonly<{
  /** Description of the line in the bill plan. */
  charge: string;
  endpoint: string;
  provider: string;
  model: string;
  operation: 'chat' | 'invoke_agent';
  price: ApiPrice;
  curve: Curve;
  input: number;
  cachedFraction: number;
  output: number;
  latencySeconds: number;
  firstTokenSeconds: number;
  labels: Readonly<{ prompt: string; step: string; agent: string | null }>;
  versions: readonly PromptVersion[];
  team: string;
  environment: string;
}>;

/** A version of a prompt, and what it does to tokens and answers. */
export type PromptVersion = Readonly<{
  version: string;
  /** Asked from here on; `null` is from the start. */
  fromDaysAgo: number | null;
  /** Share of the calls, beside the others of its time. */
  weight: number;
  inputFactor: number;
  outputFactor: number;
  /** Means, 0–1. */
  helpfulness: number;
  hallucination: number;
}>;

/** Calls of APIs are known since a gateway stands in front of them. Before that there is only the bill. */
export const GATEWAY_DAYS = 9;

/** The bill says a little more than the gateway: what timed out there was answered, and billed, all the same. */
export const SEEN_BY_GATEWAY_PPM = 985_000;

export const API_USAGE: readonly ApiPlan[] = [
  {
    charge: 'Claude Sonnet, input and output tokens',
    endpoint: 'bedrock',
    provider: 'aws.bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    operation: 'invoke_agent',
    price: { input: '3.3', cachedInput: '0.33', output: '16.5' },
    curve: 'consumer',
    input: 420_000,
    cachedFraction: 0.84,
    output: 6_400,
    latencySeconds: 95,
    firstTokenSeconds: 1.9,
    labels: { prompt: 'deep-search', step: 'generate', agent: 'deep-search' },
    versions: [asked('v5', null, 1, 1, 1, 0.9, 0.03)],
    team: 'search',
    environment: 'production',
  },
  {
    charge: 'GPT-4.1, evaluation',
    endpoint: 'openai',
    provider: 'openai',
    model: 'gpt-4.1',
    operation: 'chat',
    price: { input: '2', cachedInput: '0.5', output: '8' },
    curve: 'office',
    input: 135_000,
    cachedFraction: 0.1,
    output: 5_200,
    latencySeconds: 34,
    firstTokenSeconds: 1.4,
    labels: { prompt: 'grade-answers', step: 'judge', agent: null },
    versions: [asked('v2', null, 1, 1, 1, 0.88, 0.02)],
    team: 'research',
    environment: 'development',
  },
  {
    charge: 'GPT-4.1 mini, support assistant',
    endpoint: 'openai',
    provider: 'openai',
    model: 'gpt-4.1-mini',
    operation: 'chat',
    price: { input: '0.4', cachedInput: '0.1', output: '1.6' },
    curve: 'consumer',
    input: 330_000,
    cachedFraction: 0.3,
    output: 1_500,
    latencySeconds: 9,
    firstTokenSeconds: 1.1,
    labels: { prompt: 'support-answer', step: 'generate', agent: null },
    versions: [
      asked('v3', null, 1, 1, 1, 0.83, 0.04),
      // Puts the whole handbook into every prompt instead of the passages that were found: twice the price, and no better.
      asked('v4', 6, 1, 2.1, 1, 0.83, 0.04),
    ],
    team: 'search',
    environment: 'production',
  },
];

/** Tuned for the support team; no list has a price for it. */
export const UNPRICED_CALLS = {
  endpoint: 'openai',
  model: 'ft:gpt-4.1-mini:tare-demo:tone',
  perDay: 40,
} as const;

/** One in very many questions is traced through the pipeline of the product, from its first step to its answer. */
export const TRACED_PER_DAY = 150;
export const TRACED_STEPS = [
  {
    workload: 'search/query-rewrite-8b',
    step: 'retrieve',
    operation: 'text_completion',
    prompt: 'rewrite-query',
  },
  { workload: 'search/embedder', step: 'embed', operation: 'embeddings', prompt: null },
  { workload: 'search/reranker', step: 'rerank', operation: 'rerank', prompt: null },
  { workload: 'search/answer-llm-70b', step: 'generate', operation: 'chat', prompt: 'answer' },
] as const;

export const ANSWER_VERSIONS: readonly PromptVersion[] = [
  asked('v7', null, 1, 1, 1, 0.86, 0.03),
  // Asks for a plan before the answer: half as many tokens again, and worse answers.
  asked('v8', 6, 1, 1.1, 1.55, 0.78, 0.07),
];

/** Of the answers with a prompt of their own. */
export const JUDGED_FRACTION = 0.08;

/** What 1,000 requests earn; of one model where several share the endpoint. */
export const REVENUES: readonly Readonly<{ endpoint: string; model: string | null; per1k: string }>[] = [
  { endpoint: 'answer-llm-70b', model: null, per1k: '6.20' },
  { endpoint: 'scorer', model: null, per1k: '0.012' },
  { endpoint: 'image-moderation', model: null, per1k: '0.42' },
  // Sold below what it costs on a full GPU: every caller that is won makes it worse.
  { endpoint: 'speech-to-text', model: null, per1k: '0.30' },
  { endpoint: 'openai', model: 'gpt-4.1-mini', per1k: '240' },
];

function languageModel(
  gpusPerReplica: number,
  peakPerHour: number,
  curve: Curve,
  quiet: number,
  tokens: TokenPlan,
  firstTokenSeconds: number,
): EndpointPlan {
  const latencySeconds = firstTokenSeconds + (tokens.output ?? 0) * tokens.decodeSecondsPerToken;
  return {
    gpusPerReplica,
    peakPerHour,
    curve,
    quiet,
    tokens,
    latencySeconds,
    firstTokenSeconds,
    fullBatch: null,
    errorRate: 0.002,
  };
}

/** A model that is no language model. */
function model(
  gpusPerReplica: number,
  peakPerHour: number,
  curve: Curve,
  latencySeconds: number,
  fullBatch: number | null,
): EndpointPlan {
  return {
    gpusPerReplica,
    peakPerHour,
    curve,
    quiet: 0.02,
    tokens: null,
    latencySeconds,
    firstTokenSeconds: null,
    fullBatch,
    errorRate: 0.0005,
  };
}

function asked(
  version: string,
  fromDaysAgo: number | null,
  weight: number,
  inputFactor: number,
  outputFactor: number,
  helpfulness: number,
  hallucination: number,
): PromptVersion {
  return { version, fromDaysAgo, weight, inputFactor, outputFactor, helpfulness, hallucination };
}
