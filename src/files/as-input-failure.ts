import type { FactBatch } from '../domain/facts/facts.ts';
import { InputFailure, type InputFailureCode } from '../ports/failures.ts';
import type { FileSource } from '../ports/source.ts';
import { type UnreadableFileCode, UnreadableFileError } from './unreadable-file-error.ts';

const CODES: Readonly<Record<UnreadableFileCode, InputFailureCode>> = {
  'no-such-file': 'file-not-readable',
  'no-match': 'file-not-readable',
  'not-readable': 'file-not-readable',
  'empty-file': 'format-unknown',
  'binary-file': 'format-unknown',
  'packed-file': 'format-unknown',
  'damaged-gzip': 'file-damaged',
  'damaged-json': 'file-damaged',
  'damaged-parquet': 'file-damaged',
  'not-json': 'format-unknown',
  'not-parquet': 'format-unknown',
  'record-too-long': 'file-damaged',
  'fields-not-wanted': 'format-unknown',
  'unknown-column': 'columns-missing',
  'ambiguous-column': 'columns-missing',
  'missing-column': 'columns-missing',
  'invalid-setting': 'columns-missing',
};

/** What the readers of files throw, in the words that every adapter shares; anything else as it is. */
export function asInputFailure(thrown: unknown): unknown {
  if (!(thrown instanceof UnreadableFileError)) return thrown;
  // The readers say what to do in the sentences after the first.
  const [, what = thrown.message, remedy = ''] = /^(.*?[^.])\. (.+)$/s.exec(thrown.message) ?? [];
  const todo = remedy === '' ? 'check the file' : remedy.replace(/\.$/, '');
  return new InputFailure(
    CODES[thrown.code],
    what.replace(/\.$/, ''),
    `${todo[0]!.toLowerCase()}${todo.slice(1)}`,
    thrown,
  );
}

/** A file source whose readings fail with `InputFailure`s. */
export function withInputFailures(source: FileSource): FileSource {
  return {
    kind: source.kind,
    summary: source.summary,
    columns: source.columns,
    read(path, options) {
      const { batches, summary } = source.read(path, options);
      return { summary, batches: translated(batches) };
    },
  };
}

async function* translated(batches: AsyncIterable<FactBatch>): AsyncIterable<FactBatch> {
  try {
    yield* batches;
  } catch (thrown) {
    throw asInputFailure(thrown);
  }
}
