import type { TokenCounts } from '../facts/facts.ts';
import { isObject } from './nested-text.ts';
import { inclusiveTokens, type TokenConvention, type TokenProblem } from './token-convention.ts';

export type UsageTokens = Readonly<{ tokens: TokenCounts; cacheWritten1h: number | null }>;

type Buckets = Readonly<
  Record<
    | 'input'
    | 'cachedInput'
    | 'cacheWritten'
    | 'cacheWritten1h'
    | 'otherInput'
    | 'output'
    | 'reasoning'
    | 'otherOutput'
    | 'total',
    number | null
  >
>;

/**
 * Langfuse's usage details: a map of kinds of usage, each counted apart. `input` leaves cached tokens out, unless whoever sent it did
 * otherwise; where the details carry a total, that decides, and where it agrees with neither way the details are refused.
 */
export function usageTokens(
  details: Readonly<Record<string, unknown>>,
  stated: TokenConvention | null,
): UsageTokens | Readonly<{ problem: TokenProblem }> {
  const buckets = sortInto(details);
  const convention = stated ?? conventionOf(buckets);
  const apart = convention === 'excludes-cached';
  const input = addUp(buckets.input, apart ? buckets.otherInput : null);
  const output = addUp(buckets.output, ...(apart ? [buckets.reasoning, buckets.otherOutput] : []));
  const read = inclusiveTokens(
    {
      input: input ?? (apart && hasCached(buckets) ? 0 : null),
      cachedInput: buckets.cachedInput,
      cacheWrittenInput: addUp(buckets.cacheWritten, buckets.cacheWritten1h),
      output,
      reasoning: buckets.reasoning,
    },
    convention,
  );
  return 'problem' in read ? read : { tokens: read.tokens, cacheWritten1h: buckets.cacheWritten1h };
}

/** Old exports have `usage: { input, output, total }` instead. */
export function detailsOf(usageDetails: unknown, usage: unknown): Readonly<Record<string, unknown>> {
  if (isObject(usageDetails) && Object.keys(usageDetails).length > 0) return usageDetails;
  return isObject(usage) ? usage : {};
}

function sortInto(details: Readonly<Record<string, unknown>>): Buckets {
  const buckets: Record<keyof Buckets, number | null> = {
    input: null,
    cachedInput: null,
    cacheWritten: null,
    cacheWritten1h: null,
    otherInput: null,
    output: null,
    reasoning: null,
    otherOutput: null,
    total: null,
  };
  for (const [key, value] of Object.entries(details)) {
    const bucket = bucketOf(key.toLowerCase());
    const count = typeof value === 'string' ? Number(value) : value;
    if (bucket === null || typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) continue;
    buckets[bucket] = (buckets[bucket] ?? 0) + count;
  }
  return buckets;
}

function bucketOf(key: string): keyof Buckets | null {
  if (/^(total|total_tokens|totaltokens|total_token_count)$/.test(key)) return 'total';
  if (/^(input|input_tokens|prompt_tokens|prompt_token_count|prompttokens|inputtokens)$/.test(key))
    return 'input';
  if (
    /^(output|output_tokens|completion_tokens|candidates_token_count|completiontokens|outputtokens)$/.test(
      key,
    )
  )
    return 'output';
  if (/cache_?(creation|write|written)/.test(key)) return /1h/.test(key) ? 'cacheWritten1h' : 'cacheWritten';
  if (/cache/.test(key)) return 'cachedInput';
  if (/reasoning|thought/.test(key)) return 'reasoning';
  if (/^(input|prompt)/.test(key)) return 'otherInput';
  return /^(output|completion)/.test(key) ? 'otherOutput' : null;
}

/** `null` where the total contradicts both ways of counting. */
function conventionOf(buckets: Buckets): TokenConvention | null {
  const { total } = buckets;
  const bare = (buckets.input ?? 0) + (buckets.output ?? 0);
  const apart =
    bare +
    (buckets.cachedInput ?? 0) +
    (buckets.cacheWritten ?? 0) +
    (buckets.cacheWritten1h ?? 0) +
    (buckets.otherInput ?? 0) +
    (buckets.reasoning ?? 0) +
    (buckets.otherOutput ?? 0);
  if (total === null || total === apart) return 'excludes-cached';
  return total === bare ? 'includes-cached' : null;
}

function hasCached({ cachedInput, cacheWritten, cacheWritten1h }: Buckets): boolean {
  return cachedInput !== null || cacheWritten !== null || cacheWritten1h !== null;
}

function addUp(...counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}
