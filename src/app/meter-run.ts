import type { MeteredRun, RunEnd, RunMeter } from '../ports/run-meter.ts';
import type { MeteredReceipt } from './results/metered-receipt.ts';

export type MeterRunParts = Readonly<{
  meter: RunMeter;
  /** The receipt of what stands in the record. */
  weigh: (path: string) => Promise<MeteredReceipt>;
  /** Takes the record into the store, and says where that is. */
  record: (path: string) => Promise<string>;
  /** Removes a record that is in the store. */
  remove: (path: string) => Promise<void>;
}>;

export type MeteredOutcome = Readonly<{
  /** `null` when it could not be made. */
  receipt: MeteredReceipt | null;
  /** Where the run is kept; `null` when it is in no store. */
  recordedIn: string | null;
  /** The record that is left for later; `null` when the store has taken it, or when there is none. */
  recordPath: string | null;
  /** What could not be done, in sentences. */
  problems: readonly string[];
}>;

/**
 * Meters a command from its start to its end, weighs it and records it. Each step may fail by itself: the others are still done, and
 * nothing is thrown, because the command's own result must not depend on any of them.
 */
export async function meterRun(
  { meter, weigh, record, remove }: MeterRunParts,
  run: MeteredRun,
  ended: Promise<RunEnd>,
): Promise<MeteredOutcome> {
  const problems: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      problems.push(`${what}: ${sentence(error)}`);
      return null;
    }
  };

  const metering = meter.start(run);
  const end = await ended;
  const written = await attempt('the record of the run was not closed', () => metering.end(end));
  const path = written?.path ?? null;
  problems.push(...(written?.problems ?? []));
  if (path === null) return { receipt: null, recordedIn: null, recordPath: null, problems };

  const [receipt, recordedIn] = await Promise.all([
    attempt('there is no receipt', () => weigh(path)),
    attempt('the run is not in the store yet', () => record(path)),
  ]);
  if (recordedIn !== null)
    await attempt('the record is in the store and was not removed', () => remove(path));
  return { receipt, recordedIn, recordPath: recordedIn === null ? path : null, problems };
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
}
