import { type Picos, picosToNumber } from '../../domain/money/picos.ts';
import {
  cheapestConfiguration,
  type ServingConfiguration,
} from '../../domain/simulation/rightsize/serving-configurations.ts';
import { TareError } from '../errors.ts';
import type {
  ConfigurationFigures,
  ServingConfigurationsSimulation,
} from '../results/simulations/rightsize-simulation.ts';

export type ServingConfigurationsRequest = Readonly<{
  configurations: readonly ServingConfiguration[];
  prices: ReadonlyMap<string, Picos>;
  maxInterTokenLatencyMs: number | null;
  /** Which latency the limit is for: `median`, `p99`. */
  latency: string;
}>;

/** For each model the cheapest measured configuration, of all kinds of GPU and of each. */
export function simulateServingConfigurations(
  request: ServingConfigurationsRequest,
): ServingConfigurationsSimulation {
  const { configurations, prices, maxInterTokenLatencyMs, latency } = request;
  const kinds = new Set(configurations.map(({ gpu }) => gpu));
  const unknown = [...prices.keys()].filter((gpu) => !kinds.has(gpu));
  if (unknown.length > 0)
    throw new TareError(
      'usage',
      `no configuration uses ${unknown.join(', ')}; there are ${[...kinds].join(', ')}`,
      'write prices by the names that the file uses',
    );
  const models = byModel(configurations);
  const skipped: { model: string; reason: string }[] = [];
  const rows = [...models].flatMap(([model, of]) => {
    const cheapest = figuresOf(of, prices, maxInterTokenLatencyMs);
    if (cheapest === null) {
      skipped.push({ model, reason: reasonFor(of, prices, maxInterTokenLatencyMs) });
      return [];
    }
    const byGpu = [...prices].map(
      ([gpu, price]) => [gpu, figuresOf(of, new Map([[gpu, price]]), maxInterTokenLatencyMs)] as const,
    );
    return [{ model, cheapest, byGpu: Object.fromEntries(byGpu) }];
  });
  return { configurations: configurations.length, maxInterTokenLatencyMs, latency, rows, skipped };
}

function byModel(
  configurations: readonly ServingConfiguration[],
): ReadonlyMap<string, readonly ServingConfiguration[]> {
  const models = new Map<string, ServingConfiguration[]>();
  for (const configuration of configurations) {
    const found = models.get(configuration.model);
    if (found) found.push(configuration);
    else models.set(configuration.model, [configuration]);
  }
  return models;
}

function figuresOf(
  configurations: readonly ServingConfiguration[],
  prices: ReadonlyMap<string, Picos>,
  limit: number | null,
): ConfigurationFigures | null {
  const priceOf = (gpu: string) => {
    const price = prices.get(gpu);
    return price === undefined ? undefined : picosToNumber(price);
  };
  const best = cheapestConfiguration(configurations, priceOf, limit);
  if (best === undefined) return null;
  const { gpu, gpus, batch, precision, interTokenLatencyMs, tokensPerSecond } = best.configuration;
  return {
    gpu,
    gpus,
    batch,
    precision,
    interTokenLatencyMs,
    tokensPerSecond,
    costPer1mOutputTokens: best.perMillionTokens.toFixed(6),
  };
}

function reasonFor(
  configurations: readonly ServingConfiguration[],
  prices: ReadonlyMap<string, Picos>,
  limit: number | null,
): string {
  const isPriced = configurations.some(({ gpu }) => prices.has(gpu));
  return isPriced
    ? `no configuration keeps ${limit} ms between tokens`
    : 'measured on no kind of GPU with a price';
}
