import type { TokenCounts } from '../facts/facts.ts';

/**
 * Whether the input tokens that a source reports hold those that were read from a cache or written to one. OpenTelemetry and OpenAI
 * include them, Anthropic and Langfuse do not: read the wrong way, a cached call costs twice or half.
 */
export type TokenConvention = 'includes-cached' | 'excludes-cached';
export const TOKEN_CONVENTIONS = [
  'includes-cached',
  'excludes-cached',
] as const satisfies readonly TokenConvention[];

export type TokenProblem = Readonly<{
  code: 'token-convention-unknown' | 'tokens-inconsistent';
  message: string;
}>;

/**
 * Token counts as the facts have them, with cached ones inside the input. `null` as convention is fine where nothing was cached, and
 * a problem where something was: guessing would be wrong by the whole cache. Counts that do not fit into each other are a problem, and not clamped.
 */
export function inclusiveTokens(
  reported: TokenCounts,
  convention: TokenConvention | null,
): Readonly<{ tokens: TokenCounts }> | Readonly<{ problem: TokenProblem }> {
  const cached = (reported.cachedInput ?? 0) + (reported.cacheWrittenInput ?? 0);
  if (cached > 0 && convention === null) return { problem: unknownConvention(cached) };
  const input =
    reported.input !== null && convention === 'excludes-cached' ? reported.input + cached : reported.input;
  if (cached > 0 && input === null) return inconsistent(`${cached} cached tokens, and no input tokens`);
  if (input !== null && cached > input)
    return inconsistent(`${cached} cached tokens are more than the ${input} input tokens that include them`);
  const { output, reasoning } = reported;
  if (reasoning !== null && output !== null && reasoning > output)
    return inconsistent(
      `${reasoning} reasoning tokens are more than the ${output} output tokens that include them`,
    );
  return { tokens: { ...reported, input } };
}

function unknownConvention(cached: number): TokenProblem {
  return {
    code: 'token-convention-unknown',
    message: `${cached} tokens were cached, and nothing says whether the input tokens include them; say it with --set tokenConvention=includes-cached (OpenTelemetry, OpenAI) or excludes-cached (Anthropic, Langfuse)`,
  };
}

function inconsistent(message: string): Readonly<{ problem: TokenProblem }> {
  return {
    problem: {
      code: 'tokens-inconsistent',
      message: `${message}; the convention of the source may be the other one`,
    },
  };
}
