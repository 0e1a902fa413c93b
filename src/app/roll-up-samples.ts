import { type EpochMs, floorToDay } from '../domain/time/window.ts';
import type { RollUpCounts, Store } from '../ports/store.ts';
import { stopIfAborted } from './errors.ts';
import type { Progress } from './tare.ts';

/**
 * Rolls up the samples that are older than they are to be kept: from then on the store has of each quiet hour what the ledger needs, and
 * no more. Whole days at a time, so that most passes find nothing to do. `keepMs` absent: everything is kept.
 */
export async function rollUpSamples(
  store: Store,
  keepMs: number | undefined,
  nowMs: EpochMs,
  progress: Progress,
  signal: AbortSignal,
): Promise<RollUpCounts> {
  let sum: RollUpCounts = { hours: 0, samplesBefore: 0, samplesAfter: 0 };
  if (keepMs === undefined) return sum;
  for (;;) {
    stopIfAborted(signal, `${sum.samplesBefore} samples are rolled up`);
    const step = await store.rollUpSamples(floorToDay(nowMs - keepMs));
    if (step === null) return sum;
    sum = {
      hours: sum.hours + step.hours,
      samplesBefore: sum.samplesBefore + step.samplesBefore,
      samplesAfter: sum.samplesAfter + step.samplesAfter,
    };
    progress({ task: 'rolling up samples', done: sum.samplesBefore, total: null, unit: 'rows' });
  }
}
