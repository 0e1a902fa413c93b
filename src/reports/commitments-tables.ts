import type { CommitmentReport, CommitmentSpan, HeldFigures } from '../app/results/commitments.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';

const STATES: Readonly<Record<HeldFigures['state'], string>> = {
  ahead: 'not begun',
  running: 'running',
  ends_soon: 'ends soon',
  ended: 'ended',
  no_end_known: 'no end known',
};

const COLUMNS: readonly Column[] = [
  { name: 'name', title: 'commitment', kind: 'text' },
  { name: 'provider', title: 'provider', kind: 'text', importance: 3 },
  { name: 'kind', title: 'of', kind: 'text', importance: 4 },
  { name: 'gpuModels', title: 'GPUs', kind: 'text', importance: 2 },
  { name: 'end', title: 'ends', kind: 'text' },
  { name: 'daysLeft', title: 'days left', kind: 'count', importance: 5 },
  { name: 'state', title: 'state', kind: 'text', importance: 1 },
  { name: 'boughtCost', title: 'bought', kind: 'money', importance: 6 },
  { name: 'usedCost', title: 'used', kind: 'money', partOf: 'boughtCost', importance: 3 },
  { name: 'unusedCost', title: 'unused', kind: 'money', partOf: 'boughtCost' },
  { name: 'utilisation', title: 'used', kind: 'percent' },
  { name: 'unusedPerMonth', title: 'unused a month', kind: 'money', importance: 2 },
  { name: 'id', title: 'id', kind: 'text', isExportOnly: true },
  { name: 'source', title: 'source', kind: 'text', isExportOnly: true },
  { name: 'type', title: 'type', kind: 'text', isExportOnly: true },
  { name: 'boughtGpuHours', title: 'GPU-hours bought', kind: 'hours', isExportOnly: true },
  { name: 'usedGpuHours', title: 'GPU-hours used', kind: 'hours', isExportOnly: true },
];

/** Commitments that are held, the first to end on top; below it their use and coverage by month. */
export function commitmentTables(report: CommitmentReport): readonly [TableModel, ...TableModel[]] {
  const { rows, total, months, currency } = report;
  const held: TableModel = {
    title: 'Commitments held',
    headline: report.sentence,
    columns: COLUMNS,
    rows: rows.map(toCells),
    rest: null,
    total:
      rows.length === 0
        ? null
        : {
            name: cell('TOTAL'),
            boughtCost: cell(total.boughtCost),
            usedCost: cell(total.usedCost),
            unusedCost: cell(total.unusedCost),
            utilisation: cell(fraction(total.utilisationPercent)),
          },
    footnotes: [
      `${currency} · used and unused as bills amortise them, or as declared commitments match the hours of the ledger`,
      ...noEnd(rows),
    ],
  };
  return [held, spanTable(months)];
}

function toCells(row: HeldFigures): Row {
  return {
    name: cell(row.name),
    provider: cell(row.provider),
    kind: cell(row.kind === 'spend' ? 'money' : row.kind === 'resource' ? 'GPUs' : null),
    gpuModels: cell(row.gpuModels.join(', ')),
    end: cell(row.end?.slice(0, 10) ?? null),
    daysLeft: cell(row.daysLeft),
    state: cell(STATES[row.state]),
    boughtCost: cell(row.boughtCost),
    usedCost: cell(row.usedCost),
    unusedCost: cell(row.unusedCost),
    utilisation: cell(fraction(row.utilisationPercent)),
    unusedPerMonth: cell(row.unusedPerMonth),
    id: cell(row.id),
    source: cell(row.source),
    type: cell(row.type),
    boughtGpuHours: cell(row.boughtGpuHours),
    usedGpuHours: cell(row.usedGpuHours),
  };
}

function noEnd(rows: readonly HeldFigures[]): string[] {
  const names = rows.filter(({ end }) => end === null).map(({ name }) => name);
  return names.length === 0
    ? []
    : [`No bill says when a commitment ends. Write it under commitments in tare.yaml: ${names.join(', ')}`];
}

function spanTable(months: readonly CommitmentSpan[]): TableModel {
  return {
    title: 'By month',
    headline: null,
    columns: [
      { name: 'day', title: 'month', kind: 'text' },
      { name: 'boughtCost', title: 'bought', kind: 'money' },
      { name: 'usedCost', title: 'used', kind: 'money', partOf: 'boughtCost' },
      { name: 'unusedCost', title: 'unused', kind: 'money', partOf: 'boughtCost' },
      { name: 'utilisation', title: 'used', kind: 'percent' },
      { name: 'eligibleGpuHours', title: 'GPU-hours that could be', kind: 'hours', importance: 1 },
      { name: 'committedGpuHours', title: 'committed', kind: 'hours', importance: 2 },
      { name: 'coverage', title: 'covered', kind: 'percent' },
    ],
    rows: months.map((month) => ({
      day: cell(month.day),
      boughtCost: cell(month.boughtCost),
      usedCost: cell(month.usedCost),
      unusedCost: cell(month.unusedCost),
      utilisation: cell(fraction(month.utilisationPercent)),
      eligibleGpuHours: cell(month.eligibleGpuHours),
      committedGpuHours: cell(month.committedGpuHours),
      coverage: cell(fraction(month.coveragePercent)),
    })),
    rest: null,
    total: null,
    footnotes: ['Covered: GPU-hours under a commitment ÷ those bought on demand or under a commitment'],
  };
}

function fraction(percent: number | null): number | null {
  return percent === null ? null : percent / 100;
}
