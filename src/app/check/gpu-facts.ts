import type { GpuFacts, PricedGpu } from '../../domain/governance/gpu-facts.ts';
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
  const prices = new Map<string, { model: string; provider: string; picos: Picos[] }>();
  for (const price of list.listPrices()) {
    const { gpuModel: model, provider, gpuCount, from, to } = price;
    // A slice of a GPU has a price of its own, and less memory than the model.
    const isCurrent = from <= day && (to === null || day < to) && gpuCount >= 1;
    if (!isCurrent || price.currency !== currency || price.lifecycle !== 'on_demand') continue;
    const key = `${model} ${provider}`;
    const known = prices.get(key) ?? { model, provider, picos: [] };
    prices.set(key, { ...known, picos: [...known.picos, price.perGpuHourPicos] });
  }
  return [...prices.values()].flatMap(({ model, provider, picos }): PricedGpu[] => {
    const spec = catalog.gpu(model);
    if (spec === undefined || spec.denseTflops16 === null) return [];
    const sorted = picos.toSorted((a, b) => (a < b ? -1 : 1));
    const perGpuHourPicos = sorted[Math.floor((sorted.length - 1) / 2)]!;
    return [{ model, provider, memoryGib: spec.memoryGib, perGpuHourPicos }];
  });
}
