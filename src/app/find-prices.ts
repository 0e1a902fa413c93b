import type { Lifecycle } from '../domain/facts/facts.ts';
import { formatPicos } from '../domain/money/picos.ts';
import { providerName, regionName } from '../domain/pricing/provider-name.ts';
import { type EpochMs, formatDay } from '../domain/time/window.ts';
import type { HardwareCatalog } from '../ports/hardware-catalog.ts';
import type { ListedPrice, PriceList } from '../ports/price-list.ts';
import type { PriceFigures, PriceReport } from './results/prices.ts';

export type PriceQuery = Readonly<{
  /** Each of them must stand somewhere in the row: `h100 spot`, `p5`, `eu-west`. */
  words: readonly string[];
  provider: string | null;
  /** Part of a model's name (`A100` finds all of them), or any spelling of one (`NVIDIA H100 80GB HBM3`). */
  gpu: string | null;
  region: string | null;
  lifecycle: Lifecycle | null;
  atMs: EpochMs;
  /** Prices in this currency come first; others follow in their own. */
  currency: string;
}>;

/** Leafs through a price list: the rows that stood on that day and fit, cheapest GPU first. */
export function findPrices(list: PriceList, catalog: HardwareCatalog, query: PriceQuery): PriceReport {
  const at = formatDay(query.atMs);
  const model = query.gpu === null ? undefined : catalog.gpuModel(query.gpu);
  const rows = list
    .listPrices()
    .filter((price) => stoodOn(price, at) && fits(price, query, model))
    .toSorted((a, b) => comparePrices(a, b, query.currency))
    .map(toFigures);
  return { at, rows };
}

function stoodOn({ from, to }: ListedPrice, day: string): boolean {
  return from <= day && (to === null || day < to);
}

function fits(price: ListedPrice, query: PriceQuery, model: string | undefined): boolean {
  const { provider, gpu, region, lifecycle, words } = query;
  return (
    (provider === null || price.provider === providerName(provider)) &&
    (gpu === null || price.gpuModel === model || compact(price.gpuModel).includes(compact(gpu))) &&
    (region === null || price.region === '*' || price.region === regionName(region)) &&
    (lifecycle === null || price.lifecycle === lifecycle) &&
    words.every((word) => mentions(price, word))
  );
}

function mentions(price: ListedPrice, word: string): boolean {
  const { provider, region, instanceType, gpuModel, lifecycle, term } = price;
  return [provider, region, instanceType, gpuModel, lifecycle, term].some(
    (text) => text !== null && compact(text).includes(compact(word)),
  );
}

/** `H100 SXM`, `h100-sxm` and `H100_SXM` are the same to someone who searches. */
function compact(text: string): string {
  return text.toLowerCase().replace(/[\s_.-]/g, '');
}

/** Amounts compare within one currency only. */
function comparePrices(a: ListedPrice, b: ListedPrice, currency: string): number {
  return (
    Number(a.currency !== currency) - Number(b.currency !== currency) ||
    compare(a.currency, b.currency) ||
    compare(a.perGpuHourPicos, b.perGpuHourPicos) ||
    compare(a.provider, b.provider) ||
    a.gpuCount - b.gpuCount ||
    compare(a.instanceType ?? '', b.instanceType ?? '') ||
    compare(a.region, b.region)
  );
}

function compare<Value extends string | bigint>(a: Value, b: Value): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function toFigures({ to: _, perGpuHourPicos, perInstanceHourPicos, ...price }: ListedPrice): PriceFigures {
  return {
    ...price,
    perGpuHour: formatPicos(perGpuHourPicos),
    perInstanceHour: perInstanceHourPicos === null ? null : formatPicos(perInstanceHourPicos),
  };
}
