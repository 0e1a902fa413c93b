import type { Picos } from '../money/picos.ts';
import {
  computedInputTokens,
  DEFAULT_TOKEN_WEIGHT,
  type ServingWork,
  type TokenWeight,
} from './serving-work.ts';

/** One server of one's own, in the same unit of effort as the demand on it. */
export type OwnReplica = Readonly<{
  /** What it does in an hour when it is as busy as it was ever seen, or as was stated. */
  effortPerHour: number;
  /** `null`: nobody knows what its GPUs cost. */
  costPerHourPicos: Picos | null;
}>;

export type HostedInstead = Readonly<{
  /** Enough for the busiest hour; one at least. */
  replicas: number;
  costPerHourPicos: Picos | null;
  /** Share of what they can do that is asked on average. */
  utilisation: number;
  /** `null` where a cost is unknown. */
  cheaper: 'self_hosted' | 'api' | 'same' | null;
}>;

/**
 * What calls take of a server, in weighted tokens: `(input − cached) × weight + output × weight`.
 *
 * Seconds of prefill and decode would not do: a batch shares the steps of decode, so the wall time of its requests says little about
 * what else the server could have done.
 */
export function effortOf(work: ServingWork, weight: TokenWeight = DEFAULT_TOKEN_WEIGHT): number {
  return Number(computedInputTokens(work) * weight.input + BigInt(work.outputTokens ?? 0) * weight.output);
}

/**
 * What it would cost to answer an API's calls with servers of one's own: `⌈effort of the busiest hour ÷ effort of a replica⌉` replicas,
 * day and night. `null` for a replica that can do nothing.
 */
export function hostInstead(
  asked: Readonly<{
    meanEffortPerHour: number;
    peakEffortPerHour: number;
    apiCostPerHourPicos: Picos | null;
  }>,
  replica: OwnReplica,
): HostedInstead | null {
  const { effortPerHour, costPerHourPicos } = replica;
  if (!(effortPerHour > 0)) return null;
  const replicas = Math.max(1, Math.ceil(asked.peakEffortPerHour / effortPerHour - 1e-9));
  const cost = costPerHourPicos === null ? null : costPerHourPicos * BigInt(replicas);
  return {
    replicas,
    costPerHourPicos: cost,
    utilisation: asked.meanEffortPerHour / (effortPerHour * replicas),
    cheaper: cheaperOf(cost, asked.apiCostPerHourPicos),
  };
}

function cheaperOf(own: Picos | null, api: Picos | null): HostedInstead['cheaper'] {
  if (own === null || api === null) return null;
  if (own === api) return 'same';
  return own < api ? 'self_hosted' : 'api';
}
