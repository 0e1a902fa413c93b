import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { PICOS_PER_UNIT, type Picos } from '../../domain/money/picos.ts';
import type { CallPrice, CallUsage, PricedCall, UnpricedCode } from '../../domain/pricing/call-price.ts';
import { priceUsage, type UsageRates } from '../../domain/pricing/price-usage.ts';
import { unitOfPrice } from '../../domain/pricing/usage-units.ts';
import { formatInstant } from '../../domain/time/window.ts';
import type { ModelPriceBook } from '../../ports/model-price-book.ts';
import { type AgreedModelPrice, isAgreedFor } from './agreed-model-price.ts';
import { LIST_CURRENCY, listPrice } from './list-price.ts';

/** Rates with where they come from, before they are converted. */
type FoundRates = Readonly<{
  rates: UsageRates;
  currency: string | null;
  reference: string;
  isAgreed: boolean;
  /** What each price is divided by: 2 for half of it. */
  divisor: bigint;
  assumptions: readonly string[];
}>;

type NotFound = Readonly<{ code: UnpricedCode; message: string }>;

/** Tiers whose published price is half of the standard one with every provider that sells them; no list states them by itself. */
const HALF_PRICE_TIERS = ['batch', 'flex'];
const STANDARD_TIERS = ['', 'default', 'standard', 'auto', 'on_demand', 'ondemand', 'regular', 'none'];

/**
 * What calls of model APIs cost: by the prices that the user has agreed, then by the published ones of the genai-prices data.
 *
 * Of several agreed rows the first that fits the call wins. A tier that no row states is half of the standard price for batch and flex, said as an
 * assumption, and unpriced for any other.
 */
export function createModelPriceBook(
  agreed: readonly AgreedModelPrice[] = [],
  exchangeRates: Readonly<Record<string, string>> = {},
): ModelPriceBook {
  return {
    price(call, currency) {
      if (Object.keys(call.usage).length === 0)
        return unpriced('usage-unknown', 'the call does not say how many tokens it used');
      const found = findRates(call, agreed);
      if ('code' in found) return unpriced(found.code, found.message);
      const rate = exchangeRate(found.currency ?? currency, currency, exchangeRates);
      if (rate === undefined)
        return unpriced(
          'currency-unknown',
          `the price is in ${found.currency}, and no rate into ${currency} is stated: rates: { ${found.currency}: "…" } in tare.yaml`,
        );
      return priceWith(found, call, rate);
    },
  };
}

function findRates(call: PricedCall, agreed: readonly AgreedModelPrice[]): FoundRates | NotFound {
  const tier = tierOf(call);
  const own = agreed.find((price) => isAgreedFor(price, call, tier));
  if (own && own.discount === null) return agreedRates(own, call.usage);
  if (own) return discounted(own, call);
  if (tier === null) return listed(call);
  if (!HALF_PRICE_TIERS.includes(tier))
    return {
      code: 'unknown-tier',
      message: `no price of the tier \`${tier}\` is known for ${nameOf(call)}; state it with tier: ${tier} under prices.models`,
    };
  const standard = agreed.find((price) => isAgreedFor(price, call, null));
  const base = standard ? findRates({ ...call, tier: null }, agreed) : listed(call);
  if ('code' in base) return base;
  const assumption = `${tier} calls are taken at half of the standard price`;
  return {
    ...base,
    divisor: base.divisor * 2n,
    reference: `${base.reference}, ${tier} at half`,
    assumptions: [...base.assumptions, assumption],
  };
}

function tierOf({ tier }: PricedCall): string | null {
  const name = (tier ?? '').trim().toLowerCase();
  return STANDARD_TIERS.includes(name) ? null : name;
}

function listed(call: PricedCall): FoundRates | NotFound {
  const found = listPrice(call);
  if (!found)
    return {
      code: 'unknown-model',
      message: `no price is known for ${nameOf(call)}; state one under prices.models in tare.yaml`,
    };
  return {
    ...found,
    currency: LIST_CURRENCY,
    isAgreed: false,
    divisor: 1n,
    assumptions: withoutOwnPrice(found.rates, call.usage).map(
      (key) => `the list has no price of its own for ${key}: they are part of the tokens around them`,
    ),
  };
}

/** An agreed price list that leaves cached tokens out does not make them free, nor as dear as others: it does not say. */
function agreedRates(own: AgreedModelPrice, usage: CallUsage): FoundRates | NotFound {
  const rates = Object.fromEntries(
    Object.entries(own.rates).map(([key, picos]) => [key, { picos, tiers: [] }]),
  );
  const { reference, currency } = own;
  const missing = missingPrice(rates, usage);
  if (missing)
    return { code: 'missing-price', message: `the price of ${reference} does not say what ${missing} cost` };
  return { rates, reference, currency, isAgreed: true, divisor: 1n, assumptions: [] };
}

function discounted(own: AgreedModelPrice, call: PricedCall): FoundRates | NotFound {
  const base = listed(call);
  if ('code' in base) return base;
  const share = PICOS_PER_UNIT - own.discount!;
  return {
    ...base,
    rates: scaleRates(base.rates, (picos) => picos * share),
    divisor: PICOS_PER_UNIT,
    reference: `${base.reference}, ${own.reference}`,
    isAgreed: true,
  };
}

const CACHE_KEYS = ['cache_read_tokens', 'cache_write_tokens'];

function withoutOwnPrice(rates: UsageRates, usage: CallUsage): string[] {
  const priced = new Set(Object.keys(rates).map((key) => unitOfPrice(key)?.usageKey));
  return CACHE_KEYS.filter((key) => (usage[key] ?? 0) > 0 && !priced.has(key));
}

function missingPrice(rates: UsageRates, usage: CallUsage): string | undefined {
  const priced = new Set(Object.keys(rates).map((key) => unitOfPrice(key)?.usageKey));
  const wanted = ['input_tokens', 'output_tokens', ...CACHE_KEYS];
  const isUsed = (key: string) => (usage[key] ?? 0) > 0;
  // A price by the request alone covers everything in it.
  if (priced.has('requests') && !priced.has('input_tokens') && !priced.has('output_tokens')) return undefined;
  return wanted.find((key) => isUsed(key) && !priced.has(key));
}

function priceWith(found: FoundRates, call: PricedCall, rate: Picos): CallPrice {
  // Scaled up for the quotients, so that each direction is rounded once, at the end.
  const cost = priceUsage(
    scaleRates(found.rates, (picos) => picos * PICOS_PER_UNIT),
    call.usage,
  );
  if (cost.kind === 'inconsistent') return unpriced('usage-inconsistent', cost.message);
  const converted = (picos: Picos) =>
    divideHalfEven(picos * rate, PICOS_PER_UNIT * PICOS_PER_UNIT * found.divisor);
  const [inputPicos, outputPicos, otherPicos] = [
    converted(cost.picos.input),
    converted(cost.picos.output),
    converted(cost.picos.other),
  ];
  return {
    kind: 'priced',
    inputPicos,
    outputPicos,
    otherPicos,
    totalPicos: inputPicos + outputPicos + otherPicos,
    reference: found.reference,
    isAgreed: found.isAgreed,
    assumptions: found.assumptions,
  };
}

function scaleRates(rates: UsageRates, scale: (picos: Picos) => Picos): UsageRates {
  return Object.fromEntries(
    Object.entries(rates).map(([key, { picos, tiers }]) => [
      key,
      {
        picos: scale(picos),
        tiers: tiers.map(({ above, picos: tierPicos }) => ({ above, picos: scale(tierPicos) })),
      },
    ]),
  );
}

function nameOf({ provider, model, atMs }: PricedCall): string {
  const of = provider === null ? `\`${model}\`` : `\`${model}\` of ${provider}`;
  return `${of} at ${formatInstant(atMs)}`;
}

function unpriced(code: UnpricedCode, message: string): CallPrice {
  return { kind: 'unpriced', code, message };
}
