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

/** A price, and who says so. */
export type FoundPrice = Readonly<{
  picos: Picos;
  source: 'price book' | 'paid' | 'list' | 'stated';
  /** `2026-10-01, list price`; a source with its day. `null` for what was paid. */
  reference: string | null;
}>;

export type KnownPrices = MarketPrices &
  Readonly<{ find(place: NodePlace, gpuModel: string, lifecycle: 'on_demand' | 'spot'): FoundPrice | null }>;

/**
 * What a GPU-hour costs where a node is. In this order: the price books in the order of trust, the contract first, for the same machine;
 * what the fleet itself paid; what stands on the list there, of the same machine if it is offered, else the cheapest one. Where the region is
 * not known, the middle of what regions ask, so that nobody is promised the cheapest of them.
 */
export function createMarketPrices({ books, list, currency, atMs, paid }: MarketParts): KnownPrices {
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
  const booked = (place: NodePlace, gpuModel: string, lifecycle: Lifecycle): FoundPrice | null => {
    const key = { ...place, gpuModel, lifecycle, node: null, pool: null };
    const window = { fromMs: atMs - HOUR_MS, toMs: atMs };
    const [rate] = books.flatMap((book) => book.rates(key, window, currency).slice(-1));
    return rate
      ? {
          picos: rate.perGpuHourPicos,
          source: 'price book',
          reference: `${rate.priceDate}, ${rate.reference}`,
        }
      : null;
  };
  const paidFor = (place: NodePlace, gpuModel: string, lifecycle: Lifecycle): FoundPrice | null => {
    const picos = paid(place.provider, gpuModel, lifecycle);
    return picos === null ? null : { picos, source: 'paid', reference: null };
  };
  const find: KnownPrices['find'] = (place, gpuModel, lifecycle) =>
    (place.gpuModel === gpuModel ? booked(place, gpuModel, lifecycle) : null) ??
    paidFor(place, gpuModel, lifecycle) ??
    fromList(listed(place, gpuModel, (one) => one.lifecycle === lifecycle));
  return {
    find,
    onDemand: (place, gpuModel) => find(place, gpuModel, 'on_demand')?.picos ?? null,
    spot: (place, gpuModel) => find(place, gpuModel, 'spot')?.picos ?? null,
    committed: (place, gpuModel, term) =>
      listed(place, gpuModel, (one) => one.lifecycle === 'committed' && one.term === term)?.perGpuHourPicos ??
      null,
    offered: (place) => [
      ...new Set(
        at(place)
          .filter(({ lifecycle }) => lifecycle === 'on_demand')
          .map(({ gpuModel }) => gpuModel),
      ),
    ],
  };
}

/** Where no list and no catalogue is at hand. */
export const NO_PRICES: KnownPrices = {
  find: () => null,
  onDemand: () => null,
  spot: () => null,
  committed: () => null,
  offered: () => [],
};

/** The same with prices of spot that somebody asks about, by kind of GPU, wherever it runs. */
export function withSpotPrices(prices: KnownPrices, stated: ReadonlyMap<string, Picos>): KnownPrices {
  const find: KnownPrices['find'] = (place, gpuModel, lifecycle) => {
    const picos = lifecycle === 'spot' ? stated.get(gpuModel) : undefined;
    return picos === undefined
      ? prices.find(place, gpuModel, lifecycle)
      : { picos, source: 'stated', reference: null };
  };
  return { ...prices, find, spot: (place, gpuModel) => find(place, gpuModel, 'spot')?.picos ?? null };
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

function fromList(price: ListedPrice | null): FoundPrice | null {
  if (price === null) return null;
  const { perGpuHourPicos, source, checked } = price;
  return { picos: perGpuHourPicos, source: 'list', reference: `${checked}, ${source}` };
}

function pickPrice(prices: readonly ListedPrice[], { instanceType, region }: NodePlace): ListedPrice | null {
  const same = prices.filter((price) => price.instanceType === instanceType);
  const cheapestFirst = (same.length > 0 ? same : prices).toSorted((a, b) =>
    a.perGpuHourPicos < b.perGpuHourPicos ? -1 : a.perGpuHourPicos > b.perGpuHourPicos ? 1 : 0,
  );
  return cheapestFirst[region === null ? Math.floor(cheapestFirst.length / 2) : 0] ?? null;
}
