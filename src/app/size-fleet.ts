import { costOfFleet, type FleetSize, gpusForSameWork } from '../domain/fleet/size-fleet.ts';
import { formatPicos, PICOS_PER_UNIT, type Picos, parsePicos, picosToNumber } from '../domain/money/picos.ts';
import { TareError } from './errors.ts';
import type { PriceFigures } from './results/prices.ts';
import type { SizeLever, SizePrice, SizeReport } from './results/size.ts';

export type SizeRequest = Readonly<{
  gpus: number;
  /** As anyone spells it; needed where no price is stated. */
  gpuModel: string | null;
  lifecycle: string;
  /** A decimal from 0 to 1. */
  utilization: string;
  /** Hours in a month that are paid for: 730 for a whole one. */
  hoursPerMonth: string;
  /** Price of a GPU-hour; `null` takes the list's. */
  perGpuHour: string | null;
  /** Utilization that a smaller fleet could be run at. */
  targetUtilization: string;
  currency: string;
}>;

/**
 * Prices a fleet that exists as a sentence only. `prices` are the list prices of the model in every lifecycle, in any order.
 * @throws TareError when the model has no list price in the lifecycle and none is stated
 */
export function sizeFleet(request: SizeRequest, prices: readonly PriceFigures[]): SizeReport {
  const listed = pricesOfOneModel(prices, request.currency);
  const price = choosePrice(request, listed);
  const size: FleetSize = {
    gpus: request.gpus,
    perGpuHour: picosOf(price.perGpuHour),
    hoursPerMonth: picosOf(request.hoursPerMonth),
    utilization: picosOf(request.utilization),
  };
  const cost = costOfFleet(size);
  return {
    gpus: request.gpus,
    gpuModel: listed[0]?.gpuModel ?? request.gpuModel,
    lifecycle: request.lifecycle,
    utilization: Number(request.utilization),
    hoursPerMonth: Number(request.hoursPerMonth),
    currency: request.currency,
    price,
    hourlyCost: formatPicos(cost.hourly),
    monthlyCost: formatPicos(cost.monthly),
    monthlyUsefulCost: formatPicos(cost.monthlyUseful),
    monthlyIdleCost: formatPicos(cost.monthlyIdle),
    idlePercent: picosToNumber(100n * (PICOS_PER_UNIT - size.utilization)),
    costPerUsefulGpuHour: cost.perUsefulGpuHour === null ? null : formatPicos(cost.perUsefulGpuHour),
    levers: leversFor(size, request, listed, cost.monthly),
  };
}

/** `H100` names several models; the one with most list prices is meant. */
function pricesOfOneModel(prices: readonly PriceFigures[], currency: string): readonly PriceFigures[] {
  const counts = new Map<string, number>();
  const usable = prices.filter((price) => price.currency === currency);
  for (const { gpuModel } of usable) counts.set(gpuModel, (counts.get(gpuModel) ?? 0) + 1);
  const [model] = [...counts].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))[0] ?? [];
  return usable.filter(({ gpuModel }) => gpuModel === model);
}

function choosePrice(request: SizeRequest, listed: readonly PriceFigures[]): SizePrice {
  if (request.perGpuHour !== null)
    return { perGpuHour: formatPicos(picosOf(request.perGpuHour)), kind: 'stated', listed: null };
  const fitting = sorted(listed.filter(({ lifecycle }) => lifecycle === request.lifecycle));
  const middle = middleOf(fitting);
  if (middle === undefined) throw noPrice(request);
  const { provider, region, instanceType, source, from, checked } = middle;
  return {
    perGpuHour: middle.perGpuHour,
    kind: 'listed',
    listed: {
      provider,
      region,
      instanceType,
      source,
      from,
      checked,
      lowest: fitting[0]!.perGpuHour,
      highest: fitting.at(-1)!.perGpuHour,
      prices: fitting.length,
    },
  };
}

function noPrice({ gpuModel, lifecycle, currency }: SizeRequest): TareError {
  return gpuModel === null
    ? new TareError('usage', 'neither a GPU nor a price is named', 'add --gpu-model H100, or --price 2.50')
    : new TareError(
        'priceUnknown',
        `no list price of ${gpuModel} is known for ${lifecycle} in ${currency}`,
        'state yours with --price, or see tare prices --gpu for what is listed',
      );
}

function sorted(prices: readonly PriceFigures[]): readonly PriceFigures[] {
  return prices.toSorted((a, b) => picosToNumber(picosOf(a.perGpuHour) - picosOf(b.perGpuHour)));
}

/** The lower of the two in the middle: a price that stands in a list, not one between two. */
function middleOf(ascending: readonly PriceFigures[]): PriceFigures | undefined {
  return ascending[Math.floor((ascending.length - 1) / 2)];
}

function leversFor(
  size: FleetSize,
  request: SizeRequest,
  listed: readonly PriceFigures[],
  monthly: Picos,
): readonly SizeLever[] {
  const target = picosOf(request.targetUtilization);
  const fewer = gpusForSameWork(size, target);
  const candidates: (Candidate | null)[] = [
    {
      lever: 'fewer-gpus',
      size: { ...size, gpus: fewer },
      assumption: `the same work on ${fewer} GPUs at a utilization of at most ${request.targetUtilization}`,
    },
    {
      lever: 'scale-to-zero',
      size: { ...size, hoursPerMonth: (size.hoursPerMonth * size.utilization) / PICOS_PER_UNIT },
      assumption:
        'an upper bound: every idle second is released at once, and costs nothing to come back from',
    },
    ...(['1y', '3y'] as const).map((term) =>
      atListPrice(
        `commit-${term}`,
        size,
        listed.filter((price) => price.term === term),
        {
          hoursPerMonth: wholeMonth(size),
          assumption: `every hour of the month is paid for ${term === '1y' ? 'one year' : 'three years'}, used or not`,
        },
      ),
    ),
    atListPrice(
      'spot',
      size,
      listed.filter(({ lifecycle }) => lifecycle === 'spot'),
      {
        hoursPerMonth: size.hoursPerMonth,
        assumption:
          'the work can be interrupted; what interruptions cost is not in it, see tare simulate spot',
      },
    ),
  ];
  return candidates.flatMap((candidate) => (candidate === null ? [] : describe(candidate, monthly)));
}

type Candidate = Readonly<{ lever: SizeLever['lever']; size: FleetSize; assumption: string }>;

function atListPrice(
  lever: SizeLever['lever'],
  size: FleetSize,
  prices: readonly PriceFigures[],
  terms: Readonly<{ hoursPerMonth: Picos; assumption: string }>,
): Candidate | null {
  const price = middleOf(sorted(prices));
  if (price === undefined) return null;
  return {
    lever,
    size: { ...size, perGpuHour: picosOf(price.perGpuHour), hoursPerMonth: terms.hoursPerMonth },
    assumption: `${terms.assumption}; list price of ${price.provider}, ${price.checked}`,
  };
}

const WHOLE_MONTH_HOURS = 730n * PICOS_PER_UNIT;

function wholeMonth({ hoursPerMonth }: FleetSize): Picos {
  return hoursPerMonth > WHOLE_MONTH_HOURS ? hoursPerMonth : WHOLE_MONTH_HOURS;
}

function describe({ lever, size, assumption }: Candidate, monthlyNow: Picos): readonly SizeLever[] {
  const { monthly } = costOfFleet(size);
  if (monthly >= monthlyNow) return [];
  return [
    {
      lever,
      gpus: size.gpus,
      perGpuHour: formatPicos(size.perGpuHour),
      monthlyCost: formatPicos(monthly),
      monthlySaving: formatPicos(monthlyNow - monthly),
      assumption,
    },
  ];
}

function picosOf(text: string): Picos {
  return parsePicos(text)!.picos;
}
