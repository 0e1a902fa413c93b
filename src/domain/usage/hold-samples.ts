import type { AllocationFact } from '../facts/facts.ts';
import type { EpochMs } from '../time/window.ts';
import { PARTS_PER_GPU } from '../units/gpu-time.ts';

/** See docs/methodology.md: a sample stands for the time to the next one, at most twice the usual interval. */
export const MAX_HOLD_INTERVALS = 2;

export type Sample = Readonly<{
  atMs: EpochMs;
  intervalMs: number;
  /** Whether nothing ran, as measured. */
  isZero: boolean;
  workloadId: string | null;
}>;

/** Sums in milliseconds of one device each. */
export type HoldTotals = {
  samples: number;
  /** Rows that repeat the device and the time of another one, one per tenant. */
  repeated: number;
  sampledMs: number;
  zeroMs: number;
  /** What samples stand for beyond one interval each: late next samples add, early ones take away. */
  stretchedMs: number;
  /** What no sample stands for between the first and the last of a device. */
  unobservedMs: number;
};

type Holder = { startMs: EpochMs; lastMs: EpochMs; untilMs: EpochMs };

/**
 * Follows one device through its samples, oldest first: how long each stands, and who held the device when. The last sample stands for
 * one interval. A workload holds the device from its first sample on for as long as its samples stand.
 */
export class DeviceHold {
  firstMs: EpochMs | null = null;
  readonly #deviceId: string;
  readonly #totals: HoldTotals;
  readonly #holders = new Map<string, Holder>();
  #last: Sample | null = null;

  constructor(deviceId: string, totals: HoldTotals) {
    this.#deviceId = deviceId;
    this.#totals = totals;
  }

  /** Whether the moment is new; another row of the same moment is another tenant. The allocations that ended are put into `ended`. */
  add(sample: Sample, ended: AllocationFact[]): boolean {
    const isNew = sample.atMs !== this.#last?.atMs;
    if (isNew) this.#advance(sample, ended);
    else this.#totals.repeated += 1;
    if (sample.workloadId !== null) this.#hold(sample.workloadId, sample.atMs, ended);
    return isNew;
  }

  /** After the last sample: the end of what the device was seen for. */
  finish(ended: AllocationFact[]): EpochMs | null {
    if (!this.#last) return null;
    const endMs = this.#last.atMs + this.#last.intervalMs;
    this.#keepHolders(endMs, ended);
    for (const [workloadId, holder] of this.#holders) ended.push(this.#allocation(workloadId, holder));
    this.#holders.clear();
    return endMs;
  }

  #advance(sample: Sample, ended: AllocationFact[]): void {
    this.#totals.samples += 1;
    this.#totals.sampledMs += sample.intervalMs;
    if (sample.isZero) this.#totals.zeroMs += sample.intervalMs;
    if (this.#last) {
      const stepMs = sample.atMs - this.#last.atMs;
      const holdMs = Math.min(stepMs, MAX_HOLD_INTERVALS * this.#last.intervalMs);
      this.#totals.stretchedMs += holdMs - this.#last.intervalMs;
      this.#totals.unobservedMs += stepMs - holdMs;
      this.#keepHolders(this.#last.atMs + holdMs, ended);
    }
    this.firstMs ??= sample.atMs;
    this.#last = sample;
  }

  /** Whoever held the device at the last moment holds it as long as that stands; the others left before. */
  #keepHolders(untilMs: EpochMs, ended: AllocationFact[]): void {
    for (const [workloadId, holder] of this.#holders) {
      if (holder.lastMs === this.#last!.atMs) holder.untilMs = untilMs;
      else {
        ended.push(this.#allocation(workloadId, holder));
        this.#holders.delete(workloadId);
      }
    }
  }

  #hold(workloadId: string, atMs: EpochMs, ended: AllocationFact[]): void {
    const holder = this.#holders.get(workloadId);
    if (holder && (holder.untilMs === atMs || holder.lastMs === atMs)) {
      holder.lastMs = atMs;
      return;
    }
    if (holder) ended.push(this.#allocation(workloadId, holder));
    this.#holders.set(workloadId, { startMs: atMs, lastMs: atMs, untilMs: atMs });
  }

  #allocation(workloadId: string, { startMs, untilMs }: Holder): AllocationFact {
    return {
      workloadId,
      deviceId: this.#deviceId,
      // Several tenants of one device all claim it; the ledger splits it evenly.
      shareParts: PARTS_PER_GPU,
      startMs,
      endMs: untilMs,
      lostFromMs: null,
    };
  }
}

export function emptyTotals(): HoldTotals {
  return { samples: 0, repeated: 0, sampledMs: 0, zeroMs: 0, stretchedMs: 0, unobservedMs: 0 };
}
