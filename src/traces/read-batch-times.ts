import type { MeasuredBatch } from '../domain/simulation/batching/batch-time.ts';
import { type RecordSettings, type Records, readRecords } from './read-records.ts';
import { BATCH_TIME_COLUMNS } from './trace-columns.ts';

export function readBatchTimes(path: string, settings: RecordSettings): Promise<Records<MeasuredBatch>> {
  return readRecords(path, BATCH_TIME_COLUMNS, settings, (cells) => ({
    size: cells.requiredAmount('batch'),
    ms: cells.requiredAmount('ms'),
  }));
}
