import type { FactBatch } from '../../src/domain/facts/facts.ts';
import type { FactReading, FileReadOptions, FileSource, ReadSummary } from '../../src/ports/source.ts';

export type ReadFacts = {
  -readonly [Kind in keyof Required<FactBatch>]: Required<FactBatch>[Kind][number][];
} & ReadSummary;

/** Everything that a file source yields, the kinds of facts apart, with its summary. */
export function readSource(
  source: FileSource,
  path: string,
  options: Partial<FileReadOptions> = {},
): Promise<ReadFacts> {
  return collectReading(
    source.read(path, {
      map: {},
      set: {},
      fields: null,
      currency: 'USD',
      rates: {},
      nowMs: Date.UTC(2026, 10, 1),
      signal: new AbortController().signal,
      ...options,
    }),
  );
}

export async function collectReading({ batches, summary }: FactReading): Promise<ReadFacts> {
  const facts = {
    capacity: [],
    workloads: [],
    allocations: [],
    usage: [],
    charges: [],
    runs: [],
    checkpoints: [],
    requests: [],
    traffic: [],
    scores: [],
    revenues: [],
    taken: [],
  } as Record<string, unknown[]>;
  for await (const batch of batches) {
    for (const [kind, added] of Object.entries(batch)) facts[kind]!.push(...(added as unknown[]));
  }
  return { ...facts, ...summary } as unknown as ReadFacts;
}
