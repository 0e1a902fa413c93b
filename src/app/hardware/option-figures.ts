import { savedBy } from '../../domain/levers/plan.ts';
import type { Residual } from '../../domain/levers/plan-lever.ts';
import {
  cheapestOf,
  type HardwareOption,
  type HardwareRefusal,
  type HardwareTarget,
  switchCost,
  switchMoves,
  switchTo,
} from '../../domain/levers/weigh-hardware.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos, type Picos, roundPicos } from '../../domain/money/picos.ts';
import { priceText } from '../plan/commitment-markets.ts';
import type { KnownPrices } from '../plan/market-prices.ts';
import type { HardwareOptionFigures } from '../results/hardware.ts';

/** What a cost is divided by, counted in the period; `null` where nothing counts it. */
export type Work = Readonly<{ runs: number | null; requests: number | null; tokens: number | null }>;

export type OptionParts = Readonly<{
  target: HardwareTarget;
  workload: string;
  kind: string;
  from: string;
  /** In the period. */
  held: Picos;
  work: Work;
  limitMs: number | null;
  busyBound: number;
  whole: Residual;
  prices: KnownPrices;
  toMonth: (picos: Picos) => Picos;
}>;

/** The present kind first, then what could be, the cheapest first, then what could not. */
export function optionFigures(parts: OptionParts): HardwareOptionFigures[] {
  const { options, choice } = parts.target;
  const cheapest = cheapestOf(options);
  return options
    .toSorted(
      (a, b) =>
        Number(b.isCurrent) - Number(a.isCurrent) ||
        Number(a.refusal !== null) - Number(b.refusal !== null) ||
        (a.costPerHour ?? Number.POSITIVE_INFINITY) - (b.costPerHour ?? Number.POSITIVE_INFINITY) ||
        (a.gpuModel < b.gpuModel ? -1 : 1),
    )
    .map((option) => figuresOf(parts, option, option === cheapest, option === choice));
}

function figuresOf(
  parts: OptionParts,
  option: HardwareOption,
  isCheapest: boolean,
  isProposed: boolean,
): HardwareOptionFigures {
  const { target, kind, from, held, work, limitMs, whole, prices, toMonth } = parts;
  const { gpuModel, isCurrent, roof, fits, speed, perGpuHour, busyP99, p99Ms, refusal } = option;
  const found = prices.find(target.place!, gpuModel, 'on_demand');
  const change = isCurrent || refusal !== null ? null : switchTo(from, kind, option);
  const cost = isCurrent ? held : change && switchCost(target.scope, whole.ticks, change);
  const saved = change && savedBy(whole, switchMoves(target.scope, whole, change));
  return {
    gpuModel,
    isCurrent,
    isCheapest,
    isProposed,
    memoryGib: roof?.memoryGib ?? null,
    fits,
    speed,
    perGpuHour: perGpuHour === null ? null : priceText(perGpuHour),
    priceSource: found?.source ?? null,
    priceReference: found?.reference ?? null,
    cost: cost === null ? null : formatPicos(toMonth(cost)),
    costPerRun: each(cost, work.runs, 1),
    costPer1kRequests: each(cost, work.requests, 1_000),
    costPer1mTokens: each(cost, work.tokens, 1_000_000),
    busyP99,
    p99Ms,
    isLatencyMet: limitMs === null || p99Ms === null ? null : p99Ms.worst <= limitMs,
    saving: saved === null ? null : formatPicos(toMonth(saved)),
    refusal,
    why: refusal === null ? null : whyNot(refusal, parts, option),
  };
}

/** To a millionth: a million tokens may cost less than a cent. */
function each(cost: Picos | null, count: number | null, times: number): string | null {
  if (cost === null || count === null || count <= 0) return null;
  return formatPicos(roundPicos(divideHalfEven(cost * BigInt(times), BigInt(Math.round(count))), 6));
}

function whyNot(refusal: HardwareRefusal, parts: OptionParts, option: HardwareOption): string {
  const { needs } = parts.target;
  const { gpuModel, roof, busyP99, p99Ms } = option;
  const reasons: Readonly<Record<HardwareRefusal, () => string>> = {
    'no-needs': () => 'too few samples say how much memory and time it needs',
    'no-price': () => `no price of ${gpuModel} is known there`,
    'no-specification': () =>
      `no throughput: it did not run on ${gpuModel}, no profile has both, and the catalogue lacks one of the chips`,
    arm: () => 'stands beside ARM processors, where images of other machines do not run',
    'no-memory': () =>
      `needs ${needs!.memoryGib.toFixed(1)} GiB and a tenth to spare, has ${roof!.memoryGib} GiB`,
    'does-not-run': () => 'was tried, and does not run',
    'too-busy': () =>
      `would be busy for ${Math.round(100 * busyP99!)} % of the time at the slowest estimate; ${Math.round(100 * parts.busyBound)} % is the bound`,
    'too-slow': () =>
      `99 % would be answered within ${Math.round(p99Ms!.worst)} ms at the slowest estimate; ${parts.limitMs} ms is promised`,
  };
  return reasons[refusal]();
}
