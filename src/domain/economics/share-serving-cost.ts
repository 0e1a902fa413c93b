import { apportion } from '../money/apportion.ts';
import type { Picos } from '../money/picos.ts';
import {
  computedInputTokens,
  DEFAULT_TOKEN_WEIGHT,
  hasTimes,
  hasTokens,
  type ServingWork,
} from './serving-work.ts';

export type SharedServingCost = Readonly<{
  /** In the order of the parts; together exactly the cost, unless nothing was served at all. */
  picos: readonly Picos[];
  /**
   * `measured`: by tokens, each as heavy as the endpoint measured it in prefill and decode. `declared`: by tokens, 1 to 2.5.
   * `requests`: by their number. `none`: nothing was served, and the caller keeps the cost.
   */
  method: 'measured' | 'declared' | 'requests' | 'none';
}>;

/**
 * Shares the cost of one endpoint among the models, prompts, steps or callers that it served.
 *
 * The endpoint's own seconds of prefill per computed input token, and of decode per output token, weigh the tokens of each part. Give
 * the parts sorted: the last digits depend on their order.
 */
export function shareServingCost(
  costPicos: Picos,
  parts: readonly ServingWork[],
  endpoint: ServingWork,
): SharedServingCost {
  for (const [method, weights] of [
    ['measured', measuredWeights(parts, endpoint)],
    ['declared', parts.map(declaredWeight)],
    ['requests', parts.map(({ requests }) => BigInt(requests))],
  ] as const) {
    if (weights.some((weight) => weight > 0n)) return { picos: apportion(costPicos, weights), method };
  }
  return { picos: parts.map(() => 0n), method: 'none' };
}

function measuredWeights(parts: readonly ServingWork[], endpoint: ServingWork): bigint[] {
  if (!hasTimes(endpoint)) return [];
  if (parts.every(hasTimes)) {
    return parts.map(({ prefillMicros, decodeMicros }) => BigInt(prefillMicros! + decodeMicros!));
  }
  if (!hasTokens(endpoint)) return [];
  const input = computedInputTokens(endpoint);
  const output = BigInt(endpoint.outputTokens ?? 0);
  const [prefill, decode] = [BigInt(endpoint.prefillMicros!), BigInt(endpoint.decodeMicros!)];
  // in × prefill ÷ input + out × decode ÷ output, times both totals so that it stays an integer.
  return parts.map(
    (part) =>
      (input === 0n ? 0n : computedInputTokens(part) * prefill * (output || 1n)) +
      (output === 0n ? 0n : BigInt(part.outputTokens ?? 0) * decode * (input || 1n)),
  );
}

function declaredWeight(part: ServingWork): bigint {
  const { input, output } = DEFAULT_TOKEN_WEIGHT;
  return computedInputTokens(part) * input + BigInt(part.outputTokens ?? 0) * output;
}
