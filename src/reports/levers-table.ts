import type { LeverRow, LeversReport, SavingRange } from '../app/results/levers.ts';
import { displayAmount } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';

const COLUMNS: readonly Column[] = [
  { name: 'lever', title: 'lever', kind: 'text' },
  { name: 'target', title: 'target', kind: 'text' },
  { name: 'owner', title: 'owner', kind: 'text', importance: 5 },
  { name: 'aloneSaving', title: 'alone', kind: 'money', importance: 6 },
  { name: 'range', title: 'range', kind: 'text', importance: 4 },
  { name: 'inPlanSaving', title: 'in plan', kind: 'money' },
  { name: 'risk', title: 'risk', kind: 'text', importance: 3 },
  { name: 'note', title: '', kind: 'text', importance: 1 },
  { name: 'targetCost', title: 'target cost', kind: 'money', isExportOnly: true },
  { name: 'cause', title: 'cause', kind: 'text', isExportOnly: true },
  { name: 'action', title: 'action', kind: 'text', isExportOnly: true },
];

/** What each lever would have saved, alone and in the plan. */
export function leversTable(report: LeversReport): TableModel {
  return {
    title: null,
    headline: report.sentence,
    columns: COLUMNS,
    rows: report.rows.map(toCells),
    rest: null,
    total: report.rows.length === 0 ? null : totalCells(report.planSaving),
    footnotes: [
      waited(report),
      `${report.currency} a month of ${report.period.hoursPerMonth} h, estimated from ${report.period.days.toFixed(0)} days replayed (${report.period.from.slice(0, 10)} to ${report.period.to.slice(0, 10)}); ranges: 10th to 90th percentile`,
      ...missing(report),
    ],
  };
}

function toCells(row: LeverRow): Row {
  return {
    lever: cell(row.lever),
    target: cell(row.target),
    owner: cell(row.owner),
    aloneSaving: cell(row.aloneSaving.expected),
    range: cell(rangeText(row.aloneSaving)),
    inPlanSaving: cell(row.inPlanSaving),
    risk: cell(row.risk),
    note: cell(row.note === null ? '' : `(${row.note})`),
    targetCost: cell(row.targetCost),
    cause: cell(row.evidence.cause ?? ''),
    action: cell(row.action),
  };
}

function totalCells(planSaving: SavingRange): Row {
  return {
    lever: cell('PLAN'),
    target: cell(''),
    owner: cell(''),
    range: cell(rangeText(planSaving)),
    inPlanSaving: cell(planSaving.expected),
    risk: cell(''),
    note: cell(''),
  };
}

function rangeText({ low, high }: SavingRange): string {
  const whole = (text: string) => displayAmount(parsePicos(text)!.picos, 0);
  return `${whole(low)} – ${whole(high)}`;
}

function waited({ whileOthersWaited, currency }: LeversReport): string {
  if (whileOthersWaited === null || whileOthersWaited.gpuHours === 0) return '';
  const { gpuHours, cost, runs, heldBackByQuota } = whileOthersWaited;
  const amount = displayAmount(parsePicos(cost)!.picos);
  const quota =
    heldBackByQuota.gpuHours > 0 ? `; of it a quota held back ${heldBackByQuota.gpuHours.toFixed(0)}` : '';
  return `Idle while others queued: ${gpuHours.toFixed(0)} GPU-hours, ${amount} ${currency}, in hours in which some of ${runs} runs waited${quota}`;
}

/** The same reason once, with everything that it is about. */
function missing({ missing: list }: LeversReport): string[] {
  const targets = new Map<string, string[]>();
  for (const { lever, target, reason } of list) {
    const key = `${lever === 'all' ? '' : `${lever}: `}${reason}`;
    targets.set(key, [...(targets.get(key) ?? []), ...(target === null ? [] : [target])]);
  }
  return [...targets].map(
    ([reason, of]) => `Not judged${of.length > 0 ? ` (${of.join(', ')})` : ''}: ${reason}`,
  );
}
