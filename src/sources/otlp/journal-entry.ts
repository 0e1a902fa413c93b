import type { ScoreFact } from '../../domain/facts/facts.ts';
import type { ModelCall } from '../../domain/inference/model-call.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** What one export held that is of use here. Prompts and answers are not in it. */
export type JournalEntry = Readonly<{
  calls?: readonly ModelCall[];
  scores?: readonly ScoreFact[];
  metrics?: readonly ServiceMetrics[];
}>;

export function toText(entry: JournalEntry): string {
  return JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

export function fromText(text: string): JournalEntry {
  return JSON.parse(text, (key, value: unknown) =>
    key === 'statedPicos' && typeof value === 'string' ? BigInt(value) : value,
  ) as JournalEntry;
}
