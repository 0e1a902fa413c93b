import type { Picos } from '../money/picos.ts';
import { providerName, regionName } from '../pricing/provider-name.ts';
import { type EpochMs, HOUR_MS, type TimeWindow } from '../time/window.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { DeclaredCommitment, HeldSlot } from './held-commitment.ts';

/** GPU time of one hour that a commitment could cover: of one kind, at one provider, bought in one way. */
export type EligibleHour = Readonly<{
  hourMs: EpochMs;
  provider: string;
  region: string | null;
  pool: string;
  gpuModel: string;
  lifecycle: 'committed' | 'on_demand';
  ticks: bigint;
  picos: Picos;
}>;

export type DeclaredUse = Readonly<{ commitment: DeclaredCommitment; slots: readonly HeldSlot[] }>;

export type UsedDeclared = Readonly<{
  uses: readonly DeclaredUse[];
  /** GPU time bought on demand that is covered all the same, by `coverKey`. */
  covered: ReadonlyMap<string, bigint>;
}>;

export function coverKey(hourMs: EpochMs, provider: string, gpuModel: string): string {
  return JSON.stringify([hourMs, providerName(provider), gpuModel]);
}

/**
 * How declared commitments were used, hour by hour: `min(bought, eligible)`, each on what those before it left. Commitments to GPUs come
 * before those to money, what is for one pool or region before what is for any, what ends first before the rest. Hours that are paid as
 * committed are used up before hours on demand.
 */
export function useDeclared(
  declared: readonly DeclaredCommitment[],
  eligible: readonly EligibleHour[],
  window: TimeWindow,
): UsedDeclared {
  const byHour = new Map<EpochMs, Left[]>();
  for (const { hourMs, ...hour } of eligible) {
    const known = byHour.get(hourMs);
    const left = { ...hour, provider: providerName(hour.provider), wholeTicks: hour.ticks };
    if (known) known.push(left);
    else byHour.set(hourMs, [left]);
  }
  for (const hours of byHour.values()) hours.sort(committedFirst);
  const covered = new Map<string, bigint>();
  const uses = declared.toSorted(narrowFirst).map((commitment) => ({
    commitment,
    slots: hoursHeld(commitment, window).map((slot) => {
      const fitting = (byHour.get(slot.slotMs) ?? []).filter((left) => fits(commitment, left));
      const used = take(commitment, slot, fitting, (left, ticks) => {
        if (left.lifecycle !== 'on_demand') return;
        const key = coverKey(slot.slotMs, left.provider, left.gpuModel);
        covered.set(key, (covered.get(key) ?? 0n) + ticks);
      });
      return { ...slot, ...used };
    }),
  }));
  return { uses, covered };
}

type Left = Omit<EligibleHour, 'hourMs'> & { ticks: bigint; wholeTicks: bigint };
type Bought = Pick<HeldSlot, 'slotMs' | 'boughtPicos' | 'boughtTicks'>;

function committedFirst(a: Left, b: Left): number {
  return (
    Number(a.lifecycle === 'on_demand') - Number(b.lifecycle === 'on_demand') ||
    compare(a.gpuModel, b.gpuModel) ||
    compare(a.pool, b.pool)
  );
}

function narrowFirst(a: DeclaredCommitment, b: DeclaredCommitment): number {
  const width = ({ terms, pool, region }: DeclaredCommitment) =>
    Number(terms.kind === 'spend') * 4 + Number(pool === null) * 2 + Number(region === null);
  const endOf = ({ toMs }: DeclaredCommitment) => toMs ?? Number.MAX_SAFE_INTEGER;
  return width(a) - width(b) || endOf(a) - endOf(b) || compare(a.id, b.id);
}

/** Whole hours and parts of hours in which it was held, with what was bought in them. */
function hoursHeld({ terms, fromMs, toMs }: DeclaredCommitment, window: TimeWindow): Bought[] {
  const start = Math.max(window.fromMs, fromMs);
  const end = Math.min(window.toMs, toMs ?? window.toMs);
  const bought: Bought[] = [];
  for (let slotMs = Math.floor(start / HOUR_MS) * HOUR_MS; slotMs < end; slotMs += HOUR_MS) {
    const heldMs = BigInt(Math.min(end, slotMs + HOUR_MS) - Math.max(start, slotMs));
    const ofHour = (amount: bigint) => (amount * heldMs) / BigInt(HOUR_MS);
    bought.push(
      terms.kind === 'resource'
        ? {
            slotMs,
            boughtTicks: ofHour(BigInt(terms.gpus) * TICKS_PER_GPU_HOUR),
            boughtPicos: ofHour(BigInt(terms.gpus) * terms.perGpuHourPicos),
          }
        : { slotMs, boughtTicks: null, boughtPicos: ofHour(terms.perHourPicos) },
    );
  }
  return bought;
}

function fits({ provider, region, pool, gpuModel }: DeclaredCommitment, left: Left): boolean {
  return (
    left.ticks > 0n &&
    left.provider === providerName(provider) &&
    (gpuModel === null || gpuModel === left.gpuModel) &&
    (pool === null || pool === left.pool) &&
    (region === null || (left.region !== null && regionName(region) === regionName(left.region)))
  );
}

type Taken = (left: Left, ticks: bigint) => void;

function take({ terms }: DeclaredCommitment, slot: Bought, fitting: readonly Left[], onTaken: Taken) {
  const usedTicks = new Map<string, bigint>();
  const use = (left: Left, ticks: bigint) => {
    left.ticks -= ticks;
    usedTicks.set(left.gpuModel, (usedTicks.get(left.gpuModel) ?? 0n) + ticks);
    onTaken(left, ticks);
  };
  if (terms.kind === 'resource') {
    let free = slot.boughtTicks!;
    for (const left of fitting) {
      const ticks = smaller(free, left.ticks);
      if (ticks > 0n) use(left, ticks);
      free -= ticks;
    }
    const used = slot.boughtTicks! - free;
    return {
      usedTicks,
      usedPicos: slot.boughtTicks === 0n ? 0n : (slot.boughtPicos * used) / slot.boughtTicks!,
    };
  }
  let free = slot.boughtPicos;
  for (const left of fitting) {
    const ppm = left.lifecycle === 'committed' ? BigInt(PPM) : terms.ratePpm;
    if (ppm === null) continue;
    const costs = (left.picos * ppm * left.ticks) / (BigInt(PPM) * left.wholeTicks);
    if (costs <= 0n) continue;
    const picos = smaller(free, costs);
    const ticks = picos === costs ? left.ticks : (left.ticks * picos) / costs;
    if (ticks > 0n) use(left, ticks);
    free -= picos;
  }
  return { usedTicks, usedPicos: slot.boughtPicos - free };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
