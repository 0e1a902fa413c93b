import type { AllocationFact, UsageFact } from '../facts/facts.ts';
import type { EpochMs } from '../time/window.ts';
import { MAX_HOLD_INTERVALS } from './hold-samples.ts';
import { NumberList } from './number-list.ts';

export type HeldMeasures = Readonly<{
  /** Watt-hours over the time for which samples with a power stand; `null` without any. */
  energyWattHours: number | null;
  /** That time ÷ the time held, 0–1; `null` when nothing was held. */
  energyCoverage: number | null;
  /** The most that one device had in use; `null` when no sample says. */
  peakMemoryMib: number | null;
}>;

type Samples = Readonly<{ times: NumberList; holds: NumberList; watts: NumberList }>;

/** Stands for a power that a sample does not say. */
const UNKNOWN = -1;
const MS_PER_HOUR = 3_600_000;

/**
 * Energy and memory of what a workload held: power integrated over time, each sample standing to the next one of its device, for at
 * most `MAX_HOLD_INTERVALS` intervals, and cut to when the device was held. See docs/methodology.md, "The energy of a run".
 *
 * Samples of one device have to come in the order of time.
 */
export class HeldMeter {
  readonly #devices = new Map<string, Samples>();
  #peakMemoryMib: number | null = null;

  add({ deviceId, atMs, intervalMs, powerWatts, memoryUsedMib }: UsageFact): void {
    let samples = this.#devices.get(deviceId);
    if (!samples) {
      samples = { times: new NumberList(), holds: new NumberList(), watts: new NumberList() };
      this.#devices.set(deviceId, samples);
    }
    samples.times.push(atMs);
    samples.holds.push(MAX_HOLD_INTERVALS * intervalMs);
    samples.watts.push(powerWatts ?? UNKNOWN);
    if (memoryUsedMib !== null) this.#peakMemoryMib = Math.max(memoryUsedMib, this.#peakMemoryMib ?? 0);
  }

  /** @param untilMs cuts what is still held */
  measure(held: readonly AllocationFact[], untilMs: EpochMs): HeldMeasures {
    let [wattMs, coveredMs, heldMs] = [0, 0, 0];
    for (const { deviceId, startMs, endMs } of held) {
      const stopMs = endMs ?? untilMs;
      heldMs += stopMs - startMs;
      for (const { watts, milliseconds } of this.#standing(deviceId, startMs, stopMs)) {
        wattMs += watts * milliseconds;
        coveredMs += milliseconds;
      }
    }
    return {
      energyWattHours: coveredMs === 0 ? null : wattMs / MS_PER_HOUR,
      energyCoverage: heldMs === 0 ? null : coveredMs / heldMs,
      peakMemoryMib: this.#peakMemoryMib,
    };
  }

  *#standing(deviceId: string, startMs: EpochMs, stopMs: EpochMs) {
    const samples = this.#devices.get(deviceId);
    if (!samples) return;
    const [times, holds, watts] = [samples.times.values(), samples.holds.values(), samples.watts.values()];
    for (let place = 0; place < times.length; place += 1) {
      const fromMs = Math.max(times[place]!, startMs);
      const nextMs = times[place + 1] ?? Number.POSITIVE_INFINITY;
      const toMs = Math.min(nextMs, times[place]! + holds[place]!, stopMs);
      if (watts[place]! !== UNKNOWN && toMs > fromMs)
        yield { watts: watts[place]!, milliseconds: toMs - fromMs };
    }
  }
}
