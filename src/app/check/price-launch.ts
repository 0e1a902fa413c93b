import type { Lifecycle } from '../../domain/facts/facts.ts';
import type { Launch, LaunchPart } from '../../domain/governance/launch.ts';
import type { LaunchPrice } from '../../domain/governance/launch-estimate.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import type { Picos } from '../../domain/money/picos.ts';
import type { PriceKey, Rate } from '../../domain/pricing/price.ts';
import { providerName } from '../../domain/pricing/provider-name.ts';
import { type EpochMs, formatDay } from '../../domain/time/window.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { ListedPrice, PriceList } from '../../ports/price-list.ts';

/** What prices launches that say little about where they will run. */
export type PriceParts = Readonly<{
  catalog: HardwareCatalog;
  /** In the order of trust. */
  priceBooks: readonly PriceBook[];
  list: PriceList;
  currency: string;
  assume: Assumptions;
}>;

export type Assumptions = Readonly<{
  provider?: string | undefined;
  region?: string | undefined;
  lifecycle?: Lifecycle | undefined;
  gpuModel?: string | undefined;
  instanceType?: string | undefined;
}>;

export type PricedLaunch =
  | Readonly<{ kind: 'priced'; price: LaunchPrice }>
  | Readonly<{ kind: 'unpriced'; reason: string }>;

export type LaunchPricer = (launch: Launch) => PricedLaunch;

type PartPrice = Readonly<{
  perGpuHourPicos: Picos;
  source: Rate['source'];
  reference: string;
  assumptions: readonly string[];
}>;

/**
 * The price of a GPU-hour of each part: what the price books say for that machine, region and way of paying; else the middle of the list
 * prices of the GPU model, of the same cloud where it is known. What was assumed on the way is said.
 */
export function createLaunchPricer(parts: PriceParts, atMs: EpochMs): LaunchPricer {
  const known = new Map<string, PartPrice | string>();
  const priceOf = (launch: Launch, part: LaunchPart) => {
    const { provider, region, lifecycle } = launch;
    const key = JSON.stringify([
      provider,
      region,
      lifecycle,
      part.gpuModels,
      part.instanceType,
      launch.attributes['pool'] ?? launch.queue,
    ]);
    const found = known.get(key) ?? pricePart(parts, launch, part, atMs);
    known.set(key, found);
    return found;
  };
  return (launch) => {
    const prices: PartPrice[] = [];
    for (const part of launch.parts) {
      const price = priceOf(launch, part);
      if (typeof price === 'string') return { kind: 'unpriced', reason: price };
      prices.push(price);
    }
    return {
      kind: 'priced',
      price: {
        perGpuHour: prices.map(({ perGpuHourPicos }) => perGpuHourPicos),
        references: [...new Set(prices.map(({ reference }) => reference))],
        source: prices[0]!.source,
        assumptions: [...new Set(prices.flatMap(({ assumptions }) => assumptions))],
      },
    };
  };
}

function pricePart(parts: PriceParts, launch: Launch, part: LaunchPart, atMs: EpochMs): PartPrice | string {
  const { catalog, assume } = parts;
  const assumptions: string[] = [];
  const instanceType = part.instanceType ?? assume.instanceType ?? null;
  const shape = instanceType === null ? undefined : catalog.instance(instanceType);
  const gpuModel = part.gpuModels[0] ?? shape?.gpuModel ?? assumedModel(parts, assumptions);
  if (gpuModel === null)
    return 'nothing says which GPU it gets; add a node selector or a machine type, or check.assume.gpuModel in tare.yaml';
  if (part.gpuModels.length > 1) assumptions.push(`priced as ${gpuModel}, the first of the GPUs it may get`);
  const lifecycle = launch.lifecycle ?? assume.lifecycle ?? 'on_demand';
  const provider = launch.provider ?? shape?.provider ?? assume.provider ?? null;
  const key: PriceKey = {
    provider: provider === null ? null : providerName(provider),
    region: launch.region ?? assume.region ?? null,
    instanceType,
    gpuModel,
    lifecycle,
    node: null,
    pool: launch.attributes['pool'] ?? launch.queue,
  };
  const isLifecycleOpen = launch.lifecycle === null;
  const rate =
    (isLifecycleOpen && provider === null ? rateOf(parts, { ...key, lifecycle: 'owned' }, atMs) : null) ??
    rateOf(parts, key, atMs);
  if (isLifecycleOpen)
    assumptions.push(
      rate?.source === 'ownership'
        ? 'owned, as the price says'
        : `${lifecycle.replace('_', ' ')}, as nothing says how it is paid`,
    );
  if (rate !== null) {
    const { perGpuHourPicos, source, reference } = rate;
    return { perGpuHourPicos, source, reference, assumptions };
  }
  const listed = fromList(parts, key, formatDay(atMs), assumptions);
  if (typeof listed !== 'string' || lifecycle !== 'spot') return listed;
  return atOnDemand(parts, key, atMs, assumptions) ?? listed;
}

/** Spot prices change by the hour and are rarely listed; what the same GPU costs on demand is an upper bound. */
function atOnDemand(
  parts: PriceParts,
  spot: PriceKey,
  atMs: EpochMs,
  assumptions: readonly string[],
): PartPrice | null {
  const key: PriceKey = { ...spot, lifecycle: 'on_demand' };
  const bound = [...assumptions, 'no spot price is known: at the price on demand, which is more'];
  const rate = rateOf(parts, key, atMs);
  if (rate !== null) {
    const { perGpuHourPicos, source, reference } = rate;
    return { perGpuHourPicos, source, reference, assumptions: bound };
  }
  const listed = fromList(parts, key, formatDay(atMs), bound);
  return typeof listed === 'string' ? null : listed;
}

function assumedModel({ catalog, assume }: PriceParts, assumptions: string[]): string | null {
  if (assume.gpuModel === undefined) return null;
  const model = catalog.gpuModel(assume.gpuModel) ?? assume.gpuModel;
  assumptions.push(`${model}, assumed by tare.yaml`);
  return model;
}

function rateOf({ priceBooks, currency }: PriceParts, key: PriceKey, atMs: EpochMs): Rate | null {
  for (const book of priceBooks) {
    const [rate] = book.rates(key, { fromMs: atMs, toMs: atMs + 1 }, currency);
    if (rate) return rate;
  }
  return null;
}

/** The lower of the two in the middle: a price that stands in a list, not one between two. */
function fromList(
  { list, currency }: PriceParts,
  key: PriceKey,
  day: string,
  assumptions: readonly string[],
): PartPrice | string {
  const fits = (price: ListedPrice) =>
    price.gpuModel === key.gpuModel &&
    price.lifecycle === key.lifecycle &&
    price.currency === currency &&
    price.from <= day &&
    (price.to === null || day < price.to);
  const all = list.listPrices().filter(fits);
  const own = all.filter(({ provider }) => provider === key.provider);
  const prices = (own.length > 0 ? own : all).toSorted((a, b) =>
    a.perGpuHourPicos < b.perGpuHourPicos ? -1 : 1,
  );
  const middle = prices[Math.floor((prices.length - 1) / 2)];
  if (middle === undefined)
    return `no price of ${key.gpuModel} is known for ${key.lifecycle.replace('_', ' ')} in ${currency}; state yours under prices.contracts in tare.yaml`;
  const money = (picos: Picos) => displayMoney(picos, currency);
  const range = `${money(prices[0]!.perGpuHourPicos)} to ${money(prices.at(-1)!.perGpuHourPicos)}`;
  return {
    perGpuHourPicos: middle.perGpuHourPicos,
    source: 'price_book',
    reference: `${middle.provider} ${middle.instanceType ?? middle.gpuModel} ${middle.region}; ${middle.source}, checked ${middle.checked}`,
    assumptions: [
      ...assumptions,
      prices.length === 1
        ? 'the one list price of this GPU'
        : `the middle of ${prices.length} list prices, ${range} an hour`,
    ],
  };
}
