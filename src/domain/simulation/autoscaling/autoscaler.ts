/** What an autoscaler sees when it is asked, once per tick. */
export type Observation = Readonly<{
  nowSeconds: number;
  /** Requests in the system, running and waiting, averaged over the last `seconds`. */
  concurrencyOver(seconds: number): number;
  /** Requests in the system at this moment. */
  concurrency: number;
  /** Replicas that serve. */
  ready: number;
  /** Replicas that serve or are starting. */
  wanted: number;
}>;

export type ScaleLimits = Readonly<{ least: number; most: number }>;

/** Decides how many replicas there should be. Keeps what it has to remember between ticks. */
export type Autoscaler = Readonly<{
  /** Seconds between two decisions. */
  tickSeconds: number;
  /** The longest time that it averages over. */
  longestWindowSeconds: number;
  decide(seen: Observation): number;
}>;

export function within({ least, most }: ScaleLimits, replicas: number): number {
  return Math.min(most, Math.max(least, replicas));
}

/** How many replicas carry a load; a rounding error of an average must not add one. */
export function replicasFor(load: number, perReplica: number): number {
  return Math.ceil(load / perReplica - 1e-9);
}
