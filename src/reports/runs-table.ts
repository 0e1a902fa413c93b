import type { RunGroupRow, RunMoney, RunRow, RunSums, RunsReport } from '../app/results/runs.ts';
import { dimensionCells, labelCells } from './dimension-columns.ts';
import { type Cell, type Column, cell, type Row, type TableModel } from './table-model.ts';

/** What training runs cost, or groups of them. */
export function runsTable(report: RunsReport): TableModel {
  const { by, rows, total, sentence } = report;
  const isGrouped = by.length > 0;
  return {
    title: null,
    headline: sentence,
    columns: isGrouped ? groupColumns(by) : runColumns(report),
    rows: rows.map((row) =>
      isGrouped
        ? { ...dimensionCells(by, row as RunGroupRow), ...sumCells(row as RunSums) }
        : runCells(row as RunRow),
    ),
    rest: null,
    total: { ...(isGrouped ? labelCells(by, 'TOTAL') : { runId: cell('TOTAL') }), ...sumCells(total) },
    footnotes: [
      'each figure is of the whole run, also where it reaches beyond the window',
      pageNote(report),
      totalNote(total),
      ...rowNotes(rows),
      ...signNotes(rows),
      ...report.warnings.map(({ message }) => `warning: ${message}`),
    ],
  };
}

function groupColumns(by: readonly string[]): Column[] {
  return [
    ...by.map(
      (name): Column => ({ name, title: name.replace(/([A-Z])/g, ' $1').toLowerCase(), kind: 'text' }),
    ),
    { name: 'runs', title: 'runs', kind: 'count' },
    { name: 'attempts', title: 'attempts', kind: 'count', importance: 2 },
    { name: 'failedRuns', title: 'failed', kind: 'count', importance: 5 },
    { name: 'failedCost', title: 'failed cost', kind: 'money', importance: 4 },
    ...moneyColumns(),
    { name: 'waitHours', title: 'wait h', kind: 'hours', importance: 2 },
    { name: 'unknownRuns', title: 'unknown', kind: 'count', isExportOnly: true },
    { name: 'duplicateRuns', title: 'repeated', kind: 'count', isExportOnly: true },
    { name: 'duplicateCost', title: 'repeated cost', kind: 'money', isExportOnly: true },
  ];
}

function runColumns({ metric }: RunsReport): Column[] {
  const exported = (name: string, kind: Column['kind'] = 'text'): Column => ({
    name,
    title: name.replace(/([A-Z])/g, ' $1').toLowerCase(),
    kind,
    isExportOnly: true,
  });
  return [
    { name: 'runId', title: 'run', kind: 'text' },
    { name: 'name', title: 'name', kind: 'text', importance: 6 },
    { name: 'team', title: 'team', kind: 'text', importance: 5 },
    { name: 'model', title: 'model', kind: 'text', importance: 2 },
    exported('environment'),
    { name: 'experiment', title: 'experiment', kind: 'text', importance: 1 },
    { name: 'state', title: 'state', kind: 'text', importance: 8 },
    exported('stateDetail'),
    { name: 'attempts', title: 'tries', kind: 'count', importance: 3 },
    exported('queue'),
    { name: 'startedAt', title: 'started', kind: 'text', importance: 4 },
    exported('endedAt'),
    { name: 'waitHours', title: 'wait h', kind: 'hours', importance: 3 },
    exported('durationHours', 'hours'),
    ...moneyColumns(),
    exported('priceSource'),
    exported('duplicateOf'),
    ...(metric
      ? [
          { name: 'quality', title: metric.name, kind: 'text', importance: 9 } as const,
          { name: 'costPerPoint', title: 'per point', kind: 'money', importance: 8 } as const,
          { name: 'isOnFrontier', title: 'frontier', kind: 'text', importance: 7 } as const,
        ]
      : []),
    exported('notes'),
  ];
}

function moneyColumns(): Column[] {
  const part = (name: string, title: string, importance: number): Column => ({
    name,
    title,
    kind: 'money',
    importance,
  });
  return [
    { name: 'gpuHours', title: 'GPU-hours', kind: 'hours', importance: 9 },
    { name: 'cost', title: 'cost', kind: 'money', importance: 10 },
    part('productiveCost', 'productive', 7),
    part('underusedCost', 'underused', 4),
    part('idleCost', 'idle', 6),
    part('lostCost', 'lost', 7),
    part('unobservedCost', 'unobserved', 2),
    part('direct', 'direct', 1),
    part('shared', 'shared', 1),
    { name: 'estimatedCost', title: 'estimated', kind: 'money', isExportOnly: true },
    { name: 'trueUp', title: 'true-up', kind: 'money', isExportOnly: true },
    { name: 'unpricedGpuHours', title: 'unpriced GPU-hours', kind: 'hours', isExportOnly: true },
  ];
}

function runCells(row: RunRow): Row {
  return {
    runId: cell(row.runId),
    name: cell(row.name),
    team: cell(row.team),
    model: cell(row.model),
    environment: cell(row.environment),
    experiment: cell(row.experiment),
    state: { value: row.state, printed: row.state.replaceAll('_', ' ') },
    stateDetail: cell(row.stateDetail),
    attempts: cell(row.attempts),
    queue: cell(row.queue),
    startedAt: cell(row.startedAt),
    endedAt: cell(row.endedAt),
    waitHours: cell(row.waitHours),
    durationHours: cell(row.durationHours),
    gpuHours: cell(row.gpuHours),
    unpricedGpuHours: cell(row.unpricedGpuHours),
    ...moneyCells(row, row.unpricedGpuHours > 0),
    priceSource: cell(row.priceSource),
    duplicateOf: cell(row.duplicateOf),
    quality: cell(row.quality),
    costPerPoint: cell(row.costPerPoint),
    isOnFrontier: frontierCell(row.isOnFrontier),
    notes: cell(row.notes.join('; ') || null),
  };
}

function frontierCell(isOnFrontier: boolean | null): Cell {
  if (isOnFrontier === null) return cell(null);
  return { value: String(isOnFrontier), printed: isOnFrontier ? 'yes' : '' };
}

function sumCells(sums: RunSums): Row {
  return {
    runs: cell(sums.runs),
    attempts: cell(sums.attempts),
    failedRuns: cell(sums.failed.runs),
    failedCost: sums.failed.cost === null ? cell(null, '?') : cell(sums.failed.cost),
    gpuHours: cell(sums.gpuHours),
    waitHours: cell(sums.waitHours),
    unknownRuns: cell(sums.unknownRuns),
    duplicateRuns: cell(sums.duplicates.runs),
    duplicateCost: sums.duplicates.cost === null ? cell(null, '?') : cell(sums.duplicates.cost),
    unpricedGpuHours: cell(sums.unpricedGpuHours),
    ...moneyCells(sums, sums.unpricedGpuHours > 0 || sums.unknownRuns > 0),
  };
}

function moneyCells(money: RunMoney, isIncomplete: boolean): Row {
  const mark = isIncomplete ? '?' : money.isEstimated ? '~' : undefined;
  const part = (value: string | null) => (value === null ? cell(null, '?') : cell(value));
  return {
    cost: money.cost === null ? cell(null, '?') : cell(money.cost, mark),
    productiveCost: part(money.productiveCost),
    underusedCost: part(money.underusedCost),
    idleCost: part(money.idleCost),
    lostCost: part(money.lostCost),
    unobservedCost: part(money.unobservedCost),
    direct: cell(money.direct),
    shared: cell(money.shared),
    estimatedCost: cell(money.estimatedCost),
    trueUp: cell(money.trueUp),
  };
}

function pageNote({ rows, offset, nextOffset, by, total }: RunsReport): string {
  if (nextOffset === null && offset === 0) return '';
  const what = by.length > 0 ? 'groups' : `of ${total.runs} runs`;
  return `${offset + 1} to ${offset + rows.length} ${what}; the total is of all`;
}

function totalNote({ lostAttempts, attempts, failed }: RunSums): string {
  return lostAttempts === 0
    ? ''
    : `${lostAttempts} of ${attempts} attempts ended failed, cancelled, preempted or timed out; ${failed.runs} runs ended so`;
}

/** Each note once, with the number of runs it is about. */
function rowNotes(rows: RunsReport['rows']): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const note of (row as RunRow).notes ?? []) counts.set(note, (counts.get(note) ?? 0) + 1);
  }
  return [...counts].map(([note, count]) => `${note} (${count} ${count === 1 ? 'run' : 'runs'})`);
}

function signNotes(rows: RunsReport['rows']): string[] {
  const hasEstimate = rows.some(({ isEstimated }) => isEstimated);
  return hasEstimate ? ['~ rests on an estimate until the bill arrives'] : [];
}
