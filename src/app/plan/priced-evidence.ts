import { groupBy } from '../../domain/collections/group-by.ts';
import type { AttemptRecord } from '../../domain/levers/attempt-record.ts';
import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import { type PlaceOfHour, placeOfHours } from '../../domain/levers/market.ts';
import type { MeasuredLatency } from '../../domain/levers/served-hour.ts';
import { DEFAULT_RIGHT_SIZE, type RightSizeParts } from '../../domain/levers/weigh-hardware.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { PriceList } from '../../ports/price-list.ts';
import type { Store } from '../../ports/store.ts';
import { createMarketPrices, type KnownPrices, NO_PRICES, paidPrices } from './market-prices.ts';
import { measuredSpeeds } from './measured-speeds.ts';

/** What is offered where, and what GPUs can do. */
export type Market = Readonly<{
  books: readonly PriceBook[];
  prices: PriceList;
  hardware: HardwareCatalog;
}>;

/** What levers on prices and machines look at beside the hours. */
export type PricedEvidence = Readonly<{
  placeOf: PlaceOfHour;
  prices: KnownPrices;
  attempts: readonly AttemptRecord[];
}>;

export type PricedWindow = Readonly<{ window: TimeWindow; period: TimeWindow; currency: string }>;

/** Where machines are, what is asked for them at the end of the period, and what was taken away. `hours` are those of machines. */
export async function readPricedEvidence(
  store: Store,
  market: Market | null,
  hours: readonly HolderHour[],
  { window, period, currency }: PricedWindow,
): Promise<PricedEvidence> {
  const [places, attempts] = await Promise.all([store.nodePlaces(window), store.interruptions(window)]);
  const placeOf = placeOfHours(places);
  if (market === null) return { placeOf, prices: NO_PRICES, attempts };
  const prices = createMarketPrices({
    books: market.books,
    list: market.prices,
    currency,
    atMs: period.toMs,
    paid: paidPrices(hours, placeOf),
  });
  return { placeOf, prices, attempts };
}

export type Promised = Readonly<{
  /** By endpoint. */
  latencies: ReadonlyMap<string, MeasuredLatency | null>;
  sloMs: Readonly<Record<string, number>>;
}>;

/** What right-sizing looks at: how much memory and time work needs, and how fast it went where. */
export async function readRightSizeParts(
  store: Store,
  { hardware }: Market,
  hours: readonly HolderHour[],
  { placeOf, prices, attempts }: PricedEvidence,
  window: TimeWindow,
  { latencies, sloMs }: Promised,
): Promise<RightSizeParts> {
  const rented = hours.filter(({ lifecycle, workloadId }) => lifecycle === 'on_demand' && workloadId !== '');
  const ids = [...new Set(rented.map(({ workloadId }) => workloadId))];
  const [profiles, runs] = await Promise.all([
    store.usageProfiles(window, ids),
    store.runs({ window, filters: [], sort: 'startedAt', isDescending: false, limit: null, offset: 0 }),
  ]);
  return {
    hours,
    profiles: groupBy(profiles, ({ workloadId }) => workloadId),
    placeOf,
    prices,
    roofOf: (gpuModel) => hardware.gpu(gpuModel) ?? null,
    speeds: measuredSpeeds(hours, attempts, runs),
    latencyOf: (workload) => ({
      p99Ms: latencies.get(workload)?.p99Ms ?? null,
      limitMs: sloMs[workload] ?? null,
    }),
    options: DEFAULT_RIGHT_SIZE,
  };
}
