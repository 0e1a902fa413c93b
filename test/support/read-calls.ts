import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestFact, ScoreFact } from '../../src/domain/facts/facts.ts';
import type { LoadModelPrices } from '../../src/ports/model-price-book.ts';
import type { FactReading, FileReadOptions, FileSource, ReadSummary } from '../../src/ports/source.ts';
import { createModelPriceBook } from '../../src/price-books/models/create-model-price-book.ts';

export const loadModelPrices: LoadModelPrices = async () => createModelPriceBook();

export type ReadCalls = Readonly<{
  requests: RequestFact[];
  scores: ScoreFact[];
  summary: ReadSummary;
}>;

/** What a source of calls makes of a file with this text. */
export async function readCalls(
  source: FileSource,
  name: string,
  text: string,
  options: Partial<FileReadOptions> = {},
): Promise<ReadCalls> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-calls-'));
  try {
    const path = join(folder, name);
    await writeFile(path, text);
    return await readFrom(source, path, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function readFrom(
  source: FileSource,
  path: string,
  options: Partial<FileReadOptions> = {},
): Promise<ReadCalls> {
  const defaults = { map: {}, set: {}, fields: null, currency: 'USD', rates: {} };
  const nowMs = Date.parse('2026-11-01T00:00:00Z');
  return takeCalls(
    source.read(path, { ...defaults, nowMs, signal: new AbortController().signal, ...options }),
  );
}

export async function takeCalls({ batches, summary }: FactReading): Promise<ReadCalls> {
  const requests: RequestFact[] = [];
  const scores: ScoreFact[] = [];
  for await (const batch of batches) {
    requests.push(...(batch.requests ?? []));
    scores.push(...(batch.scores ?? []));
  }
  return { requests, scores, summary };
}
