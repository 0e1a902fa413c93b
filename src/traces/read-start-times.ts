import { type RecordSettings, type Records, readRecords, type TraceColumn } from './read-records.ts';

/** Columns of measured starts; one of the two. */
export const START_COLUMNS: readonly TraceColumn[] = [
  { name: 'seconds', isRequired: false, meaning: 'how long one start took, seconds' },
  { name: 'milliseconds', isRequired: false, meaning: 'the same, milliseconds', aliases: ['ms'] },
];

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
