/** What one GPU of a kind can serve of requests of one size. */
export type ServingProfile = Readonly<{
  gpu: string;
  inputTokens: number;
  outputTokens: number;
  /** Requests per second within the latency it was measured at. Zero or `null`: it cannot. */
  maxThroughput: number | null;
  /** `null` where the profile does not say; then it is taken to meet every limit. */
  latencyMs: number | null;
}>;

/** Requests of one size. */
export type ServingDemand = Readonly<{
  inputTokens: number;
  outputTokens: number;
  requestsPerSecond: number;
}>;

/** How many GPUs of each kind all requests of one size would keep busy; `null` where a kind cannot serve them. */
export type ServingLoad = Readonly<{ demand: ServingDemand; gpusNeeded: readonly (number | null)[] }>;

export type ServingTerms = Readonly<{
  maxLatencyMs: number | null;
  /** 0.1 plans for a tenth more requests than there are. */
  overProvision: number;
}>;

/**
 * The load of each size of requests on each kind of GPU: requests per second ÷ most requests per second.
 *
 * A size is served by the profile of the smallest size that covers it, in input and in output tokens; of several measurements of
 * that size by the fastest one that keeps the latency. A kind without one cannot serve it: that is no load of zero, nor an
 * infinite one.
 */
export function loadsOf(
  demands: readonly ServingDemand[],
  profiles: readonly ServingProfile[],
  gpus: readonly string[],
  terms: ServingTerms,
): readonly ServingLoad[] {
  return demands.map((demand) => ({
    demand,
    gpusNeeded: gpus.map((gpu) => {
      const most = mostThroughput(demand, profiles, gpu, terms.maxLatencyMs);
      return most === null ? null : (demand.requestsPerSecond * (1 + terms.overProvision)) / most;
    }),
  }));
}

function mostThroughput(
  { inputTokens, outputTokens }: ServingDemand,
  profiles: readonly ServingProfile[],
  gpu: string,
  maxLatencyMs: number | null,
): number | null {
  const covering = profiles.filter(
    (profile) =>
      profile.gpu === gpu && profile.inputTokens >= inputTokens && profile.outputTokens >= outputTokens,
  );
  const sizeOf = (profile: ServingProfile) => profile.inputTokens * profile.outputTokens;
  const smallest = Math.min(...covering.map(sizeOf));
  const usable = covering.filter(
    (profile) =>
      sizeOf(profile) === smallest &&
      (maxLatencyMs === null || profile.latencyMs === null || profile.latencyMs <= maxLatencyMs),
  );
  const most = Math.max(0, ...usable.map(({ maxThroughput }) => maxThroughput ?? 0));
  return most > 0 ? most : null;
}
