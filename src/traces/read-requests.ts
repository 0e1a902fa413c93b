import { type RecordSettings, type Records, readRecords, type TraceColumn } from './read-records.ts';

/** Columns of a trace of requests; the aliases are those of the Azure LLM inference trace and of a Stable Diffusion fleet. */
export const REQUEST_COLUMNS: readonly TraceColumn[] = [
  {
    name: 'time',
    isRequired: true,
    meaning: 'when the request came: ISO 8601, or seconds on any clock',
    aliases: ['timestamp', 'gmt_create'],
  },
  {
    name: 'inputTokens',
    isRequired: false,
    meaning: 'tokens of the prompt',
    aliases: ['ContextTokens', 'prompt_tokens'],
  },
  {
    name: 'outputTokens',
    isRequired: false,
    meaning: 'tokens of the answer',
    aliases: ['GeneratedTokens', 'completion_tokens'],
  },
  {
    name: 'serviceSeconds',
    isRequired: false,
    meaning: 'how long a replica worked on it',
    aliases: ['exec_time_seconds'],
  },
];

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
