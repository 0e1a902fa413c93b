import { divideHalfEven } from '../money/divide-half-even.ts';
import type { Picos } from '../money/picos.ts';

const THOUSAND = 1_000n;
const MILLION = 1_000_000n;

/** `cost × 1,000 ÷ requests`, half to even at the last digit of money; `null` when nothing was asked, or the cost is unknown. */
export function per1k(costPicos: Picos | null, requests: number | null): Picos | null {
  return per(costPicos, requests, THOUSAND);
}

/** `cost × 1,000,000 ÷ tokens`; `null` without tokens. */
export function per1m(costPicos: Picos | null, tokens: number | null): Picos | null {
  return per(costPicos, tokens, MILLION);
}

function per(costPicos: Picos | null, count: number | null, unit: bigint): Picos | null {
  if (costPicos === null || count === null || count <= 0) return null;
  return divideHalfEven(costPicos * unit, BigInt(count));
}

/** What a model API asks for a million tokens of each kind. */
export type TokenPrice = Readonly<{
  inputPer1mPicos: Picos;
  outputPer1mPicos: Picos;
  /** Input that was read from the API's cache; as other input where there is no price for it. */
  cachedInputPer1mPicos: Picos | null;
}>;

export type PricedTokens = Readonly<{
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
}>;

/** `(input − cached) × input price + cached × cached price + output × output price`, rounded once. */
export function priceTokens(tokens: PricedTokens, price: TokenPrice): Picos {
  const cached = BigInt(tokens.cachedInputTokens ?? 0);
  const input = BigInt(tokens.inputTokens ?? 0) - cached;
  const output = BigInt(tokens.outputTokens ?? 0);
  const cachedPrice = price.cachedInputPer1mPicos ?? price.inputPer1mPicos;
  return divideHalfEven(
    input * price.inputPer1mPicos + cached * cachedPrice + output * price.outputPer1mPicos,
    MILLION,
  );
}

export type Margin = Readonly<{ per1kPicos: Picos; isLosing: boolean }>;

/** What 1,000 requests earn less what they cost. */
export function marginPer1k(revenuePer1kPicos: Picos | null, costPer1kPicos: Picos | null): Margin | null {
  if (revenuePer1kPicos === null || costPer1kPicos === null) return null;
  const per1kPicos = revenuePer1kPicos - costPer1kPicos;
  return { per1kPicos, isLosing: per1kPicos < 0n };
}
