import type { PolicyPreview, PolicyPreviewRow } from '../app/results/policies.ts';
import { printAmount } from './print-amount.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** Each policy with what it would have stopped, then the launches. */
export function policyPreviewTables(preview: PolicyPreview): readonly [TableModel, TableModel] {
  return [policiesTable(preview), launchesTable(preview)];
}

function policiesTable(preview: PolicyPreview): TableModel {
  return {
    title: null,
    headline: headlineOf(preview),
    columns: POLICY_COLUMNS,
    rows: preview.rows.map((row) => ({
      policy: cell(row.policy),
      rule: cell(row.rule),
      severity: cell(row.severity),
      judged: cell(row.judged),
      stopped: cell(row.stopped),
      warned: cell(row.warned),
      notJudged: cell(row.notJudged),
      gpuHours: cell(row.gpuHours),
      cost: cell(row.cost, markOf(row)),
      idleCost: cell(row.idleCost, markOf(row)),
    })),
    rest: null,
    total: null,
    footnotes: footnotesOf(preview),
  };
}

const POLICY_COLUMNS: readonly Column[] = [
  { name: 'policy', title: 'Policy', kind: 'text' },
  { name: 'rule', title: 'Rule', kind: 'text', importance: 1 },
  { name: 'severity', title: 'Severity', kind: 'text', importance: 2 },
  { name: 'judged', title: 'Judged', kind: 'count' },
  { name: 'stopped', title: 'Stopped', kind: 'count' },
  { name: 'warned', title: 'Warned', kind: 'count', importance: 3 },
  { name: 'notJudged', title: 'Not judged', kind: 'count' },
  { name: 'gpuHours', title: 'GPU h', kind: 'hours', importance: 4 },
  { name: 'cost', title: 'Cost', kind: 'money' },
  { name: 'idleCost', title: 'Idle', kind: 'money', partOf: 'cost' },
];

function headlineOf({ launches, stopped, currency, dataUntil, from, to }: PolicyPreview): string {
  if (dataUntil === null) return 'The ledger is empty: no launch is known to judge.';
  const cost = `${currency} ${printAmount(stopped.cost)}`;
  return `Of ${launches} launches that held GPUs from ${from} to ${to}, ${stopped.launches} would have been stopped, and ${cost} not been spent, ${currency} ${printAmount(stopped.idleCost)} of it on idle GPUs.`;
}

function footnotesOf({ rows, stopped }: PolicyPreview): string[] {
  const reasons = rows.flatMap((row) =>
    row.reasons.map(({ why, launches }) => `${row.policy} cannot be judged on ${launches}: ${why}.`),
  );
  const unpriced =
    stopped.unpricedGpuHours > 0 ? [`? ${stopped.unpricedGpuHours} GPU-hours of it have no price.`] : [];
  const none =
    rows.length === 0
      ? ['There are no policies: write some under policies: in tare.yaml, or name a file with --file.']
      : [];
  return [...none, ...unpriced, ...reasons];
}

function launchesTable({ rows }: PolicyPreview): TableModel {
  return {
    title: 'Launches that would have been stopped or warned of',
    headline: null,
    columns: LAUNCH_COLUMNS,
    rows: rows.flatMap((row) =>
      row.rows.map((launch) => ({
        policy: cell(row.policy),
        launch: cell(launch.name),
        id: cell(launch.id),
        team: { value: launch.team, printed: launch.team ?? '(untagged)' },
        size: cell(launch.size),
        from: cell(launch.from),
        cost: cell(launch.cost),
        idleCost: cell(launch.idleCost),
        why: cell(launch.message),
      })),
    ),
    rest: null,
    total: null,
    footnotes: rows
      .filter(({ more }) => more > 0)
      .map(({ policy, more }) => `${policy}: and ${more} more; --top shows them.`),
  };
}

const LAUNCH_COLUMNS: readonly Column[] = [
  { name: 'policy', title: 'Policy', kind: 'text' },
  { name: 'launch', title: 'Launch', kind: 'text' },
  { name: 'id', title: 'Id', kind: 'text', isExportOnly: true },
  { name: 'team', title: 'Team', kind: 'text', importance: 3 },
  { name: 'size', title: 'Size', kind: 'text', importance: 2 },
  { name: 'from', title: 'Since', kind: 'text', importance: 1 },
  { name: 'cost', title: 'Cost', kind: 'money' },
  { name: 'idleCost', title: 'Idle', kind: 'money', partOf: 'cost', importance: 4 },
  { name: 'why', title: 'Why', kind: 'text', importance: 5 },
];

function markOf({ unpricedGpuHours }: PolicyPreviewRow): '?' | undefined {
  return unpricedGpuHours > 0 ? '?' : undefined;
}
