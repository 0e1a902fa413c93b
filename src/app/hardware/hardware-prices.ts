import { groupBy } from '../../domain/collections/group-by.ts';
import { type EpochMs, formatDay } from '../../domain/time/window.ts';
import type { ListedPrice, PriceList } from '../../ports/price-list.ts';
import { priceText } from '../plan/commitment-markets.ts';
import type { HardwarePrice } from '../results/hardware.ts';

/** The cheapest offer of each kind by provider, lifecycle and term, as it stood at the end of the period. */
export function hardwarePrices(
  list: PriceList,
  gpuModels: ReadonlySet<string>,
  currency: string,
  atMs: EpochMs,
): HardwarePrice[] {
  const day = formatDay(atMs - 1);
  const stood = list
    .listPrices()
    .filter(
      ({ from, to, currency: of, gpuModel }) =>
        of === currency && from <= day && (to === null || day < to) && gpuModels.has(gpuModel),
    );
  const offers = groupBy(stood, ({ gpuModel, provider, lifecycle, term }) =>
    JSON.stringify([gpuModel, provider, lifecycle, term]),
  );
  return [...offers.values()].map(cheapestOffer).toSorted(byModelThenPrice).map(toFigures);
}

type Offer = Readonly<{ price: ListedPrice; offers: number }>;

function cheapestOffer(offers: readonly ListedPrice[]): Offer {
  const price = offers.reduce((least, one) => (isCheaper(one, least) ? one : least));
  return { price, offers: offers.length };
}

function isCheaper(one: ListedPrice, other: ListedPrice): boolean {
  if (one.perGpuHourPicos !== other.perGpuHourPicos) return one.perGpuHourPicos < other.perGpuHourPicos;
  return `${one.region} ${one.instanceType}` < `${other.region} ${other.instanceType}`;
}

function byModelThenPrice({ price: a }: Offer, { price: b }: Offer): number {
  if (a.gpuModel !== b.gpuModel) return a.gpuModel < b.gpuModel ? -1 : 1;
  if (a.perGpuHourPicos !== b.perGpuHourPicos) return a.perGpuHourPicos < b.perGpuHourPicos ? -1 : 1;
  return `${a.provider} ${a.lifecycle} ${a.term}` < `${b.provider} ${b.lifecycle} ${b.term}` ? -1 : 1;
}

function toFigures({ price, offers }: Offer): HardwarePrice {
  const { gpuModel, provider, lifecycle, term, region, instanceType, from, source, checked, confidence } =
    price;
  return {
    gpuModel,
    provider,
    lifecycle,
    term,
    perGpuHour: priceText(price.perGpuHourPicos),
    region,
    instanceType,
    offers,
    from,
    source,
    checked,
    confidence,
  };
}
