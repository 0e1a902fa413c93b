import { exchangeRate } from '../../domain/money/exchange-rate.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';
import { chooseRates } from '../../domain/pricing/choose-rates.ts';
import { perGpuHour } from '../../domain/pricing/per-gpu-hour.ts';
import type { PriceKey, Rate } from '../../domain/pricing/price.ts';
import { providerName, regionName } from '../../domain/pricing/provider-name.ts';
import { parseInstant } from '../../domain/time/window.ts';
import { type Fraction, fractionOf } from '../../domain/units/fraction.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { ListedPrice, PriceList } from '../../ports/price-list.ts';
import type { CatalogData, CatalogPrice } from './catalog-data.ts';
import { createHardwareCatalog } from './create-hardware-catalog.ts';
import { readCatalog } from './read-catalog.ts';

export type BundledPriceBookOptions = Readonly<{
  catalog?: HardwareCatalog;
  /** Stated rates into the ledger's currency; without one a price in another currency is not known. */
  exchangeRates?: Readonly<Record<string, string>>;
  read?: () => CatalogData;
}>;

/** The region whose price stands in where the catalogue has none for the one that is asked for. */
const REFERENCE_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  azure: 'eastus',
  gcp: 'us-central1',
};

/**
 * List prices that ship with Tare: what a cloud asks from everybody, before any discount.
 *
 * For a machine and its region; for the same machine in another region (the reference says so); then the cloud's price by the GPU.
 * Never another cloud's price. A commitment is priced by its one-year term where the catalogue has both: nothing says which it was.
 */
export function createBundledPriceBook({
  catalog = createHardwareCatalog(),
  exchangeRates = {},
  read = readCatalog,
}: BundledPriceBookOptions = {}): PriceBook & PriceList {
  return {
    name: 'price book',
    rates: (key, window, currency) => {
      const asked = { key, currency, exchangeRates, catalog };
      return chooseRates(
        candidates(key, read().prices, catalog).map((price) => toRates(price, asked)),
        window,
      );
    },
    listPrices: () => read().prices.flatMap((price) => listedPrice(price, catalog)),
  };
}

type Asked = Readonly<{
  key: PriceKey;
  currency: string;
  exchangeRates: Readonly<Record<string, string>>;
  catalog: HardwareCatalog;
}>;

/** Prices that may answer, most fitting first. */
function candidates(
  key: PriceKey,
  prices: readonly CatalogPrice[],
  catalog: HardwareCatalog,
): readonly CatalogPrice[] {
  const shape = key.instanceType === null ? undefined : catalog.instance(key.instanceType);
  const provider = key.provider === null ? shape?.provider : providerName(key.provider);
  if (provider === undefined) return [];
  const gpuModel = catalog.gpuModel(key.gpuModel) ?? key.gpuModel;

  return prices
    .filter((price) => price.provider === provider && price.lifecycle === key.lifecycle)
    .filter(({ instanceType, gpuModel: model }) =>
      instanceType === null ? model === gpuModel : instanceType === shape?.instanceType,
    )
    .map((price) => ({ price, rank: rank(price, key, provider) }))
    .toSorted((a, b) => compare(a.rank, b.rank))
    .map(({ price }) => price);
}

/** Sorts by unit, term and region, in this order; the last part only keeps the order the same on every run. */
function rank({ unit, term, region }: CatalogPrice, key: PriceKey, provider: string): string {
  const asked = key.region === null ? REFERENCE_REGIONS[provider] : regionName(key.region);
  const regions = [asked, '*', REFERENCE_REGIONS[provider]].indexOf(region);
  return [unit === 'instance-hour' ? 0 : 1, term === '3y' ? 1 : 0, regions < 0 ? 9 : regions, region].join(
    ' ',
  );
}

function toRates(price: CatalogPrice, asked: Asked): readonly Rate[] {
  const exchange = exchangeRate(price.currency, asked.currency, asked.exchangeRates);
  const gpus = gpusOf(price, asked.catalog);
  if (exchange === undefined || gpus === undefined) return [];
  return [
    {
      fromMs: startOfDay(price.from),
      toMs: price.to === null ? null : startOfDay(price.to),
      perGpuHourPicos: perGpuHour(amountOf(price), exchange, gpus),
      source: 'price_book',
      priceDate: price.from,
      reference: describe(price, asked),
    },
  ];
}

/** `~ aws p5.48xlarge us-east-1 on_demand 55.04 USD per instance-hour from 2025-06-01; https://…, checked 2025-11-30`. */
function describe(price: CatalogPrice, { key, currency, exchangeRates }: Asked): string {
  const { provider, region, instanceType, gpuModel, lifecycle, term, unit } = price;
  const place = region === '*' ? 'every region' : region;
  const what = [provider, instanceType ?? gpuModel, place, lifecycle, term].filter((part) => part !== null);
  const isElsewhere = region !== '*' && key.region !== null && regionName(key.region) !== region;
  return [
    `${price.confidence === 'approximate' ? '~ ' : ''}${what.join(' ')} ${price.amount} ${price.currency} per ${unit} from ${price.from}`,
    ...(isElsewhere ? [`stands in for ${key.region}, for which no price is known`] : []),
    ...(price.currency === currency
      ? []
      : [`1 ${price.currency} = ${exchangeRates[price.currency]} ${currency}`]),
    `${price.source}, checked ${price.checked}`,
  ].join('; ');
}

function listedPrice(price: CatalogPrice, catalog: HardwareCatalog): readonly ListedPrice[] {
  const shape = price.instanceType === null ? undefined : catalog.instance(price.instanceType);
  const gpuModel = price.gpuModel ?? shape?.gpuModel;
  const gpus = gpusOf(price, catalog);
  if (gpuModel === undefined || gpus === undefined) return [];
  const { amount: _amount, unit: _unit, ...listed } = price;
  return [
    {
      ...listed,
      gpuModel,
      gpuCount: shape?.gpuCount ?? 1,
      perGpuHourPicos: perGpuHour(amountOf(price), PICOS_PER_UNIT, gpus),
      perInstanceHourPicos: price.unit === 'instance-hour' ? amountOf(price) : null,
    },
  ];
}

function gpusOf(price: CatalogPrice, catalog: HardwareCatalog): Fraction | undefined {
  if (price.instanceType === null) return fractionOf(1);
  return fractionOf(catalog.instance(price.instanceType)?.gpuCount ?? 0);
}

function amountOf(price: CatalogPrice): Picos {
  return parsePicos(price.amount)!.picos; // checked when the catalogue is compiled
}

function startOfDay(day: string): number {
  return parseInstant(day)!;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
