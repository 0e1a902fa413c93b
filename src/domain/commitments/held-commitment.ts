import type { Picos } from '../money/picos.ts';
import type { EpochMs } from '../time/window.ts';

/** A commitment as somebody states it: so many GPUs of a kind, or so much money an hour. */
export type DeclaredCommitment = Readonly<{
  /** As the bill names it, or a name of one's own. */
  id: string;
  name: string | null;
  provider: string;
  region: string | null;
  pool: string | null;
  /** Always set on a commitment to GPUs; `null`: whatever the provider rents out. */
  gpuModel: string | null;
  terms:
    | Readonly<{ kind: 'resource'; gpus: number; perGpuHourPicos: Picos }>
    /** `ratePpm`: what covered hours cost of it ÷ their price on demand; `null` where nothing is known to be covered but what is paid as committed. */
    | Readonly<{ kind: 'spend'; perHourPicos: Picos; ratePpm: bigint | null }>;
  fromMs: EpochMs;
  /** `null`: nobody knows an end. */
  toMs: EpochMs | null;
}>;

/** What was bought of a commitment in one slot of time, and what of that was used. Bought is used and unused, exactly. */
export type HeldSlot = Readonly<{
  slotMs: EpochMs;
  boughtPicos: Picos;
  usedPicos: Picos;
  /** `null` where it is not about so many GPUs. */
  boughtTicks: bigint | null;
  usedTicks: ReadonlyMap<string, bigint>;
}>;

/** A commitment that is held, from bills, from what is declared, or from both. */
export type HeldCommitment = Readonly<{
  id: string;
  name: string;
  provider: string;
  region: string | null;
  pool: string | null;
  source: 'bill' | 'declared' | 'both';
  kind: 'resource' | 'spend' | null;
  type: string | null;
  /** GPUs that it is for, where that is stated or follows from what it was used for. */
  gpuModel: string | null;
  gpus: number | null;
  fromMs: EpochMs | null;
  toMs: EpochMs | null;
  /** Slots in which it was held, in the order of time. */
  slots: readonly HeldSlot[];
  /** What bills say of its use. Without it only what was paid is known. */
  isUseKnown: boolean;
  quantity: Readonly<{ usedPicos: bigint; unusedPicos: bigint; unit: string }> | null;
}>;

export function isHeldAt({ fromMs, toMs }: Pick<HeldCommitment, 'fromMs' | 'toMs'>, atMs: EpochMs): boolean {
  return (fromMs === null || fromMs <= atMs) && (toMs === null || atMs < toMs);
}
