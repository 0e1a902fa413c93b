import type { Lifecycle } from '../../domain/facts/facts.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { grossPicos, type HolderHour } from '../../domain/levers/holder-hour.ts';
import type { MarketPrices, PlaceOfHour } from '../../domain/levers/market.ts';
import type { NodePlace } from '../../domain/levers/node-place.ts';
import type { Picos } from '../../domain/money/picos.ts';
import { providerName, regionName } from '../../domain/pricing/provider-name.ts';
import { type EpochMs, formatDay, HOUR_MS } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { ListedPrice, PriceList } from '../../ports/price-list.ts';

export type MarketParts = Readonly<{
  /** In the order of trust. */
  books: readonly PriceBook[];
  list: PriceList;
  currency: string;
  /** The end of the period: prices are those of its last hour. */
  atMs: EpochMs;
  /** What the fleet itself paid for GPU-hours in the period. */
  paid: PaidPrices;
}>;

export type PaidPrices = (provider: string | null, gpuModel: string, lifecycle: Lifecycle) => Picos | null;

/**
 * What a GPU-hour costs where a node is. In this order: the price books in the order of trust, the contract first, for the same machine;
 * what the fleet itself paid; what stands on the list there, of the same machine if it is offered, else the cheapest one. Where the region is
 * not known, the middle of what regions ask, so that nobody is promised the cheapest of them.
 */
export function createMarketPrices({ books, list, currency, atMs, paid }: MarketParts): MarketPrices {
  const day = formatDay(atMs - 1);
  const stood = list
    .listPrices()
    .filter(({ from, to, currency: of }) => of === currency && from <= day && (to === null || day < to));
  const at = (place: NodePlace) =>
    place.provider === null ? [] : stood.filter((price) => isThere(price, place));
  const listed = (place: NodePlace, gpuModel: string, isWanted: (price: ListedPrice) => boolean) =>
    pickPrice(
      at(place).filter((price) => price.gpuModel === gpuModel && isWanted(price)),
      place,
    );
  const booked = (place: NodePlace, gpuModel: string, lifecycle: Lifecycle) => {
    const key = { ...place, gpuModel, lifecycle, node: null, pool: null };
    const window = { fromMs: atMs - HOUR_MS, toMs: atMs };
    const rates = books.flatMap((book) => book.rates(key, window, currency).slice(-1));
    return rates[0]?.perGpuHourPicos ?? null;
  };
  const price = (place: NodePlace, gpuModel: string, lifecycle: 'on_demand' | 'spot') =>
    (place.gpuModel === gpuModel ? booked(place, gpuModel, lifecycle) : null) ??
    paid(place.provider, gpuModel, lifecycle) ??
    listed(place, gpuModel, (one) => one.lifecycle === lifecycle);
  return {
    onDemand: (place, gpuModel) => price(place, gpuModel, 'on_demand'),
    spot: (place, gpuModel) => price(place, gpuModel, 'spot'),
    committed: (place, gpuModel, term) =>
      listed(place, gpuModel, (one) => one.lifecycle === 'committed' && one.term === term),
    offered: (place) => [
      ...new Set(
        at(place)
          .filter(({ lifecycle }) => lifecycle === 'on_demand')
          .map(({ gpuModel }) => gpuModel),
      ),
    ],
  };
}

/** Cost ÷ GPU time of what was bought in each way; hours without a price are left out. */
export function paidPrices(hours: readonly HolderHour[], placeOf: PlaceOfHour): PaidPrices {
  const sums = new Map<string, { picos: Picos; ticks: bigint }>();
  for (const hour of hours) {
    if (hour.unpricedTicks > 0n) continue;
    const key = JSON.stringify([placeOf(hour)?.provider ?? null, hour.gpuModel, hour.lifecycle]);
    const sum = sums.get(key) ?? { picos: 0n, ticks: 0n };
    sum.picos += grossPicos(hour);
    sum.ticks += grossOf(hour.ticks);
    sums.set(key, sum);
  }
  return (provider, gpuModel, lifecycle) => {
    const sum = sums.get(JSON.stringify([provider, gpuModel, lifecycle]));
    return sum === undefined || sum.ticks === 0n || sum.picos === 0n
      ? null
      : (sum.picos * TICKS_PER_GPU_HOUR) / sum.ticks;
  };
}

function isThere(price: ListedPrice, { provider, region }: NodePlace): boolean {
  if (price.provider !== providerName(provider!)) return false;
  return region === null || price.region === '*' || price.region === regionName(region);
}

function pickPrice(prices: readonly ListedPrice[], { instanceType, region }: NodePlace): Picos | null {
  const same = prices.filter((price) => price.instanceType === instanceType);
  const amounts = (same.length > 0 ? same : prices)
    .map(({ perGpuHourPicos }) => perGpuHourPicos)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return amounts[region === null ? Math.floor(amounts.length / 2) : 0] ?? null;
}
