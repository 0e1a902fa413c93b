/** One measured way to serve a model: kind and number of GPUs, batch, and what came of it. */
export type ServingConfiguration = Readonly<{
  model: string;
  gpu: string;
  gpus: number;
  batch: number;
  tokensPerSecond: number;
  /** Between two tokens of a reply. */
  interTokenLatencyMs: number | null;
  precision: string | null;
}>;

/** Price per GPU-hour × GPUs ÷ 3600 ÷ tokens per second × 10⁶. */
export function costPerMillionTokens(configuration: ServingConfiguration, perGpuHour: number): number {
  return ((perGpuHour * configuration.gpus) / 3600 / configuration.tokensPerSecond) * 1e6;
}

/**
 * The cheapest measured configuration that keeps the latency; `undefined` where none does. Throughput does not always rise with
 * the batch, so that the best one is looked up, not derived. A configuration whose latency is not known keeps no limit.
 */
export function cheapestConfiguration(
  configurations: readonly ServingConfiguration[],
  priceOf: (gpu: string) => number | undefined,
  maxInterTokenLatencyMs: number | null,
): Readonly<{ configuration: ServingConfiguration; perMillionTokens: number }> | undefined {
  let best: { configuration: ServingConfiguration; perMillionTokens: number } | undefined;
  for (const configuration of configurations) {
    const { gpu, interTokenLatencyMs } = configuration;
    const price = priceOf(gpu);
    if (price === undefined) continue;
    if (
      maxInterTokenLatencyMs !== null &&
      !(interTokenLatencyMs !== null && interTokenLatencyMs <= maxInterTokenLatencyMs)
    )
      continue;
    const perMillionTokens = costPerMillionTokens(configuration, price);
    if (best === undefined || perMillionTokens < best.perMillionTokens)
      best = { configuration, perMillionTokens };
  }
  return best;
}
