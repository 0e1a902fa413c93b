import type { EpochMs } from '../time/window.ts';

/** What an endpoint did in one hour, all replicas together. Sums are over what says; `null` where nothing does. */
export type ServedHour = Readonly<{
  /** As the ledger names the workload. */
  endpoint: string;
  hourMs: EpochMs;
  requests: number;
  /** Time that replicas were there, added up: an hour of two of them is two hours. */
  replicaMs: number;
  /** Executions of the server, and the requests in them. */
  batches: number | null;
  batchedRequests: number;
  latencyMs: number | null;
  queueMs: number | null;
  prefillMs: number | null;
  decodeMs: number | null;
  /** Without those that were found in a cache. */
  promptTokens: number | null;
  outputTokens: number | null;
  /** Mean number of requests inside one replica. */
  running: number | null;
  /** Mean share of the cache for sequences that is in use, 0–1. */
  cacheUse: number | null;
}>;

/** Measured latency of an endpoint over the window. */
export type MeasuredLatency = Readonly<{ p95Ms: number; p99Ms: number }>;
