import { type PricedTokens, priceTokens, type TokenPrice } from '../../domain/economics/unit-costs.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import type { Picos } from '../../domain/money/picos.ts';
import type { CallPrice, CallUsage } from '../../domain/pricing/call-price.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import type { ModelPriceBook } from '../../ports/model-price-book.ts';
import { TareError } from '../errors.ts';

/** A model of an API that endpoints are compared with, by its published or agreed price. */
export type ComparedModel = Readonly<{
  /** `openai/gpt-5-mini`. */
  name: string;
  /** The user has named it; the others are the default list. */
  isStated: boolean;
}>;

/** Asks for the default list. */
export const DEFAULT_MODELS = 'default';

/** Well known, sold by several kinds of providers, from small to large. A test sees to it that each has a price. */
export const COMPARED_TEXT_MODELS = [
  'openai/gpt-5-mini',
  'anthropic/claude-haiku-4-5',
  'google/gemini-2.5-flash',
  'groq/llama-3.3-70b-versatile',
  'groq/llama-3.1-8b-instant',
  'mistral/mistral-small-latest',
] as const;
export const COMPARED_EMBEDDERS = [
  'openai/text-embedding-3-small',
  'openai/text-embedding-3-large',
  'voyageai/voyage-3.5',
] as const;

/** Models that answers without tokens, embeddings, are compared with, or those that write. */
export function modelsToCompare(against: readonly string[], isEmbedder: boolean): ComparedModel[] {
  const usual = isEmbedder ? COMPARED_EMBEDDERS : COMPARED_TEXT_MODELS;
  const models = against.flatMap((name): ComparedModel[] =>
    name === DEFAULT_MODELS
      ? usual.map((one) => ({ name: one, isStated: false }))
      : [{ name, isStated: true }],
  );
  return models.filter(({ name }, index) => models.findIndex((other) => other.name === name) === index);
}

/** @throws {TareError} `usage` when a stated model has no price at that time, whether any endpoint is compared with it or not. */
export function checkModels(
  book: ModelPriceBook,
  against: readonly string[],
  atMs: EpochMs,
  currency: string,
): void {
  for (const name of against) {
    if (name === DEFAULT_MODELS) continue;
    const price = ask(book, name, { input_tokens: 1 }, atMs, currency);
    if (price.kind === 'unpriced') throw noPrice(name, price.message);
  }
}

export type ApiCost = Readonly<{
  picos: Picos;
  reference: string;
  assumptions: readonly string[];
}>;

/**
 * What an API asks for so many requests with so many tokens. Thresholds of prices are those of a mean request. A model of the default list
 * without a price is left out (`null`).
 *
 * @throws {TareError} `usage` when a stated model has none.
 */
export function apiCost(
  book: ModelPriceBook,
  { name, isStated }: ComparedModel,
  asked: PricedTokens & Readonly<{ requests: number }>,
  atMs: EpochMs,
  currency: string,
): ApiCost | null {
  const price = meanPrice(book, name, asked, atMs, currency);
  if (price.kind === 'unpriced') {
    if (!isStated) return null;
    throw noPrice(name, price.message);
  }
  return {
    picos: priceTokens(asked, price.tokens) + price.perRequestPicos * BigInt(asked.requests),
    reference: price.reference,
    assumptions: price.assumptions,
  };
}

function noPrice(name: string, why: string): TareError {
  return new TareError(
    'usage',
    `cannot compare with "${name}": ${why}`,
    'write PROVIDER/MODEL as the provider spells it, such as openai/gpt-5-mini; --api-price 3/15 states a price of your own',
  );
}

type MeanPrice =
  | Readonly<{
      kind: 'priced';
      tokens: TokenPrice;
      perRequestPicos: Picos;
      reference: string;
      assumptions: readonly string[];
    }>
  | Extract<CallPrice, { kind: 'unpriced' }>;

/** The price of each kind of token in a call of mean size, found by two calls of that size: without and with everything cached. */
function meanPrice(
  book: ModelPriceBook,
  name: string,
  { requests, inputTokens, outputTokens }: PricedTokens & Readonly<{ requests: number }>,
  atMs: EpochMs,
  currency: string,
): MeanPrice {
  const input = Math.max(1, Math.round((inputTokens ?? 0) / Math.max(1, requests)));
  const output = Math.max(1, Math.round((outputTokens ?? 0) / Math.max(1, requests)));
  const usage = { input_tokens: input, ...(outputTokens ? { output_tokens: output } : {}) };
  const plain = ask(book, name, usage, atMs, currency);
  if (plain.kind === 'unpriced') return plain;
  const cached = ask(book, name, { ...usage, cache_read_tokens: input }, atMs, currency);
  const per1m = (picos: Picos, tokens: number) => divideHalfEven(picos * 1_000_000n, BigInt(tokens));
  return {
    kind: 'priced',
    tokens: {
      inputPer1mPicos: per1m(plain.inputPicos, input),
      outputPer1mPicos: outputTokens ? per1m(plain.outputPicos, output) : 0n,
      cachedInputPer1mPicos: cached.kind === 'priced' ? per1m(cached.inputPicos, input) : null,
    },
    perRequestPicos: plain.otherPicos,
    reference: plain.reference,
    assumptions: plain.assumptions,
  };
}

/** Agreed prices go by provider and model apart; a model's own name may hold a slash. */
function ask(
  book: ModelPriceBook,
  name: string,
  usage: CallUsage,
  atMs: EpochMs,
  currency: string,
): CallPrice {
  const slash = name.indexOf('/');
  const call = { atMs, tier: null, usage };
  const whole = () => book.price({ ...call, provider: null, model: name }, currency);
  if (slash <= 0) return whole();
  const apart = book.price(
    { ...call, provider: name.slice(0, slash), model: name.slice(slash + 1) },
    currency,
  );
  if (apart.kind === 'priced') return apart;
  const found = whole();
  return found.kind === 'priced' ? found : apart;
}
