import type { Picos } from '../money/picos.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';
import type { Move, Residual } from './plan-lever.ts';

/** One kind of GPU at one provider, for which a commitment is on offer. */
export type CommitMarket = Readonly<{
  gpuModel: string;
  /** Hours at the provider, of whatever kind of GPU: other levers may have moved them. */
  scope: readonly number[];
  committedPerGpuHour: Picos;
  /** Hours that the commitment is paid for in the period, used or not. */
  periodHours: number;
  /** No more GPUs than this. */
  mostUnits: number;
  /** What a backtest kept of the saving that it claimed, in parts per million. */
  keptPpm: number;
  /** Of hours on demand, what is covered by what is held already and not used: by the start of the hour. */
  freeTicks?: ReadonlyMap<number, bigint>;
  /** Demand in the months of the term ÷ demand in the plan, where it falls: the level has to pay for itself over the term, and saves what it does on average over it. */
  laterPpm?: readonly bigint[];
}>;

/**
 * GPUs to commit to, on what other levers have left. In each hour a level of `C` covers `min(C, demand)` of what was bought on demand,
 * at what it cost there, and is paid for whether it is used or not:
 *
 *   saved(C) = Σ cost · min(C, demand) ÷ demand − C · price · hours
 *
 * which is concave, so that the first GPU that does not pay for itself ends the search. With one price in all hours it is the newsvendor's
 * level. What is claimed in sample is cut to the share that a backtest kept. What is held already covers hours first, as far as it has room.
 */
export function commitMoves(hours: readonly HolderHour[], market: CommitMarket, residual: Residual): Move[] {
  const covered = onDemandOf(market, residual);
  const demand = demandOf(hours, market, covered, residual);
  const level = levelFor(demand, market);
  const saved = (savedInTerm(demand, market, level) * BigInt(market.keptPpm)) / BigInt(PPM);
  const cost = covered.reduce((sum, index) => sum + residual.picos[index]!, 0n);
  if (saved <= 0n || cost === 0n) return [];
  return covered.map((index) => ({
    index,
    picos: (residual.picos[index]! * saved) / cost,
    // The hours are still used; they are only paid for in another way.
    ticks: residual.ticks[index]!,
    lifecycle: 'committed',
  }));
}

/** The level that a market is committed to, for what is left. */
export function commitLevel(hours: readonly HolderHour[], market: CommitMarket, residual: Residual): number {
  return levelFor(demandOf(hours, market, onDemandOf(market, residual), residual), market);
}

function onDemandOf({ scope, gpuModel }: CommitMarket, residual: Residual): number[] {
  return scope.filter(
    (index) => residual.gpuModel[index] === gpuModel && residual.lifecycle[index] === 'on_demand',
  );
}

type HourDemand = Readonly<{ ticks: bigint; picos: Picos }>;

function demandOf(
  hours: readonly HolderHour[],
  { freeTicks }: CommitMarket,
  indexes: readonly number[],
  { ticks, picos }: Residual,
): HourDemand[] {
  const byHour = new Map<number, { ticks: bigint; picos: Picos }>();
  for (const index of indexes) {
    const { hourMs } = hours[index]!;
    const sum = byHour.get(hourMs) ?? { ticks: 0n, picos: 0n };
    sum.ticks += ticks[index]!;
    sum.picos += picos[index]!;
    byHour.set(hourMs, sum);
  }
  return [...byHour]
    .filter(([, { ticks: of }]) => of > 0n)
    .map(([hourMs, demand]) => lessFree(demand, freeTicks?.get(hourMs) ?? 0n))
    .filter(({ ticks: of }) => of > 0n);
}

function lessFree({ ticks, picos }: HourDemand, free: bigint): HourDemand {
  if (free <= 0n) return { ticks, picos };
  if (free >= ticks) return { ticks: 0n, picos: 0n };
  return { ticks: ticks - free, picos: picos - (picos * free) / ticks };
}

function levelFor(demand: readonly HourDemand[], market: CommitMarket): number {
  let most = 0n;
  for (const { ticks } of demand) if (ticks > most) most = ticks;
  let low = 0;
  let high = Math.min(market.mostUnits, Number((most + TICKS_PER_GPU_HOUR - 1n) / TICKS_PER_GPU_HOUR));
  while (low < high) {
    const level = Math.ceil((low + high) / 2);
    if (savedInTerm(demand, market, level) > savedInTerm(demand, market, level - 1)) low = level;
    else high = level - 1;
  }
  return low;
}

/**
 * On average over the months of the term, each with its part of the demand. Each of them is concave in the level, and so is their mean; what
 * another lever takes from an hour costs it no more than that, so that the laws of a plan hold for it as for the month alone.
 */
function savedInTerm(demand: readonly HourDemand[], market: CommitMarket, level: number): Picos {
  const months = market.laterPpm ?? [BigInt(PPM)];
  const all = months.reduce((sum, ppm) => {
    const later = (amount: bigint) => (amount * ppm) / BigInt(PPM);
    const then = demand.map(({ ticks, picos }) => ({ ticks: later(ticks), picos: later(picos) }));
    return sum + savedAt(then, market, level);
  }, 0n);
  return all / BigInt(months.length);
}

function savedAt(demand: readonly HourDemand[], market: CommitMarket, level: number): Picos {
  const units = BigInt(level) * TICKS_PER_GPU_HOUR;
  const covered = demand.reduce(
    (sum, { ticks, picos }) => sum + (units >= ticks ? picos : (picos * units) / ticks),
    0n,
  );
  return covered - BigInt(level) * market.committedPerGpuHour * BigInt(market.periodHours);
}
