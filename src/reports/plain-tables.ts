import type { DoctorReport, Explanation, ImportResult } from '../app/results/results.ts';
import { type Column, type ColumnKind, cell, type TableModel } from './table-model.ts';

/** Answers that a terminal shows as text, as tables for CSV and Markdown. */

export function importsTable(results: readonly (ImportResult & Readonly<{ name: string }>)[]): TableModel {
  const columns = [
    column('name', 'text'),
    column('files', 'count'),
    column('rowsRead', 'count'),
    column('rowsImported', 'count'),
    column('rowsUnchanged', 'count'),
    column('rowsRejected', 'count'),
    column('rowsRemoved', 'count'),
  ];
  return plainTable(columns, results);
}

export function findingsTable({ findings }: DoctorReport): TableModel {
  return plainTable(
    [
      column('status', 'text'),
      column('subject', 'text'),
      column('message', 'text'),
      column('remedy', 'text'),
    ],
    findings,
  );
}

export function explanationTable({ title, lines }: Explanation): TableModel {
  const table = plainTable(
    [column('figure', 'text'), column('what', 'text'), column('source', 'text')],
    lines,
  );
  return { ...table, headline: title };
}

function column(name: string, kind: ColumnKind): Column {
  return { name, title: name.replace(/([A-Z])/g, ' $1').toLowerCase(), kind };
}

function plainTable(
  columns: readonly Column[],
  rows: readonly Readonly<Record<string, unknown>>[],
): TableModel {
  return {
    title: null,
    headline: null,
    columns,
    rows: rows.map((row) =>
      Object.fromEntries(columns.map(({ name }) => [name, cell(row[name] as string | number | null)])),
    ),
    rest: null,
    total: null,
    footnotes: [],
  };
}
