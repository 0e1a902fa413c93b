import { formatInstant } from '../../domain/time/window.ts';
import type { Warning } from '../../ports/source.ts';
import type { DatasetRecord } from '../../ports/store.ts';
import type { SourceFigures } from '../results/results.ts';
import { compareText } from './compare-text.ts';
import { REJECTS_NOT_LISTED } from './listed-rejects.ts';
import { mergeWarnings } from './merge-warnings.ts';

/** What was imported, by kind of source. */
export function sourceFigures(datasets: readonly DatasetRecord[]): SourceFigures[] {
  const kinds = [...new Set(datasets.map(({ kind }) => kind))].sort(compareText);
  return kinds.map((kind) =>
    figuresOf(
      kind,
      datasets.filter((dataset) => dataset.kind === kind),
    ),
  );
}

/** Also counts the rejects that were too many to be listed. */
export function rowsRejected({ rejects, warnings }: Pick<DatasetRecord, 'rejects' | 'warnings'>): number {
  return rejects.length + sum(warnings.filter(isNotListed).map(({ count }) => count));
}

function figuresOf(kind: string, datasets: readonly DatasetRecord[]): SourceFigures {
  const newest = datasets.map(({ lastMs }) => lastMs).filter((lastMs) => lastMs !== null);
  return {
    kind,
    datasets: datasets.length,
    facts: sum(datasets.map(({ facts }) => facts)),
    newest: newest.length === 0 ? null : formatInstant(newest.reduce((a, b) => Math.max(a, b))),
    rowsRejected: sum(datasets.map(rowsRejected)),
    rejects: datasets.flatMap(({ rejects }) => rejects),
    warnings: mergeWarnings(datasets.flatMap(({ warnings }) => warnings)).filter(
      (warning) => !isNotListed(warning),
    ),
  };
}

function isNotListed({ code }: Warning): boolean {
  return code === REJECTS_NOT_LISTED;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
