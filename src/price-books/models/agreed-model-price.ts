import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import type { PricedCall } from '../../domain/pricing/call-price.ts';
import { type EpochMs, formatDay, parseInstant } from '../../domain/time/window.ts';
import type { Reject } from '../../ports/source.ts';
import { priceListProvider } from './price-list-provider.ts';

/** A row of `prices.models` in tare.yaml, as it stands there: decimals are texts. */
export type ModelPriceRow = Readonly<
  { model: string } & Partial<
    Record<'provider' | 'tier' | 'discount' | 'currency' | 'from' | 'to' | ModelPriceName, string | undefined>
  >
>;

/** A price or a discount that the user has agreed or runs by. */
export type AgreedModelPrice = Readonly<{
  isModel(model: string): boolean;
  provider: string | null;
  /** `null`: the standard tier. */
  tier: string | null;
  /** By price key, per unit of the key; empty where `discount` says it. */
  rates: Readonly<Record<string, Picos>>;
  /** Off the published price, scaled like money: 0.15 is 15 %. */
  discount: Picos | null;
  /** `null`: that of the ledger. */
  currency: string | null;
  fromMs: EpochMs;
  toMs: EpochMs;
  reference: string;
}>;

/** Our names in tare.yaml → the keys of the price data. */
export const MODEL_PRICE_NAMES = {
  inputMtok: 'input_mtok',
  cacheReadMtok: 'cache_read_mtok',
  cacheWriteMtok: 'cache_write_mtok',
  cacheWrite1hMtok: 'cache_write_1h_mtok',
  outputMtok: 'output_mtok',
  reasoningMtok: 'output_reasoning_mtok',
  perThousandRequests: 'requests_kcount',
} as const satisfies Readonly<Record<string, string>>;
type ModelPriceName = keyof typeof MODEL_PRICE_NAMES;

export function readAgreedModelPrices(
  rows: readonly ModelPriceRow[],
  where: string,
): Readonly<{ prices: readonly AgreedModelPrice[]; rejects: readonly Reject[] }> {
  const prices: AgreedModelPrice[] = [];
  const rejects: Reject[] = [];
  for (const [index, row] of rows.entries()) {
    const read = readRow(row);
    if ('message' in read)
      rejects.push({ where: `${where}[${index}]`, code: 'bad-model-price', message: read.message });
    else prices.push(read);
  }
  return { prices, rejects };
}

function readRow(row: ModelPriceRow): AgreedModelPrice | Readonly<{ message: string }> {
  const { model, provider, tier, discount, currency, from, to } = row;
  const rates = ratesOf(row);
  if ((Object.keys(rates).length === 0) === (discount === undefined))
    return { message: `${model}: state either prices (inputMtok, outputMtok …) or a discount` };
  if (discount !== undefined && !(Number(discount) <= 1))
    return { message: `${model}: a discount of ${discount} is more than everything; 0.15 is 15 %` };
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : parseInstant(from);
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : parseInstant(to);
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
    return { message: `${model}: from ${from} to ${to} is no period; expected days such as 2026-10-01` };
  return {
    isModel: matcher(model),
    provider: provider === undefined ? null : priceListProvider(provider),
    tier: tier ?? null,
    rates,
    discount: discount === undefined ? null : parsePicos(discount)!.picos,
    currency: currency ?? null,
    fromMs,
    toMs,
    reference: referenceOf(row, fromMs),
  };
}

function ratesOf(row: ModelPriceRow): Record<string, Picos> {
  const rates: Record<string, Picos> = {};
  for (const [name, key] of Object.entries(MODEL_PRICE_NAMES)) {
    const text = row[name as ModelPriceName];
    if (text !== undefined) rates[key] = parsePicos(text)!.picos;
  }
  return rates;
}

function referenceOf({ provider, model, tier }: ModelPriceRow, fromMs: EpochMs): string {
  const since = Number.isFinite(fromMs) ? ` ${formatDay(fromMs)}` : '';
  const of = provider === undefined ? model : `${provider}/${model}`;
  return `${of}${tier === undefined ? '' : ` ${tier}`}${since} (agreed)`;
}

/** `*` stands for any text, `?` for one character; without regard to case. */
function matcher(pattern: string): (model: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 'i');
  return (model) => expression.test(model);
}

export function isAgreedFor(price: AgreedModelPrice, call: PricedCall, tier: string | null): boolean {
  return (
    price.isModel(call.model) &&
    price.tier === tier &&
    call.atMs >= price.fromMs &&
    call.atMs < price.toMs &&
    (price.provider === null ||
      (call.provider !== null && priceListProvider(call.provider) === price.provider))
  );
}
