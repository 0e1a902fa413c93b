/** How a server forms batches: the settings of Triton's dynamic batcher. */
export type BatchingRules = Readonly<{
  /** The largest batch, in items; `null` takes all who wait. */
  maxBatch: number | null;
  /** Sizes that are sent as soon as they can be formed; the largest possible first. */
  preferredBatches: readonly number[];
  /** How long the oldest request may wait for others once an instance is free; 0 sends what is there. */
  maxQueueDelayMs: number;
  /** Copies of the model that work side by side, each as fast as one alone. */
  instances: number;
  /** Items that each request brings along. */
  itemsPerRequest: number;
}>;

export const TAKE_ALL: BatchingRules = {
  maxBatch: null,
  preferredBatches: [],
  maxQueueDelayMs: 0,
  instances: 1,
  itemsPerRequest: 1,
};

/** The same rules in requests instead of items, preferred sizes ascending. */
export type RequestRules = Readonly<{ most: number; preferred: readonly number[]; delayMs: number }>;

export function rulesInRequests(rules: BatchingRules): RequestRules {
  const { maxBatch, preferredBatches, maxQueueDelayMs, itemsPerRequest } = rules;
  const most =
    maxBatch === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(maxBatch / itemsPerRequest));
  const preferred = preferredBatches
    .map((items) => Math.floor(items / itemsPerRequest))
    .filter((requests) => requests >= 1 && requests <= most);
  return { most, preferred: [...new Set(preferred)].sort((a, b) => a - b), delayMs: maxQueueDelayMs };
}
