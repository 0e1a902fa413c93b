import type { TokenCounts } from '../../domain/facts/facts.ts';
import { parseObject } from '../../domain/inference/nested-text.ts';
import {
  inclusiveTokens,
  type TokenConvention,
  type TokenProblem,
} from '../../domain/inference/token-convention.ts';
import { type UsageTokens, usageTokens } from '../../domain/inference/usage-details.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import { AI_SDK_MARK, LANGFUSE_USAGE, TOKEN_SPELLINGS, type TokenSpelling } from './spellings.ts';
import type { Attributes } from './telemetry.ts';

const NOTHING: UsageTokens = {
  tokens: { input: null, cachedInput: null, cacheWrittenInput: null, output: null, reasoning: null },
  cacheWritten1h: null,
};

/** Providers whose own counts hold the cached tokens; of the others the AI SDK leaves it open. */
const INCLUSIVE_PROVIDERS = /openai|azure|google|gemini|vertex|deepseek|groq|xai|mistral/i;

/**
 * The tokens of a span, with cached ones inside the input, whoever wrote them. `stated` settles what a library leaves open; without it
 * such a span is refused with the reason.
 */
export function readUsage(
  attributes: Attributes,
  stated: TokenConvention | null,
): UsageTokens | Readonly<{ problem: TokenProblem }> {
  const langfuse = textOf(attributes, [LANGFUSE_USAGE]);
  if (langfuse !== null) return usageTokens(parseObject(langfuse), stated);
  const spelling = TOKEN_SPELLINGS.find((candidate) => isUsed(candidate, attributes));
  if (!spelling) return NOTHING;
  const reported = countsOf(spelling, attributes);
  const convention = spelling.convention ?? openConvention(spelling, reported, attributes) ?? stated;
  const read = inclusiveTokens(reported, convention);
  return 'problem' in read ? read : { tokens: read.tokens, cacheWritten1h: null };
}

function isUsed({ name, input, output }: TokenSpelling, attributes: Attributes): boolean {
  const isAiSdk = attributes.has(AI_SDK_MARK);
  if ((name === 'ai') !== isAiSdk) return false;
  return numberOf(attributes, input) !== null || numberOf(attributes, output) !== null;
}

function countsOf(spelling: TokenSpelling, attributes: Attributes): TokenCounts {
  return {
    input: numberOf(attributes, spelling.input),
    cachedInput: numberOf(attributes, spelling.cachedInput),
    cacheWrittenInput: numberOf(attributes, spelling.cacheWrittenInput),
    output: numberOf(attributes, spelling.output),
    reasoning: numberOf(attributes, spelling.reasoning),
  };
}

/** What the span itself shows: details that only the newer, inclusive counting has, a total that holds the cache, the provider. */
function openConvention(
  spelling: TokenSpelling,
  { input, cachedInput, cacheWrittenInput, output }: TokenCounts,
  attributes: Attributes,
): TokenConvention | null {
  if (numberOf(attributes, spelling.cachedInput.slice(0, 1)) !== null) return 'includes-cached';
  const cached = (cachedInput ?? 0) + (cacheWrittenInput ?? 0);
  const total = numberOf(attributes, spelling.total);
  if (cached > 0 && total !== null && total === (input ?? 0) + (output ?? 0) + cached)
    return 'excludes-cached';
  return INCLUSIVE_PROVIDERS.test(textOf(attributes, 'provider') ?? '') ? 'includes-cached' : null;
}
