import type { DatasetRecord } from '../../ports/store.ts';
import { compareText } from '../figures/compare-text.ts';
import { rowsRejected } from '../figures/source-figures.ts';
import type { RejectGroup } from '../results/health.ts';
import { importCommand } from './import-command.ts';

const MOST_GROUPS = 200;

export type GroupedRejects = Readonly<{
  kept: readonly RejectGroup[];
  /** Rows that are in none of them. */
  notListed: number;
}>;

/** Rejects that differ in nothing but their line are one: their owner corrects them at once. */
export function groupRejects(datasets: readonly DatasetRecord[]): GroupedRejects {
  const groups = new Map<string, RejectGroup>();
  for (const dataset of datasets) {
    for (const { where, code, message } of dataset.rejects) {
      const { file, line, column } = readPlace(where);
      const key = JSON.stringify([dataset.name, file, column, code, message]);
      const known = groups.get(key);
      groups.set(
        key,
        known
          ? { ...known, line: earlier(known.line, line), count: known.count + 1 }
          : {
              kind: dataset.kind,
              file,
              line,
              column,
              code,
              message,
              count: 1,
              command: importCommand(dataset),
            },
      );
    }
  }
  const kept = [...groups.values()]
    .sort((a, b) => b.count - a.count || compareText(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0))
    .slice(0, MOST_GROUPS);
  const all = datasets.reduce((sum, dataset) => sum + rowsRejected(dataset), 0);
  return { kept, notListed: all - kept.reduce((sum, { count }) => sum + count, 0) };
}

/** `bill.csv:14:BilledCost` apart; names of files may hold colons themselves. */
export function readPlace(where: string): Pick<RejectGroup, 'file' | 'line' | 'column'> {
  const found = /^(?<file>.*?):(?<line>\d+)(?::(?<column>.*))?$/.exec(where)?.groups;
  if (!found) return { file: where, line: null, column: null };
  return { file: found['file']!, line: Number(found['line']), column: found['column'] || null };
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
