import type { FactBatch } from '../domain/facts/facts.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../ports/source.ts';
import { emptySummary } from './read-rows.ts';

/** Reads one file. What is written into the summary is complete when the batches have ended. */
export type ReadFile = (
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
) => AsyncIterable<FactBatch>;

/** A kind of file: its words, and how one is read. */
export function fileSource(
  words: Pick<FileSource, 'kind' | 'summary' | 'columns'>,
  read: ReadFile,
): FileSource {
  return {
    ...words,
    read(path, options) {
      const summary = emptySummary();
      return { batches: read(path, options, summary), summary };
    },
  };
}
