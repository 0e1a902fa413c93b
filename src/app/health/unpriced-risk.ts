import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { providerName } from '../../domain/pricing/provider-name.ts';
import { type EpochMs, formatDay } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import type { ListedPrice, PriceList } from '../../ports/price-list.ts';
import type { UnpricedItem } from '../../ports/store.ts';
import { compareBigint } from '../figures/compare-text.ts';
import { unpricedFigures } from '../figures/unpriced-figures.ts';
import type { UnpricedRisk } from '../results/health.ts';
import { quoted } from './import-command.ts';

/**
 * What has no price, the dearest first, with what it may cost: GPU-hours × the middle of the prices that are listed for such a GPU at
 * the end of the window, of its seller and its way of paying where these are on the list.
 */
export function unpricedRisk(
  items: readonly UnpricedItem[],
  list: PriceList | null,
  currency: string,
  atMs: EpochMs,
): UnpricedRisk[] {
  const day = formatDay(atMs - 1);
  const stood = (list?.listPrices() ?? []).filter(
    ({ from, to, currency: of }) => of === currency && from <= day && (to === null || day < to),
  );
  return items
    .map((item) => ({ item, picos: costOf(item, stood) }))
    .sort(
      (a, b) => compareBigint(b.picos ?? -1n, a.picos ?? -1n) || compareBigint(b.item.ticks, a.item.ticks),
    )
    .map(({ item, picos }) => ({
      ...unpricedFigures([item])[0]!,
      costAtRisk: picos === null ? null : formatPicos(picos),
      command: commandFor(item),
    }));
}

function costOf(item: UnpricedItem, prices: readonly ListedPrice[]): Picos | null {
  const same = prices.filter(({ gpuModel }) => gpuModel === item.gpuModel);
  const seller = item.provider === null ? null : providerName(item.provider);
  const ofSeller = narrowed(same, ({ provider }) => provider === seller);
  const amounts = narrowed(ofSeller, ({ lifecycle }) => lifecycle === item.lifecycle)
    .map(({ perGpuHourPicos }) => perGpuHourPicos)
    .sort(compareBigint);
  const middle = amounts[Math.floor(amounts.length / 2)];
  return middle === undefined ? null : (item.ticks * middle) / TICKS_PER_GPU_HOUR;
}

/** Those that fit, or all of them where none does. */
function narrowed(
  prices: readonly ListedPrice[],
  fits: (price: ListedPrice) => boolean,
): readonly ListedPrice[] {
  const fitting = prices.filter(fits);
  return fitting.length > 0 ? fitting : prices;
}

function commandFor({ gpuModel }: UnpricedItem): string {
  if (gpuModel === 'unknown') return 'tare import capacity.csv --kind capacity';
  return `tare prices --gpu ${quoted(gpuModel)}`;
}
