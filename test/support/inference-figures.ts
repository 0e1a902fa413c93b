import type { InferenceFigures } from '../../src/app/results/inference.ts';

const NOTHING = { p50: null, p95: null, p99: null };

/** Figures of which only what is given is known. */
export function figures(given: Partial<InferenceFigures>): InferenceFigures {
  return {
    requests: 0,
    errors: 0,
    inputTokens: null,
    cachedInputTokens: null,
    outputTokens: null,
    reasoningTokens: null,
    cost: null,
    allocatedCost: null,
    usedCost: null,
    unpricedRequests: 0,
    costPer1kRequests: null,
    costPer1kSuccessful: null,
    costPer1mTokens: null,
    costPer1mInputTokens: null,
    costPer1mOutputTokens: null,
    tokenSplit: null,
    latencyMs: NOTHING,
    timeToFirstTokenMs: NOTHING,
    latencyBoundsMs: NOTHING,
    timeToFirstTokenBoundsMs: NOTHING,
    slo: null,
    quality: [],
    goodRequests: null,
    costPer1kGood: null,
    revenue: null,
    revenuePer1k: null,
    marginPer1k: null,
    isLosingMoney: false,
    trainingPer1k: null,
    cachedFraction: null,
    runningRequests: null,
    waitingRequests: null,
    cacheUse: null,
    batchSize: null,
    gpuHours: null,
    utilisation: null,
    ...given,
  };
}
