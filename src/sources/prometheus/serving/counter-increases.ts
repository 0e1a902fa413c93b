import type { EpochMs } from '../../../domain/time/window.ts';
import type { Sample } from '../series.ts';

export type Increase = Readonly<{ by: number; isReset: boolean }>;

/**
 * How much a counter grew in each slot, from its last value in it.
 *
 * A value below the one before means that the process started again: all of it is new. `before` is the last value before the first
 * slot. Without one the first value counts from zero if the endpoint was watched already, since the series is then new; otherwise
 * nobody knows how long it has been counting, and it is where counting starts.
 */
export function counterIncreases(
  samples: readonly Sample[],
  before: number | null,
  watchedSince: EpochMs,
): ReadonlyMap<EpochMs, Increase> {
  const increases = new Map<EpochMs, Increase>();
  let last = before;
  for (const [at, value] of samples) {
    if (last === null) {
      increases.set(at, { by: watchedSince < at ? value : 0, isReset: true });
    } else {
      const isReset = value < last;
      increases.set(at, { by: isReset ? value : value - last, isReset });
    }
    last = value;
  }
  return increases;
}
