import { calcPrice, type ModelInfo, type ModelPrice, type TieredPrices } from '@pydantic/genai-prices';
import { parsePicos } from '../../domain/money/picos.ts';
import type { PricedCall } from '../../domain/pricing/call-price.ts';
import type { UsageRate, UsageRates } from '../../domain/pricing/price-usage.ts';
import { GENAI_PRICES_VERSION } from './genai-prices-version.ts';
import { priceListProvider } from './price-list-provider.ts';

export type ListPrice = Readonly<{
  rates: UsageRates;
  /** `mistral/mistral-medium-latest 2026-06-16 (genai-prices 0.1.8)`: which row of which version, and since when where it is dated. */
  reference: string;
}>;

/** Published prices are in dollars. */
export const LIST_CURRENCY = 'USD';

/**
 * The published price of a model at a time, from the data of the genai-prices library: its matching of names and its choice among
 * dated and daily prices, and none of its arithmetic, which is in floats. `undefined` when it knows no such model.
 */
export function listPrice({ provider, model, atMs }: PricedCall): ListPrice | undefined {
  const found = findPrice(model, provider, atMs);
  if (!found) return undefined;
  const rates = ratesOf(found.model_price);
  if (Object.keys(rates).length === 0) return undefined;
  const name = `${found.provider.id}/${found.model.id}${sinceOf(found.model.prices, found.model_price)}`;
  return { rates, reference: `${name} (genai-prices ${GENAI_PRICES_VERSION})` };
}

/** Of dated prices the day this one began, of daily ones the hours it holds. */
function sinceOf(prices: ModelInfo['prices'], chosen: ModelPrice): string {
  const constraint = Array.isArray(prices)
    ? prices.find((candidate) => candidate.prices === chosen)?.constraint
    : undefined;
  if (!constraint) return '';
  return constraint.type === 'start_date'
    ? ` ${constraint.start_date}`
    : ` ${constraint.start_time}–${constraint.end_time}`;
}

type Found = NonNullable<ReturnType<typeof calcPrice>>;

/** A gateway writes PROVIDER/MODEL where others write the two apart. */
function findPrice(model: string, provider: string | null, atMs: number): Found | null {
  const timestamp = new Date(atMs);
  const slash = model.indexOf('/');
  const [prefix, rest] = [model.slice(0, Math.max(0, slash)), model.slice(slash + 1)];
  const prefixId = slash > 0 ? priceListProvider(prefix) : null;
  if (provider === null) {
    const byPrefix = prefixId === null ? null : ask(rest, { providerId: prefixId, timestamp });
    return byPrefix ?? ask(model, { timestamp });
  }
  const providerId = priceListProvider(provider);
  const found = ask(model, { providerId, timestamp });
  return found ?? (prefixId === providerId ? ask(rest, { providerId, timestamp }) : null);
}

/** Asked for no usage at all, it finds the row and computes nothing that could fail. */
function ask(model: string, options: Parameters<typeof calcPrice>[2]): Found | null {
  return calcPrice({}, model, options);
}

function ratesOf(prices: ModelPrice): UsageRates {
  const rates: Record<string, UsageRate> = {};
  for (const [key, price] of Object.entries(prices)) {
    if (price === undefined) continue;
    rates[key] = rateOf(price);
  }
  return rates;
}

function rateOf(price: number | TieredPrices): UsageRate {
  if (typeof price === 'number') return { picos: exactly(price), tiers: [] };
  const tiers = price.tiers.map(({ start, price: above }) => ({ above: start, picos: exactly(above) }));
  return { picos: exactly(price.base), tiers: tiers.toSorted((a, b) => a.above - b.above) };
}

/** A price was written as a short decimal, and the shortest text of its float is that decimal again. */
function exactly(price: number): bigint {
  return parsePicos(String(price))!.picos;
}
