/** What an endpoint, or a part of it, did in some time: sums that add up. `null` where nobody says, or where it does not apply. */
export type ServingWork = Readonly<{
  /** All that ended, well or not. */
  requests: number;
  inputTokens: number | null;
  /** Of the input: what a prefix cache already held, and took no computing. */
  cachedInputTokens: number | null;
  outputTokens: number | null;
  /** Wall time of all requests together in each phase. */
  prefillMicros: number | null;
  decodeMicros: number | null;
}>;

/** What one input token weighs against one output token, as whole numbers: 2 and 5 for 1 to 2.5. */
export type TokenWeight = Readonly<{ input: bigint; output: bigint }>;

/**
 * Where neither times were measured nor a weight was stated. Output is made token by token and input all at once; published prices of
 * models differ by factors from 2 to 8. OpenCost uses the same default.
 */
export const DEFAULT_TOKEN_WEIGHT: TokenWeight = { input: 2n, output: 5n };

/** Input tokens that had to be worked through. */
export function computedInputTokens({ inputTokens, cachedInputTokens }: ServingWork): bigint {
  return BigInt(Math.max(0, (inputTokens ?? 0) - (cachedInputTokens ?? 0)));
}

export function hasTokens({ inputTokens, outputTokens }: ServingWork): boolean {
  return (inputTokens ?? 0) + (outputTokens ?? 0) > 0;
}

export function hasTimes({ prefillMicros, decodeMicros }: ServingWork): boolean {
  return prefillMicros !== null && decodeMicros !== null && prefillMicros + decodeMicros > 0;
}

/**
 * Parts of an endpoint's work with the time that their tokens took: their own where each has been timed, otherwise as long as one
 * computed input token and one output token took the endpoint on average.
 */
export function timedParts(parts: readonly ServingWork[], endpoint: ServingWork): readonly ServingWork[] {
  if (parts.every(hasTimes) || !hasTimes(endpoint) || !hasTokens(endpoint)) return parts;
  const perInput = perToken(endpoint.prefillMicros, Number(computedInputTokens(endpoint)));
  const perOutput = perToken(endpoint.decodeMicros, endpoint.outputTokens ?? 0);
  return parts.map((part) => ({
    ...part,
    prefillMicros: Math.round(Number(computedInputTokens(part)) * perInput),
    decodeMicros: Math.round((part.outputTokens ?? 0) * perOutput),
  }));
}

function perToken(micros: number | null, tokens: number): number {
  return tokens > 0 ? (micros ?? 0) / tokens : 0;
}
