import type { AdmissionReport } from '../app/results/admission.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** The newest entries, and how many there are of each. */
export function admissionTable({
  answered,
  entries,
  counts,
  uncheckedBy,
  more,
}: AdmissionReport): TableModel {
  const reasons = Object.entries(uncheckedBy).map(
    ([reason, count]) => `${count} ${reason.replace('_', ' ')}`,
  );
  const unchecked =
    reasons.length === 0 ? '0 unchecked' : `${counts.unchecked} unchecked (${reasons.join(', ')})`;
  return {
    title: null,
    headline: `${counts.denied} refused, ${counts.wouldDeny} would have been, ${counts.warned} warned of, ${unchecked}`,
    columns: COLUMNS,
    rows: entries.map((entry) => ({
      at: cell(entry.at),
      decision: {
        value: entry.decision,
        printed: `${entry.decision.replace('_', ' ')}${entry.isDryRun ? ' (dry run)' : ''}`,
      },
      unchecked: cell(entry.unchecked),
      object: cell(entry.object),
      operation: cell(entry.operation),
      user: cell(entry.user),
      detail: cell(entry.detail),
    })),
    rest: null,
    total: null,
    footnotes: [
      ...(answered === null ? [] : [answeredText(answered)]),
      ...(more > 0 ? [`${more} older ones are kept and not shown: --top shows more.`] : []),
      ...(entries.length === 0
        ? ['Nothing was refused, warned of or let through unchecked that is still kept.']
        : []),
    ],
  };
}

function answeredText({ since, decisions }: NonNullable<AdmissionReport['answered']>): string {
  const count = (kind: string) => decisions[kind] ?? 0;
  return `Since ${since} it allowed ${count('allowed')}, and was asked of ${count('nothing')} without a GPU, or judged elsewhere.`;
}

const COLUMNS: readonly Column[] = [
  { name: 'at', title: 'When', kind: 'text' },
  { name: 'decision', title: 'Answer', kind: 'text' },
  { name: 'unchecked', title: 'Unchecked', kind: 'text', importance: 5 },
  { name: 'object', title: 'Object', kind: 'text' },
  { name: 'operation', title: 'Operation', kind: 'text', isExportOnly: true },
  { name: 'user', title: 'User', kind: 'text', importance: 1 },
  { name: 'detail', title: 'Why', kind: 'text', importance: 4 },
];
