import type { ServingDemand, ServingProfile } from '../domain/simulation/serving-mix/serving-load.ts';
import { type RecordSettings, type Records, readRecords } from './read-records.ts';

const SIZE_COLUMNS = [
  { name: 'inputTokens', isRequired: true, meaning: 'upper end of the bucket of input lengths' },
  { name: 'outputTokens', isRequired: true, meaning: 'upper end of the bucket of output lengths' },
];

export const SERVING_PROFILE_COLUMNS = [
  { name: 'gpu', isRequired: true, meaning: 'kind of GPU, as in --prices' },
  ...SIZE_COLUMNS,
  {
    name: 'maxThroughput',
    isRequired: true,
    meaning: 'requests per second of one GPU; blank or 0: it cannot',
  },
  { name: 'latencyMs', isRequired: false, meaning: 'latency at that throughput, for --max-latency-ms' },
];

export const SERVING_DEMAND_COLUMNS = [
  ...SIZE_COLUMNS,
  { name: 'rate', isRequired: true, meaning: 'requests per second of this size' },
];

/** Most throughput of each kind of GPU for each size of requests. */
export function readServingProfiles(
  path: string,
  settings: RecordSettings,
): Promise<Records<ServingProfile>> {
  return readRecords(path, SERVING_PROFILE_COLUMNS, settings, (cells) => ({
    gpu: cells.requiredText('gpu'),
    inputTokens: cells.requiredAmount('inputTokens'),
    outputTokens: cells.requiredAmount('outputTokens'),
    maxThroughput: cells.amount('maxThroughput'),
    latencyMs: cells.has('latencyMs') ? cells.amount('latencyMs') : null,
  }));
}

/** Requests per second of each size. */
export function readServingDemand(path: string, settings: RecordSettings): Promise<Records<ServingDemand>> {
  return readRecords(path, SERVING_DEMAND_COLUMNS, settings, (cells) => ({
    inputTokens: cells.requiredAmount('inputTokens'),
    outputTokens: cells.requiredAmount('outputTokens'),
    requestsPerSecond: cells.requiredAmount('rate'),
  }));
}
