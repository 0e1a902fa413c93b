import { type RecordSettings, type Records, readRecords } from './read-records.ts';
import { REQUEST_COLUMNS } from './trace-columns.ts';

export type TracedRequest = Readonly<{
  seconds: number;
  inputTokens: number | null;
  outputTokens: number | null;
  serviceSeconds: number | null;
}>;

/** What a simulator cannot do without. */
export type RequestNeeds = 'times' | 'tokens' | 'service';

/** Requests in order of time. A row without what is needed is rejected. */
export async function readRequests(
  path: string,
  settings: RecordSettings,
  needs: RequestNeeds,
): Promise<Records<TracedRequest>> {
  const columns = REQUEST_COLUMNS.map((column) => ({ ...column, isRequired: isNeeded(column.name, needs) }));
  const read = await readRecords(path, columns, settings, (cells) => ({
    seconds: cells.requiredSeconds('time'),
    inputTokens: needs === 'tokens' ? cells.requiredCount('inputTokens') : null,
    outputTokens: needs === 'tokens' ? cells.requiredCount('outputTokens') : null,
    serviceSeconds: needs === 'service' ? cells.requiredAmount('serviceSeconds') : null,
  }));
  return { ...read, records: read.records.toSorted((a, b) => a.seconds - b.seconds) };
}

function isNeeded(column: string, needs: RequestNeeds): boolean {
  if (column === 'time') return true;
  return needs === 'tokens' ? column.endsWith('Tokens') : needs === 'service' && column === 'serviceSeconds';
}
