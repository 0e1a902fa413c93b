import type { AlertReport, AlertRow } from '../app/results/alerts.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** What goes on first, then what is over. */
export function alertsTable(report: AlertReport): TableModel {
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: report.rows.map((row) => ({
      severity: cell(row.severity),
      since: { value: row.startedAt, printed: row.startedAt.slice(0, 16).replace('T', ' ') },
      title: cell(row.title),
      state: { value: row.endedAt, printed: row.endedAt === null ? 'goes on' : 'over' },
      told: cell(toldOf(row)),
      text: cell(row.text),
      id: cell(row.id),
    })),
    rest: null,
    total: null,
    footnotes: footnotesOf(report),
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'severity', title: 'Severity', kind: 'text' },
  { name: 'since', title: 'Since', kind: 'text', importance: 2 },
  { name: 'title', title: 'Alert', kind: 'text' },
  { name: 'state', title: 'State', kind: 'text', importance: 1 },
  { name: 'told', title: 'Told', kind: 'text', importance: 3 },
  { name: 'text', title: 'Text', kind: 'text', isExportOnly: true },
  { name: 'id', title: 'Id', kind: 'text', isExportOnly: true },
];

const STATES = {
  planned: 'will be told',
  waiting: 'waiting',
  sending: 'being sent',
  sent: 'told',
  uncertain: 'perhaps',
  givenUp: 'given up',
} as const;

function toldOf({ told }: AlertRow): string {
  if (told.length === 0) return 'nobody';
  const last = new Map(told.map(({ recipient, state }) => [recipient, STATES[state]]));
  return [...last]
    .map(([recipient, state]) => (state === 'told' ? recipient : `${recipient} (${state})`))
    .join(', ');
}

function footnotesOf({ rows, recipients }: AlertReport): string[] {
  const failures = recipients.filter(({ waiting, lastFailure }) => waiting > 0 && lastFailure !== null);
  return [
    ...(rows.length === 0 ? ['Nothing is wrong, and nothing was within a week.'] : []),
    ...(recipients.length === 0
      ? ['Nobody is told of alerts: name someone under notify: in tare.yaml.']
      : [`Told while tare up runs: ${recipients.map(({ name }) => name).join(', ')}.`]),
    ...failures.map(({ name, waiting, lastFailure }) => `${waiting} wait for ${name}: ${lastFailure}.`),
  ];
}
