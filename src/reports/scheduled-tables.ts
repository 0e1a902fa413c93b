import type { ReportSending, ScheduledReport, ScheduledReports } from '../app/results/scheduled-reports.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** What is sent by itself, in the order of the configuration. */
export function scheduledTable({ rows }: ScheduledReports): TableModel {
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: rows.map((row) => ({
      name: cell(row.name),
      kind: cell(row.kind),
      about: cell(row.team ?? row.by ?? 'everything'),
      at: cell(row.at),
      timeZone: cell(row.timeZone),
      next: { value: row.next, printed: minute(row.next) },
      last: { value: row.last, printed: row.last === null ? 'never' : minute(row.last) },
      to: cell(row.recipients.map(recipientText).join(', ')),
      formats: cell(row.formats.join(', ')),
    })),
    rest: null,
    total: null,
    footnotes:
      rows.length === 0
        ? ['Nothing is sent by itself: write it under reports: in tare.yaml.']
        : [
            'Times are UTC. Sent while tare up runs; tare reports send NAME --dry-run shows what would be sent.',
          ],
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'name', title: 'Report', kind: 'text' },
  { name: 'kind', title: 'Document', kind: 'text', importance: 1 },
  { name: 'about', title: 'About', kind: 'text', importance: 2 },
  { name: 'at', title: 'At', kind: 'text' },
  { name: 'timeZone', title: 'Time zone', kind: 'text', importance: 3 },
  { name: 'next', title: 'Next', kind: 'text' },
  { name: 'last', title: 'Last sent', kind: 'text', importance: 4 },
  { name: 'to', title: 'To', kind: 'text', importance: 5 },
  { name: 'formats', title: 'Formats', kind: 'text', isExportOnly: true },
];

const STATES = {
  planned: 'will be sent',
  waiting: 'waiting',
  sending: 'being sent',
  sent: 'sent',
  uncertain: 'perhaps',
  failed: 'failed',
  givenUp: 'given up',
} as const;

function recipientText({ name, last }: ScheduledReport['recipients'][number]): string {
  if (last === null || last.state === 'sent') return name;
  return `${name} (${STATES[last.state]}${last.reason === null ? '' : `: ${last.reason}`})`;
}

/** A report that was sent by hand, or would be: what it says, and whom it reached. */
export function sendingTables(sending: ReportSending): readonly [TableModel, ...TableModel[]] {
  const { title, sentence, figures, notes, link, files, recipients, isDryRun } = sending;
  const plain = { title: null, rest: null, total: null, footnotes: [] };
  return [
    {
      ...plain,
      title: isDryRun ? `${title} (nothing is sent)` : title,
      headline: sentence,
      columns: [
        { name: 'figure', title: 'Figure', kind: 'text' },
        { name: 'value', title: 'Value', kind: 'text' },
        { name: 'note', title: 'Note', kind: 'text', importance: 1 },
      ],
      rows: figures.map(({ label, value, note }) => ({
        figure: cell(label),
        value: cell(value),
        note: cell(note),
      })),
    },
    {
      ...plain,
      headline: null,
      columns: [
        { name: 'recipient', title: 'To', kind: 'text' },
        { name: 'kind', title: 'By', kind: 'text' },
        { name: 'state', title: 'State', kind: 'text' },
        { name: 'reason', title: 'Why', kind: 'text', importance: 1 },
      ],
      rows: recipients.map(({ name, kind, state, reason }) => ({
        recipient: cell(name),
        kind: cell(kind),
        state: cell(STATES[state]),
        reason: cell(reason),
      })),
      footnotes: [
        ...files.map(
          ({ name, bytes }) => `${name}, ${(bytes / 1000).toFixed(1)} kB, where files can go along.`,
        ),
        ...(link === null ? [] : [link]),
        ...notes,
      ],
    },
  ];
}

function minute(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
