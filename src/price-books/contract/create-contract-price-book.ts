import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { PICOS_PER_UNIT } from '../../domain/money/picos.ts';
import { chooseRates } from '../../domain/pricing/choose-rates.ts';
import { perGpuHour } from '../../domain/pricing/per-gpu-hour.ts';
import type { PriceKey, Rate } from '../../domain/pricing/price.ts';
import { providerName, regionName } from '../../domain/pricing/provider-name.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { ContractPrice, ContractTerms } from './contract-price.ts';

/**
 * What the user has agreed with a seller: prices, and discounts off `base` (the price book).
 *
 * Of several rows that match, the one that says most about what it is for wins: the machine before the GPU, before the lifecycle, before the
 * region, before the provider; among equals the one that starts later, then the one that stands first. A discount on what the
 * price book does not know is no price.
 */
export function createContractPriceBook(
  prices: readonly ContractPrice[],
  base: PriceBook,
  catalog: HardwareCatalog,
  exchangeRates: Readonly<Record<string, string>> = {},
): PriceBook {
  const bestFirst = prices.toSorted((a, b) => precision(b) - precision(a) || b.fromMs - a.fromMs);
  return {
    name: 'contract prices',
    rates: (key, window, currency) => {
      const facts = factsOf(key, catalog);
      const matching = bestFirst.filter((price) => isFor(price, facts));
      return chooseRates(
        matching.map((price) => ratesOf(price, { key, window, currency, base, exchangeRates })),
        window,
      );
    },
  };
}

function precision({ instanceType, gpuModel, lifecycle, region, provider }: ContractPrice): number {
  return [instanceType, gpuModel, lifecycle, region, provider].reduce(
    (sum, field) => sum * 2 + (field === null ? 0 : 1),
    0,
  );
}

type KeyFacts = Readonly<Record<'provider' | 'region' | 'instanceType' | 'gpuModel', string | null>> &
  Pick<PriceKey, 'lifecycle'>;

/** The key in the spellings of the contract; a machine's name says whose it is. */
function factsOf(key: PriceKey, catalog: HardwareCatalog): KeyFacts {
  const shape = key.instanceType === null ? undefined : catalog.instance(key.instanceType);
  return {
    provider: key.provider === null ? (shape?.provider ?? null) : providerName(key.provider),
    region: key.region === null ? null : regionName(key.region),
    instanceType: key.instanceType?.toLowerCase() ?? null,
    gpuModel: catalog.gpuModel(key.gpuModel) ?? key.gpuModel,
    lifecycle: key.lifecycle,
  };
}

function isFor(price: ContractPrice, facts: KeyFacts): boolean {
  const isSame = (['provider', 'region', 'instanceType', 'gpuModel'] as const).every(
    (field) => price[field] === null || price[field] === facts[field],
  );
  return (
    isSame && (price.lifecycle === null ? facts.lifecycle !== 'owned' : price.lifecycle === facts.lifecycle)
  );
}

type Asked = Readonly<{
  key: PriceKey;
  window: TimeWindow;
  currency: string;
  base: PriceBook;
  exchangeRates: Readonly<Record<string, string>>;
}>;

function ratesOf(price: ContractPrice, asked: Asked): readonly Rate[] {
  const { terms } = price;
  return terms.kind === 'price' ? priceRates(price, terms, asked) : discountRates(price, terms, asked);
}

function priceRates(
  { fromMs, toMs, fromDay, where }: ContractPrice,
  terms: Extract<ContractTerms, { kind: 'price' }>,
  { currency, exchangeRates }: Asked,
): readonly Rate[] {
  const stated = terms.currency ?? currency;
  const exchange = exchangeRate(stated, currency, exchangeRates);
  if (exchange === undefined) return [];
  const conversion = stated === currency ? '' : `; 1 ${stated} = ${exchangeRates[stated]} ${currency}`;
  return [
    {
      fromMs,
      toMs,
      perGpuHourPicos: perGpuHour(terms.amountPicos, exchange, terms.gpus),
      source: 'contract',
      priceDate: fromDay,
      reference: `${where}: ${terms.text} ${stated} per ${terms.unit} from ${fromDay}${conversion}`,
    },
  ];
}

function discountRates(
  { fromMs, toMs, fromDay, where }: ContractPrice,
  terms: Extract<ContractTerms, { kind: 'discount' }>,
  { key, window, currency, base }: Asked,
): readonly Rate[] {
  const period = {
    fromMs: Math.max(fromMs, window.fromMs),
    toMs: Math.min(toMs ?? window.toMs, window.toMs),
  };
  if (period.fromMs >= period.toMs) return [];
  return chooseRates([base.rates(key, period, currency)], period).map((rate) => ({
    ...rate,
    perGpuHourPicos: divideHalfEven(
      rate.perGpuHourPicos * (PICOS_PER_UNIT - terms.fractionPicos),
      PICOS_PER_UNIT,
    ),
    source: 'contract' as const,
    priceDate: rate.priceDate > fromDay ? rate.priceDate : fromDay,
    reference: `${where}: ${terms.text} off the price book from ${fromDay}; ${rate.reference}`,
  }));
}
