import { type RecordSettings, type Records, readRecords } from './read-records.ts';
import { START_COLUMNS } from './trace-columns.ts';

/** Seconds that starts took: loading a model, usually. */
export function readStartSeconds(path: string, settings: RecordSettings): Promise<Records<number>> {
  return readRecords(path, START_COLUMNS, settings, (cells) => {
    const seconds = cells.amount('seconds');
    const milliseconds = cells.amount('milliseconds');
    if (seconds === null && milliseconds === null)
      cells.fail(
        'seconds',
        'missing-value',
        'neither seconds nor milliseconds; say which column it is, such as --map-cold-starts milliseconds=value',
      );
    return seconds ?? (milliseconds ?? 0) / 1000;
  });
}
