import type { RequestFact, ScoreFact, TokenCounts, TrafficFact } from '../../src/domain/facts/facts.ts';
import { type EpochMs, MINUTE_MS } from '../../src/domain/time/window.ts';

/** Calls and counters for tests: name what matters, the rest is an ordinary chat. */
export const NO_TOKENS: TokenCounts = {
  input: null,
  cachedInput: null,
  cacheWrittenInput: null,
  output: null,
  reasoning: null,
};

type Call = Partial<Omit<RequestFact, 'tokens' | 'labels'>> &
  Readonly<{ startMs: EpochMs; tokens?: Partial<TokenCounts>; labels?: Partial<RequestFact['labels']> }>;

export function requestFact(requestId: string, { tokens, labels, ...given }: Call): RequestFact {
  return {
    requestId,
    endpoint: 'chat',
    serving: 'self_hosted',
    model: 'llama-8b',
    provider: null,
    operation: 'chat',
    durationMs: null,
    timeToFirstTokenMs: null,
    error: null,
    costPicos: null,
    priceReference: null,
    attributes: {},
    ...given,
    tokens: { ...NO_TOKENS, ...tokens },
    labels: {
      promptName: null,
      promptVersion: null,
      step: null,
      agent: null,
      conversation: null,
      ...labels,
    },
  };
}

type Slot = Partial<Omit<TrafficFact, 'tokens'>> &
  Readonly<{ startMs: EpochMs; tokens?: Partial<TokenCounts> }>;

export function trafficFact(replica: string, { tokens, ...given }: Slot): TrafficFact {
  return {
    endpoint: 'chat',
    model: 'llama-8b',
    replica,
    workloadId: null,
    endMs: given.startMs + MINUTE_MS,
    requests: 0,
    errors: 0,
    latencySeconds: null,
    timeToFirstTokenSeconds: null,
    prefillSeconds: null,
    decodeSeconds: null,
    queueSeconds: null,
    runningRequests: null,
    waitingRequests: null,
    cacheUse: null,
    batchSize: null,
    attributes: {},
    ...given,
    tokens: { ...NO_TOKENS, ...tokens },
  };
}

export function scoreFact(
  scoreId: string,
  given: Partial<ScoreFact> & Readonly<{ atMs: EpochMs }>,
): ScoreFact {
  return {
    scoreId,
    name: 'helpfulness',
    value: 1,
    endpoint: null,
    model: null,
    promptName: null,
    promptVersion: null,
    requestId: null,
    runId: null,
    by: null,
    ...given,
  };
}
