import type { MeasuredBatch } from '../domain/simulation/batching/batch-time.ts';
import { type RecordSettings, type Records, readRecords, type TraceColumn } from './read-records.ts';

/** Columns of measured batches. */
export const BATCH_TIME_COLUMNS: readonly TraceColumn[] = [
  { name: 'batch', isRequired: true, meaning: 'items in the batch', aliases: ['batch_size', 'size'] },
  {
    name: 'ms',
    isRequired: true,
    meaning: 'how long it took, milliseconds',
    aliases: ['latency_ms', 'time_ms'],
  },
];

export function readBatchTimes(path: string, settings: RecordSettings): Promise<Records<MeasuredBatch>> {
  return readRecords(path, BATCH_TIME_COLUMNS, settings, (cells) => ({
    size: cells.requiredAmount('batch'),
    ms: cells.requiredAmount('ms'),
  }));
}
