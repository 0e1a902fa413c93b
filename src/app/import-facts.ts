import { resolve } from 'node:path';
import { closestWord } from '../domain/text/closest-word.ts';
import type { Clock } from '../ports/clock.ts';
import type { FileSource } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import { stopIfAborted, TareError, toTareError } from './errors.ts';
import { importReading, importResult, type ReadingOutcome } from './import-reading.ts';
import type { ImportResult } from './results/results.ts';
import type { ImportRequest, Progress, TareSettings } from './tare.ts';

/** The files that paths stand for, folders expanded to the files that the kind can read; each once. */
export type ListFiles = (paths: readonly string[], kind: string) => Promise<readonly string[]>;

export type ImportParts = Readonly<{
  store: Store;
  fileSources: readonly FileSource[];
  settings: TareSettings;
  clock: Clock;
  listFiles: ListFiles;
}>;

/**
 * Imports files of one kind, each as a unit: a file lands whole or not at all, again changes nothing, corrected replaces.
 *
 * Bad rows are counted and listed, the others go in. A file that cannot be read to its end stops the import; the files before it
 * stay, and the error says which they are.
 */
export async function importFacts(
  parts: ImportParts,
  request: ImportRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImportResult> {
  const source = fileSourceOf(parts.fileSources, request.kind);
  const files = await filesOf(parts, request);
  const outcomes: ReadingOutcome[] = [];
  for (const [index, path] of files.entries()) {
    const kept = keptSoFar(files.slice(0, index), files.length, request.isDryRun);
    stopIfAborted(signal, kept);
    try {
      outcomes.push(await importFile(parts, source, path, request, progress, signal));
    } catch (thrown) {
      throw toTareError(thrown, { prefix: path, suffix: kept });
    }
  }
  return importResult(request.kind, files.length, outcomes);
}

function fileSourceOf(sources: readonly FileSource[], kind: string): FileSource {
  const source = sources.find((candidate) => candidate.kind === kind);
  if (source) return source;
  const kinds = sources.map((candidate) => candidate.kind);
  const meant = closestWord(kind, kinds);
  const list = `kinds: ${kinds.join(', ')}`;
  const remedy = meant ? `did you mean ${meant}? ${list}` : list;
  throw new TareError('unknownKind', `no source reads files of kind "${kind}"`, remedy);
}

async function filesOf({ listFiles }: ImportParts, { paths, kind }: ImportRequest): Promise<string[]> {
  const listed = await listFiles(paths, kind).catch((thrown: unknown) => {
    throw toTareError(thrown);
  });
  const byAbsolutePath = new Map(listed.map((path) => [resolve(path), path]));
  if (byAbsolutePath.size > 0) return [...byAbsolutePath.values()];
  const where = paths.length === 0 ? 'no path was given' : `nothing to read in ${paths.join(', ')}`;
  throw new TareError('nothingToImport', where, 'name a file, or a folder that holds files of this kind');
}

async function importFile(
  { store, settings, clock }: ImportParts,
  source: FileSource,
  path: string,
  request: ImportRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ReadingOutcome> {
  const nowMs = clock.nowMs();
  const reading = source.read(path, {
    map: request.map,
    set: request.set,
    fields: request.fields,
    currency: settings.currency,
    rates: settings.exchangeRates,
    nowMs,
    signal,
  });
  const dataset = { name: `${source.kind}:${resolve(path)}`, kind: source.kind, importedAtMs: nowMs };
  const target = request.isDryRun ? null : store;
  return importReading({ store: target, dataset, reading, task: `reading ${path}`, progress, signal });
}

function keptSoFar(done: readonly string[], total: number, isDryRun: boolean): string {
  if (isDryRun) return 'nothing was to be kept';
  if (done.length === 0) return total === 1 ? 'nothing of it is in' : `none of ${total} files is in`;
  return `${done.length} of ${total} files ${done.length === 1 ? 'is' : 'are'} in: ${done.join(', ')}`;
}
