import type { ActionLog, ActionReport, ActionRow } from '../app/results/actions.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** Each idle target, what would be done about it, or was. */
export function actionsTable(report: ActionReport): TableModel {
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: report.rows.map((row) => ({
      target: cell(row.target),
      workloadId: cell(row.workloadId),
      owner: cell(row.owner),
      quietHours: cell(row.quietHours),
      idleCost: cell(row.idleCost),
      object: cell(row.object),
      change: { value: row.change ?? row.command, printed: row.change ?? row.command ?? '–' },
      state: { value: row.state, printed: STATES[row.state] },
      id: cell(row.id),
    })),
    rest: null,
    total: null,
    footnotes: footnotesOf(report),
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'target', title: 'Target', kind: 'text' },
  { name: 'workloadId', title: 'Workload', kind: 'text', isExportOnly: true },
  { name: 'owner', title: 'Owner', kind: 'text', importance: 2 },
  { name: 'quietHours', title: 'Quiet h', kind: 'count' },
  { name: 'idleCost', title: 'Idle cost', kind: 'money', importance: 4 },
  { name: 'object', title: 'Object', kind: 'text', importance: 3 },
  { name: 'change', title: 'Change', kind: 'text' },
  { name: 'state', title: 'State', kind: 'text' },
  { name: 'id', title: 'Id', kind: 'text', importance: 1 },
];

const STATES: Readonly<Record<ActionRow['state'], string>> = {
  ready: 'would be done',
  done: 'done',
  failed: 'failed',
  command: 'by hand',
  left: 'left alone',
};

function footnotesOf({ rows, isApplied, cluster, dataUntil }: ActionReport): string[] {
  if (rows.length === 0)
    return [
      dataUntil === null
        ? 'The ledger is empty.'
        : `Nothing has stood still for long enough up to ${dataUntil}.`,
    ];
  const notes = [
    ...new Set(rows.flatMap(({ target, notes: own }) => own.map((note) => `${target}: ${note}.`))),
  ];
  if (isApplied) return [...notes, 'tare act undo ID takes a change back.'];
  const ready = rows.filter(({ state }) => state === 'ready').length;
  return [
    ...notes,
    cluster === null
      ? 'A dry run by the ledger alone: --kubeconfig or --server asks the cluster, too.'
      : `A dry run: nothing was changed. ${cluster} would take ${ready} ${ready === 1 ? 'change' : 'changes'}; --apply makes those named by --only, or --all.`,
  ];
}

export function actionLogTable({ rows }: ActionLog): TableModel {
  return {
    title: null,
    headline: null,
    columns: LOG_COLUMNS,
    rows: rows.map((row) => ({
      id: cell(row.id),
      at: cell(row.at),
      by: cell(row.by),
      object: cell(row.object),
      change: cell(row.change),
      state: { value: row.state, printed: row.failure === null ? row.state : `${row.state}: ${row.failure}` },
      undo: { value: row.undo === null ? 'no' : 'yes' },
    })),
    rest: null,
    total: null,
    footnotes: rows.length === 0 ? ['Nothing was done yet.'] : [],
  };
}

const LOG_COLUMNS: readonly Column[] = [
  { name: 'id', title: 'Id', kind: 'text' },
  { name: 'at', title: 'When', kind: 'text' },
  { name: 'by', title: 'By', kind: 'text', importance: 2 },
  { name: 'object', title: 'Object', kind: 'text' },
  { name: 'change', title: 'Change', kind: 'text', importance: 3 },
  { name: 'state', title: 'State', kind: 'text' },
  { name: 'undo', title: 'Reversible', kind: 'text', importance: 1 },
];
