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
}>;

/**
 * GPUs to commit to, on what other levers have left. In each hour a level of `C` covers `min(C, demand)` of what was bought on demand,
 * at what it cost there, and is paid for whether it is used or not:
 *
 *   saved(C) = Σ cost · min(C, demand) ÷ demand − C · price · hours
 *
 * which is concave, so that the first GPU that does not pay for itself ends the search. With one price in all hours it is the newsvendor's
 * level. What is claimed in sample is cut to the share that a backtest kept.
 */
export function commitMoves(hours: readonly HolderHour[], market: CommitMarket, residual: Residual): Move[] {
  const covered = onDemandOf(market, residual);
  const demand = demandOf(hours, covered, residual);
  const level = levelFor(demand, market);
  const saved = (savedAt(demand, market, level) * BigInt(market.keptPpm)) / BigInt(PPM);
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
  return levelFor(demandOf(hours, onDemandOf(market, residual), residual), market);
}

function onDemandOf({ scope, gpuModel }: CommitMarket, residual: Residual): number[] {
  return scope.filter(
    (index) => residual.gpuModel[index] === gpuModel && residual.lifecycle[index] === 'on_demand',
  );
}

type HourDemand = Readonly<{ ticks: bigint; picos: Picos }>;

function demandOf(
  hours: readonly HolderHour[],
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
  return [...byHour.values()].filter(({ ticks: of }) => of > 0n);
}

function levelFor(demand: readonly HourDemand[], market: CommitMarket): number {
  let most = 0n;
  for (const { ticks } of demand) if (ticks > most) most = ticks;
  let low = 0;
  let high = Math.min(market.mostUnits, Number((most + TICKS_PER_GPU_HOUR - 1n) / TICKS_PER_GPU_HOUR));
  while (low < high) {
    const level = Math.ceil((low + high) / 2);
    if (savedAt(demand, market, level) > savedAt(demand, market, level - 1)) low = level;
    else high = level - 1;
  }
  return low;
}

function savedAt(demand: readonly HourDemand[], market: CommitMarket, level: number): Picos {
  const units = BigInt(level) * TICKS_PER_GPU_HOUR;
  const covered = demand.reduce(
    (sum, { ticks, picos }) => sum + (units >= ticks ? picos : (picos * units) / ticks),
    0n,
  );
  return covered - BigInt(level) * market.committedPerGpuHour * BigInt(market.periodHours);
}
