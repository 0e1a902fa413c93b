import type { AllocationFact } from '../facts/facts.ts';
import { ownText } from '../text/own-text.ts';
import type { EpochMs } from '../time/window.ts';
import { DeviceHold, emptyTotals, type Sample } from './hold-samples.ts';
import { NumberList } from './number-list.ts';

export type SeenDevice = Readonly<{ deviceId: string; firstMs: EpochMs; endMs: EpochMs }>;

/**
 * Follows all devices of a file. Samples that arrive in the order of time are followed at once, with memory for the devices alone;
 * others are kept (24 bytes each) and followed at the end, so that the order of the rows makes no difference.
 */
export class FleetHold {
  readonly totals = emptyTotals();
  readonly #isOrdered: boolean;
  readonly #holds = new Map<string, DeviceHold>();
  readonly #kept = new Map<string, KeptSamples>();
  readonly #workloadIds: string[] = [];
  readonly #workloadIndex = new Map<string, number>();

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  get devices(): number {
    return this.#holds.size;
  }

  /** Whether the moment is new for the device, as far as it is known yet. */
  add(deviceId: string, sample: Sample, ended: AllocationFact[]): boolean {
    const hold = this.#holdOf(deviceId);
    if (this.#isOrdered) return hold.add(sample, ended);
    this.#keep(deviceId, sample);
    return true;
  }

  finish(ended: AllocationFact[]): SeenDevice[] {
    const seen: SeenDevice[] = [];
    for (const [deviceId, hold] of this.#holds) {
      for (const sample of this.#keptOf(deviceId)) hold.add(sample, ended);
      const endMs = hold.finish(ended);
      if (endMs !== null && hold.firstMs !== null) seen.push({ deviceId, firstMs: hold.firstMs, endMs });
    }
    this.#kept.clear();
    return seen;
  }

  #holdOf(deviceId: string): DeviceHold {
    let hold = this.#holds.get(deviceId);
    if (!hold) {
      const id = ownText(deviceId);
      hold = new DeviceHold(id, this.totals);
      this.#holds.set(id, hold);
    }
    return hold;
  }

  #keep(deviceId: string, sample: Sample): void {
    let kept = this.#kept.get(deviceId);
    if (!kept) {
      kept = { times: new NumberList(), intervals: new NumberList(), holders: new NumberList() };
      this.#kept.set(ownText(deviceId), kept);
    }
    kept.times.push(sample.atMs);
    kept.intervals.push(sample.intervalMs);
    kept.holders.push(this.#indexOf(sample.workloadId) * 2 + (sample.isZero ? 1 : 0));
  }

  *#keptOf(deviceId: string): Generator<Sample> {
    const kept = this.#kept.get(deviceId);
    if (!kept) return;
    const times = kept.times.values();
    const intervals = kept.intervals.values();
    const holders = kept.holders.values();
    const order = Uint32Array.from(times, (_, index) => index).sort(
      (a, b) => times[a]! - times[b]! || holders[a]! - holders[b]!,
    );
    for (const index of order) {
      const holder = holders[index]!;
      yield {
        atMs: times[index]!,
        intervalMs: intervals[index]!,
        isZero: holder % 2 === 1,
        workloadId: this.#workloadIds[Math.floor(holder / 2) - 1] ?? null,
      };
    }
  }

  /** 0 stands for nobody. */
  #indexOf(workloadId: string | null): number {
    if (workloadId === null) return 0;
    let index = this.#workloadIndex.get(workloadId);
    if (index === undefined) {
      const id = ownText(workloadId);
      index = this.#workloadIds.push(id);
      this.#workloadIndex.set(id, index);
    }
    return index;
  }
}

type KeptSamples = Readonly<{ times: NumberList; intervals: NumberList; holders: NumberList }>;
