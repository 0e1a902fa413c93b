import type { TimeWindow } from '../domain/time/window.ts';
import { readThroughputs } from './hardware/stated-speeds.ts';
import { readSlos } from './read-levers-request.ts';
import { oneOf } from './read-spot-request.ts';
import { DEFAULT_LEVER_SEED, HARDWARE_SORTS, type HardwareRequest, type HardwareSort } from './tare.ts';

/** What flags and queries say, before it is read. */
export type HardwareWords = Readonly<{
  workload?: string | undefined;
  sort?: string | undefined;
  limit: number | null;
  offset: number;
  slo: readonly string[];
  throughput: readonly string[];
  seed?: number | undefined;
}>;

/** @throws TareError for words that mean nothing */
export function readHardwareRequest(words: HardwareWords, window: TimeWindow): HardwareRequest {
  const { workload, sort = 'saving', limit, offset, slo, throughput } = words;
  return {
    window,
    seed: words.seed ?? DEFAULT_LEVER_SEED,
    sloMs: readSlos(slo),
    workload: workload || null,
    sort: oneOf<HardwareSort>(sort, HARDWARE_SORTS, 'rows are not sorted by', 'sort'),
    limit,
    offset,
    throughputs: readThroughputs(throughput),
  };
}
