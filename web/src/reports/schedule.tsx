import { useQuery } from '@tanstack/react-query';
import type { ReportRecipient, ScheduledReport } from '../../../src/app/results/scheduled-reports.ts';
import { fetchSchedule } from '../api/fetch-documents.ts';
import { formatMinute } from '../format/dates.ts';
import { Command } from '../frame/command.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';

/** What is sent by itself, when it is due next, and what became of the last one. */
export function Schedule() {
  const query = useQuery({ queryKey: ['schedule'], queryFn: ({ signal }) => fetchSchedule(signal) });
  const rows = query.data?.rows ?? null;
  return (
    <Panel id="schedule" title="Sent by itself" note="As `reports` of tare.yaml has it, while tare up runs.">
      {query.isPending && <p className="quiet">Loading the schedule…</p>}
      {query.isError && <PanelFailure query={query} />}
      {rows?.length === 0 && <Nothing />}
      {rows && rows.length > 0 && <ScheduleTable rows={rows} />}
    </Panel>
  );
}

const EXAMPLE = `reports:
  - { kind: board, at: "0 8 1 * *", timeZone: Europe/Berlin, formats: [pdf], to: [email] }`;

function Nothing() {
  return (
    <>
      <p>
        Nothing is. Name who is told under <code>notify</code> in <code>tare.yaml</code>, and what is sent to
        them under <code>reports</code>, such as the board page as a PDF at eight on the first of each month:
      </p>
      <Command text={EXAMPLE} />
    </>
  );
}

function ScheduleTable({ rows }: Readonly<{ rows: readonly ScheduledReport[] }>) {
  return (
    <Scroller label="Table of scheduled reports">
      <table className="grid">
        <thead>
          <tr>
            {['Report', 'When', 'Due next, UTC', 'As', 'To'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                {row.name}
                <span className="row-note">{aboutOf(row)}</span>
              </th>
              <td>
                <code>{row.at}</code> {row.timeZone}
              </td>
              <td>{formatMinute(row.next)}</td>
              <td>{row.formats.join(', ')}</td>
              <td>{row.recipients.map(recipientText).join('; ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function aboutOf({ kind, team, by }: ScheduledReport): string {
  if (team !== null) return `${kind} of ${team}`;
  return by === null ? kind : `${kind} by ${by}`;
}

function recipientText({ name, kind, last }: ReportRecipient): string {
  if (last === null) return `${name} by ${kind}, none yet`;
  const why = last.reason ? ` (${last.reason})` : '';
  return `${name} by ${kind}, last ${last.state} ${formatMinute(last.at)}${why}`;
}
