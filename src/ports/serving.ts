import type { Spans } from '../domain/economics/spans.ts';
import type { RevenueFact, TokenCounts } from '../domain/facts/facts.ts';
import type { Picos } from '../domain/money/picos.ts';
import type { TimeWindow } from '../domain/time/window.ts';

/** What the store can be asked about calls, the counters of servers, and what was said about their quality and worth. */
export interface ServingQueries {
  /** Calls and counters that start inside the window, added up. */
  calls(query: CallQuery): Promise<readonly CallAggregate[]>;
  /** How long they took, as counts by span of microseconds. */
  latencies(query: CallQuery): Promise<readonly LatencyAggregate[]>;
  scores(query: ScoreQuery): Promise<readonly ScoreAggregate[]>;
  servingPeaks(window: TimeWindow): Promise<readonly ServingPeak[]>;
  /** All that is known, of any time, sorted by endpoint, model and start. */
  revenues(): Promise<readonly RevenueFact[]>;
}

export const CALL_DIMENSIONS = [
  'endpoint',
  'model',
  'serving',
  'provider',
  'operation',
  'prompt',
  'promptVersion',
  'step',
  'agent',
  'conversation',
  'team',
  'environment',
  'day',
  'hour',
] as const;

/**
 * Team, environment and `tag:NAME`, the owner dimensions of the rules in `tare.yaml`, are the caller's where the call says, otherwise the
 * replica's. A dimension that nothing says is `none`.
 */
export type CallDimension = (typeof CALL_DIMENSIONS)[number] | `tag:${string}`;

/** What only a call says of itself; a server's counters do not. So does any `tag:`. */
export const LABEL_DIMENSIONS = [
  'provider',
  'operation',
  'prompt',
  'promptVersion',
  'step',
  'agent',
  'conversation',
  'team',
  'environment',
] as const satisfies readonly CallDimension[];

export type CallQuery = Readonly<{
  window: TimeWindow;
  by: readonly CallDimension[];
  /** Only calls of APIs; without it, all. */
  serving?: 'api';
}>;

/**
 * Where figures come from: the server's own `counters`; `calls` of endpoints and hours that have none; or calls that were counted by
 * the server too (`labels`): they say which prompt, step or caller it was, and are never added to the counters.
 */
export type CallSource = 'counters' | 'calls' | 'labels';

export type CallAggregate = Readonly<{
  key: Readonly<Record<string, string>>;
  source: CallSource;
  requests: number;
  errors: number;
  /** Sums over those that say; `null` where none does. */
  tokens: TokenCounts;
  prefillMicros: number | null;
  decodeMicros: number | null;
  queueMicros: number | null;
  /** Means over time, of the slots that say. */
  runningRequests: number | null;
  waitingRequests: number | null;
  cacheUse: number | null;
  batchSize: number | null;
  /** Sum over the calls with a price; `null` without any. */
  costPicos: Picos | null;
  pricedRequests: number;
}>;

export type LatencyAggregate = Readonly<{
  key: Readonly<Record<string, string>>;
  source: CallSource;
  duration: Spans;
  firstToken: Spans;
}>;

export type ScoreQuery = CallQuery &
  Readonly<{ bars: readonly Readonly<{ score: string; limit: number; isCeiling: boolean }>[] }>;

export type ScoreAggregate = Readonly<{
  key: Readonly<Record<string, string>>;
  name: string;
  scored: number;
  mean: number;
  /** How many pass the bar of this name; `null` when there is none. */
  passed: number | null;
}>;

/** The busiest slot of an endpoint: of its counters, or else its busiest minute of calls. */
export type ServingPeak = Readonly<{
  endpoint: string;
  requestsPerHour: number;
  /** `null` where only calls are known. */
  busiestReplicaPerHour: number | null;
  /** Mean number of replicas while there were any. */
  replicas: number | null;
  /** Hours of all replicas together. */
  replicaHours: number | null;
}>;
