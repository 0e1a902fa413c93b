import type { GpuFacts } from '../../domain/governance/gpu-facts.ts';
import type { Picos } from '../../domain/money/picos.ts';
import { type EpochMs, formatDay } from '../../domain/time/window.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { PriceList } from '../../ports/price-list.ts';

/** Facts of the catalogue, with the middle of the list prices on demand of the day. */
export function createGpuFacts(
  catalog: HardwareCatalog,
  list: PriceList,
  currency: string,
  atMs: EpochMs,
): GpuFacts {
  let priced: GpuFacts['priced'] | undefined;
  return {
    memoryGib: (model) => catalog.gpu(model)?.memoryGib ?? null,
    get priced() {
      priced ??= pricedGpus(catalog, list, currency, formatDay(atMs));
      return priced;
    },
    isCalled: (model, name) =>
      catalog.gpuModel(name) === model || `${model.toLowerCase()}-`.startsWith(`${name.toLowerCase()}-`),
  };
}

function pricedGpus(
  catalog: HardwareCatalog,
  list: PriceList,
  currency: string,
  day: string,
): GpuFacts['priced'] {
  const prices = new Map<string, Picos[]>();
  for (const price of list.listPrices()) {
    const isCurrent = price.from <= day && (price.to === null || day < price.to);
    // A slice of a GPU has a price of its own, and less memory than the model.
    if (!isCurrent || price.currency !== currency || price.lifecycle !== 'on_demand' || price.gpuCount < 1)
      continue;
    prices.set(price.gpuModel, [...(prices.get(price.gpuModel) ?? []), price.perGpuHourPicos]);
  }
  return catalog
    .gpus()
    .flatMap(({ model, memoryGib }) => {
      const sorted = (prices.get(model) ?? []).toSorted((a, b) => (a < b ? -1 : 1));
      const middle = sorted[Math.floor((sorted.length - 1) / 2)];
      return middle === undefined ? [] : [{ model, memoryGib, perGpuHourPicos: middle }];
    })
    .toSorted((a, b) => a.memoryGib - b.memoryGib);
}
