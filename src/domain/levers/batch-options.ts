export type BatchOptions = Readonly<{
  /** Promised latency of endpoints by name: 99 % of requests, ms. */
  sloMs: ReadonlyMap<string, number>;
  /** Without a promise latency may grow to this multiple of what it is. */
  latencyFactor: number;
  /** Sized for so much more than the busiest hour, since an hour has busier minutes. */
  peakFactor: number;
  /** A batch may become so many times as large as the largest that was seen: beyond that nobody knows how long it takes. */
  batchFactor: number;
  /** Of an endpoint in production. */
  leastReplicas: number;
}>;

export const DEFAULT_BATCH: BatchOptions = {
  sloMs: new Map(),
  latencyFactor: 1.25,
  peakFactor: 1.2,
  batchFactor: 4,
  leastReplicas: 2,
};
