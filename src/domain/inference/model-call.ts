import type { RequestFact } from '../facts/facts.ts';
import type { Picos } from '../money/picos.ts';
import type { CallPrice, CallUsage, PriceCall } from '../pricing/call-price.ts';

/** A call as a source reports it, before it is priced. */
export type ModelCall = Readonly<{
  /** A request in all but its price. */
  request: Omit<RequestFact, 'costPicos' | 'priceReference'>;
  /** `batch`, `flex`, `priority`; `null`: standard. */
  tier: string | null;
  /** Of the tokens written to a cache, those kept for an hour, which some APIs charge more for. */
  cacheWritten1h: number | null;
  /** What the source itself says that the call cost. */
  statedPicos: Picos | null;
}>;

/** Which counts first where the source states a cost and the price book knows one too; agreed prices are before both. */
export type CostTrust = 'stated-first' | 'list-first';

export type PricedModelCall = Readonly<{
  fact: RequestFact;
  /** What the price book says; `null` where it was not asked, because nobody bills the call. */
  price: CallPrice | null;
  statedPicos: Picos | null;
}>;

/** Operations whose answer holds no tokens. */
const WITHOUT_OUTPUT = new Set(['embeddings', 'embedding', 'rerank', 'moderation', 'retrieval']);

/**
 * Settles what a call cost: agreed prices, then what the source states (or the published price first, as `trust` says). Calls that the user's own
 * devices answered have no price here: the ledger knows their cost. Nor has a failed call that used nothing.
 */
export function priceModelCall(
  call: ModelCall,
  priceCall: PriceCall,
  currency: string,
  trust: CostTrust,
  statedBy: string,
): PricedModelCall {
  const { request, statedPicos } = call;
  if (request.serving === 'self_hosted' || isFailedForFree(call)) return unpricedFact(call, null);
  const price = priceOf(call, priceCall, currency);
  const isPriced = price.kind === 'priced';
  if (isPriced && (price.isAgreed || statedPicos === null || trust === 'list-first')) {
    const { totalPicos, reference } = price;
    return { fact: { ...request, costPicos: totalPicos, priceReference: reference }, price, statedPicos };
  }
  if (statedPicos === null) return unpricedFact(call, price);
  return { fact: { ...request, costPicos: statedPicos, priceReference: statedBy }, price, statedPicos };
}

function unpricedFact({ request, statedPicos }: ModelCall, price: CallPrice | null): PricedModelCall {
  return { fact: { ...request, costPicos: null, priceReference: null }, price, statedPicos };
}

function isFailedForFree({ request: { error, tokens }, statedPicos }: ModelCall): boolean {
  return error !== null && statedPicos === null && (tokens.input ?? 0) === 0 && (tokens.output ?? 0) === 0;
}

function priceOf(call: ModelCall, priceCall: PriceCall, currency: string): CallPrice {
  const { provider, model, startMs } = call.request;
  return priceCall({ provider, model, atMs: startMs, tier: call.tier, usage: usageOf(call) }, currency);
}

/** Nothing at all where a part is missing: half a price would look like a whole one. */
function usageOf({ request: { tokens, operation }, cacheWritten1h }: ModelCall): CallUsage {
  const { input, cachedInput, cacheWrittenInput, output, reasoning } = tokens;
  const isWhole = input !== null && (output !== null || WITHOUT_OUTPUT.has(operation ?? ''));
  if (!isWhole) return {};
  const usage = {
    input_tokens: input,
    cache_read_tokens: cachedInput,
    cache_write_tokens: cacheWrittenInput,
    cache_write_1h_tokens: cacheWritten1h,
    output_tokens: output,
    output_reasoning_tokens: reasoning,
  };
  return Object.fromEntries(
    Object.entries(usage).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}
