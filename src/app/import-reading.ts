import type { FactBatch } from '../domain/facts/facts.ts';
import type { FactReading, ReadSummary, Warning } from '../ports/source.ts';
import type { DatasetHeader, ImportCounts, Store } from '../ports/store.ts';
import { stopIfAborted } from './errors.ts';
import { MAX_LISTED_REJECTS, readingRecord } from './figures/listed-rejects.ts';
import { mergeTotals } from './figures/merge-totals.ts';
import { mergeWarnings } from './figures/merge-warnings.ts';
import type { ImportResult } from './results/results.ts';
import type { Progress } from './tare.ts';

export type ReadingTask = Readonly<{
  /** `null` reads, checks and counts, and keeps nothing. */
  store: Store | null;
  dataset: DatasetHeader;
  reading: FactReading;
  /** What the progress line says: `reading bills/2026-10.parquet`. */
  task: string;
  progress: Progress;
  signal: AbortSignal;
}>;

export type ReadingOutcome = Readonly<{ summary: ReadSummary; counts: ImportCounts }>;

/** Takes one reading to its end and imports it as a unit: after a failure or an abort, nothing of it is in the store. */
export async function importReading(task: ReadingTask): Promise<ReadingOutcome> {
  const { store, dataset, reading } = task;
  const batches = watched(task);
  if (store === null) {
    for await (const _ of batches);
    return { summary: reading.summary, counts: NOTHING_KEPT };
  }
  const counts = await store.importDataset(dataset, batches);
  await store.recordReading(dataset.name, readingRecord(reading.summary));
  return { summary: reading.summary, counts };
}

const NOTHING_KEPT: ImportCounts = { imported: 0, unchanged: 0, removed: 0, alsoElsewhere: 0, sameAs: null };

/** Several readings as one result; each listed reject is one that its owner can act on, the others are counted. */
export function importResult(kind: string, files: number, outcomes: readonly ReadingOutcome[]): ImportResult {
  const summaries = outcomes.map(({ summary }) => summary);
  const rows = outcomes.map(rowCounts);
  return {
    kind,
    files,
    rowsRead: sum(summaries.map(({ rowsRead }) => rowsRead)),
    rowsImported: sum(rows.map(({ imported }) => imported)),
    rowsUnchanged: sum(rows.map(({ unchanged }) => unchanged)),
    rowsRejected: sum(summaries.map(({ rejects }) => rejects.length)),
    rowsRemoved: sum(outcomes.map(({ counts }) => counts.removed)),
    rejects: summaries.flatMap(({ rejects }) => rejects).slice(0, MAX_LISTED_REJECTS),
    warnings: mergeWarnings(outcomes.flatMap(warningsOf)),
    totals: mergeTotals(summaries.map(({ totals }) => totals)),
  };
}

/** What the store noticed is said like what the source noticed. */
function warningsOf({ summary, counts: { sameAs, alsoElsewhere } }: ReadingOutcome): Warning[] {
  const warnings = [...summary.warnings];
  if (sameAs !== null) {
    const message = `holds exactly the charges of ${sameAs}, which is in already: nothing was imported twice`;
    warnings.push({ code: 'same-as-another', message, count: 1 });
  }
  if (alsoElsewhere > 0) {
    const message =
      'charges stand word for word in other files too, and count in each: if this is a corrected bill, import it under the name of the one it replaces';
    warnings.push({ code: 'also-in-another', message, count: alsoElsewhere });
  }
  return warnings;
}

/**
 * The store counts facts, a user counts the rows of the file. Where each row brought one fact the two agree. Where a row brings
 * several (a sample and its device) or several share one, the rows are divided as their facts were.
 */
function rowCounts({ summary, counts }: ReadingOutcome): { imported: number; unchanged: number } {
  const taken = Math.max(0, summary.rowsRead - summary.rejects.length);
  const facts = counts.imported + counts.unchanged;
  if (facts === 0 || facts === taken) return counts;
  const imported = Math.ceil((taken * counts.imported) / facts);
  return { imported, unchanged: taken - imported };
}

async function* watched({ reading, task, progress, signal }: ReadingTask): AsyncIterable<FactBatch> {
  for await (const batch of reading.batches) {
    stopIfAborted(signal, 'nothing of what was being read is kept');
    progress({ task, done: reading.summary.rowsRead, total: null, unit: 'rows' });
    yield batch;
  }
  // A stream that ends because it was asked to has not been read to its end.
  stopIfAborted(signal, 'nothing of what was being read is kept');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
