import type { Reject } from '../ports/source.ts';
import { type RecordSettings, readRecords } from './read-records.ts';

export type DemandTrace = Readonly<{
  /** Units in use, on average in each hour that any row tells of, in order of time. */
  demand: Float64Array;
  /** Hours between the first and the last without a row. */
  missingHours: number;
  rejects: readonly Reject[];
}>;

export const DEMAND_COLUMNS = [
  { name: 'hour', isRequired: true, meaning: 'an ISO time, or the number of an hour' },
  { name: 'gpus', isRequired: true, meaning: 'GPUs in use; several rows in an hour are averaged' },
  { name: 'pending', isRequired: false, meaning: 'GPUs that were waited for; added to those in use' },
];

const HOUR_SECONDS = 3600;
const MOST_GPUS = 10_000_000;
/** Smaller numbers are hours that are counted, larger ones seconds since 1970. */
const HOURS_BELOW = 10_000_000;

/**
 * Reads demand by the hour. Rows may be finer (a row for each minute) or coarser: with `rowHours` 24 each row stands for the whole
 * day that begins at its time.
 */
export async function readDemand(
  path: string,
  settings: RecordSettings & Readonly<{ rowHours: number }>,
): Promise<DemandTrace> {
  const { records, rejects } = await readRecords(path, DEMAND_COLUMNS, settings, (cells) => {
    const time = cells.requiredSeconds('hour');
    const gpus = cells.requiredAmount('gpus');
    if (gpus > MOST_GPUS)
      cells.fail(
        'gpus',
        'out-of-range',
        `${gpus} GPUs is more than anyone has; expected at most ${MOST_GPUS}`,
      );
    const isCount = /^\d{1,7}$/.test(cells.text('hour') ?? '') && time < HOURS_BELOW;
    return {
      hour: isCount ? time : Math.floor(time / HOUR_SECONDS),
      gpus: gpus + (cells.has('pending') ? (cells.amount('pending') ?? 0) : 0),
    };
  });
  const byHour = new Map<number, { sum: number; rows: number }>();
  for (const { hour, gpus } of records) {
    for (let next = hour; next < hour + settings.rowHours; next++) {
      const found = byHour.get(next) ?? { sum: 0, rows: 0 };
      byHour.set(next, { sum: found.sum + gpus, rows: found.rows + 1 });
    }
  }
  const hours = [...byHour.keys()].toSorted((a, b) => a - b);
  const demand = Float64Array.from(hours, (hour) => byHour.get(hour)!.sum / byHour.get(hour)!.rows);
  const missingHours = hours.length === 0 ? 0 : hours.at(-1)! - hours[0]! + 1 - hours.length;
  return { demand, missingHours, rejects };
}
