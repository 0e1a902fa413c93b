import { apportion } from '../money/apportion.ts';
import type { Picos } from '../money/picos.ts';
import {
  computedInputTokens,
  DEFAULT_TOKEN_WEIGHT,
  hasTimes,
  hasTokens,
  type ServingWork,
  type TokenWeight,
} from './serving-work.ts';

export type TokenCostSplit = Readonly<{
  inputPicos: Picos;
  outputPicos: Picos;
  /** `measured`: by the seconds of prefill and decode. `declared`: by tokens, each kind with its weight. */
  method: 'measured' | 'declared';
  /** What a declared split rests on. */
  weight: TokenWeight | null;
}>;

/**
 * Which part of a cost its input tokens carry and which its output tokens: in proportion to the time that requests spent in prefill and
 * in decode, or by a weight where one is stated or no time was measured. Both parts add up to the cost; `null` without tokens.
 *
 * Wall time favours decode, whose steps a whole batch shares; whoever knows better states a weight.
 */
export function splitInputOutput(
  costPicos: Picos,
  work: ServingWork,
  stated: TokenWeight | null,
): TokenCostSplit | null {
  if (!hasTokens(work)) return null;
  if (stated === null && hasTimes(work)) {
    const weights = [BigInt(work.prefillMicros!), BigInt(work.decodeMicros!)];
    return { ...inTwo(costPicos, weights), method: 'measured', weight: null };
  }
  const weight = stated ?? DEFAULT_TOKEN_WEIGHT;
  const input = computedInputTokens(work) * weight.input;
  const output = BigInt(work.outputTokens ?? 0) * weight.output;
  // Everything came from the cache and nothing was written: the input is all there is to charge.
  const weights = input + output === 0n ? [1n, 0n] : [input, output];
  return { ...inTwo(costPicos, weights), method: 'declared', weight };
}

function inTwo(costPicos: Picos, weights: readonly bigint[]): { inputPicos: Picos; outputPicos: Picos } {
  const [inputPicos, outputPicos] = apportion(costPicos, weights);
  return { inputPicos: inputPicos!, outputPicos: outputPicos! };
}
