import type { WarningFigures } from './results.ts';

/** What serving cost, beside how fast and how good it was. Shapes as in results.ts: exact money texts, keys may be added, never renamed. */
export type InferenceReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  by: readonly string[];
  /** `allocated`: idle time and shared costs included, as the bill has them. `used`: only what did work. */
  basis: 'allocated' | 'used';
  sentence: string;
  rows: readonly (InferenceFigures & Readonly<Record<string, unknown>>)[];
  rest: (InferenceFigures & Readonly<{ rows: number }>) | null;
  total: InferenceFigures;
  endpoints: readonly EndpointFigures[];
  /** Paid calls, dearest first. */
  apiSpend: readonly ApiSpendFigures[];
  reconciliation: InferenceReconciliation;
  warnings: readonly WarningFigures[];
}>;

export type InferenceFigures = Readonly<{
  /** All that ended, well or not. */
  requests: number;
  errors: number;
  /** Tokens of the requests that report them; `null` where none does. Input includes what a cache held. */
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  /** On the basis of the report; `null` where nobody knows what it cost. */
  cost: string | null;
  allocatedCost: string | null;
  usedCost: string | null;
  /** Requests whose cost is not known, and is missing above. The unit costs are of the others. */
  unpricedRequests: number;
  costPer1kRequests: string | null;
  /** Of those that did not fail. */
  costPer1kSuccessful: string | null;
  costPer1mTokens: string | null;
  costPer1mInputTokens: string | null;
  costPer1mOutputTokens: string | null;
  /** How input and output were priced apart: by seconds of prefill and decode, or by a weight of tokens. */
  tokenSplit: Readonly<{
    method: 'measured' | 'declared' | 'mixed';
    weight: string | null;
    inputFraction: number | null;
  }> | null;
  latencyMs: Percentiles;
  timeToFirstTokenMs: Percentiles;
  /** Where the exact percentiles lie for certain: between these, both included; `null` where there is no upper bound. */
  latencyBoundsMs: PercentileBounds;
  timeToFirstTokenBoundsMs: PercentileBounds;
  slo: Readonly<{ latencyMs: number; attained: number | null }> | null;
  quality: readonly QualityFigures[];
  goodRequests: number | null;
  costPer1kGood: string | null;
  revenue: string | null;
  revenuePer1k: string | null;
  marginPer1k: string | null;
  /** Each request costs more than it earns. */
  isLosingMoney: boolean;
  /** What training adds to each 1,000 requests, where it was stated. */
  trainingPer1k: string | null;
  /** Share of the input that a prefix cache held. */
  cachedFraction: number | null;
  runningRequests: number | null;
  waitingRequests: number | null;
  cacheUse: number | null;
  batchSize: number | null;
  gpuHours: number | null;
  /** Used ÷ allocated cost; `null` for APIs. */
  utilisation: number | null;
}>;

export type Percentiles = Readonly<{ p50: number | null; p95: number | null; p99: number | null }>;
export type PercentileBounds = Readonly<{
  p50: Bounds | null;
  p95: Bounds | null;
  p99: Bounds | null;
}>;
type Bounds = Readonly<{ low: number; high: number | null }>;

export type QualityFigures = Readonly<{
  score: string;
  mean: number;
  scored: number;
  /** Of the scored; `null` without a bar. */
  passing: number | null;
}>;

/** One endpoint over the whole window: whether it is the right size, and whether an API would be cheaper. */
export type EndpointFigures = Readonly<{
  endpoint: string;
  serving: 'self_hosted' | 'api';
  requests: number;
  requestsPerHour: number;
  cost: string | null;
  gpuHours: number | null;
  /** The busiest slot, as a rate. */
  peakRequestsPerHour: number | null;
  replicas: number | null;
  replicasNeeded: number | null;
  diagnosis: string;
  meaning: string;
  /** Against the price or the model that was stated. */
  breakEven: BreakEvenFigures | null;
  /** Against each model that was asked for, cheapest first, by its published or agreed price. */
  comparisons: readonly ComparisonFigures[];
}>;

export type ComparisonFigures = BreakEvenFigures &
  Readonly<{
    /** `openai/gpt-5-mini`. */
    model: string;
    /** Which price that was, with version and date. */
    priceReference: string;
    assumptions: readonly string[];
  }>;

/** Calls of one model of an API by one team, and what servers of one's own would cost in their place. */
export type ApiSpendFigures = Readonly<{
  endpoint: string;
  model: string;
  team: string;
  requests: number;
  unpricedRequests: number;
  /** From the first hour with such calls to the last. */
  hours: number;
  cost: string | null;
  costPerHour: string | null;
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  /** Cheapest first. Whether that model of one's own answers as well, nobody says here: each is an "if". */
  options: readonly SelfHostOption[];
}>;

export type SelfHostOption = Readonly<{
  /** The endpoint whose throughput was measured, or the name of one that was stated. */
  like: string;
  basis: 'measured' | 'stated';
  gpuModel: string;
  gpusPerReplica: number;
  /** Enough for the busiest hour. */
  replicas: number;
  /** `null` where nobody knows what the GPU costs. */
  costPerHour: string | null;
  /** Share of what the replicas can do that would be asked on average. */
  utilisation: number;
  /** `null` where a cost is unknown. */
  cheaper: 'self_hosted' | 'api' | 'same' | null;
}>;

export type BreakEvenFigures = Readonly<{
  /** The same requests at the price that was compared. */
  apiCostPer1kRequests: string;
  costPerHour: string;
  requestsPerHour: number | null;
  utilisation: number | null;
  cheaper: 'self_hosted' | 'api' | 'same';
  current: CurvePointFigures;
  curve: readonly CurvePointFigures[];
}>;

export type CurvePointFigures = Readonly<{
  utilisation: number | null;
  requestsPerHour: number;
  selfHostedPer1kRequests: string | null;
  apiPer1kRequests: string;
}>;

/** That no dollar is missing or counted twice. */
export type InferenceReconciliation = Readonly<{
  /** What the ledger holds for inference in the window. */
  ledger: string;
  /** What the rows of self-hosted endpoints hold of it, before filters, on the allocated basis. */
  rows: string;
  /** `ledger − rows`; zero. */
  difference: string;
  /** Cost of API calls by their prices: what the rows show. */
  apiCalls: string;
  /** What bills say for AI services that are no GPU time, which the ledger holds as direct or shared; `null` without any. */
  apiBilled: string | null;
}>;
