import { useQuery } from '@tanstack/react-query';
import type { AlertReport } from '../../../src/app/results/alerts.ts';
import { fetchAlerts } from '../api/fetch-guardrails.ts';
import { formatMinute } from '../format/dates.ts';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';

const SEVERITY_SIGNS = { critical: '✕', warning: '▲', info: '●' } as const;
const SEVERITY_TONES = { critical: 'missing', warning: 'late', info: 'current' } as const;

/** What is wrong now and was within a week, and who was told. */
export function Alerts() {
  const query = useQuery({ queryKey: ['alerts'], queryFn: ({ signal }) => fetchAlerts(signal) });
  const report = query.data ?? null;
  return (
    <Panel
      id="alerts"
      title="Alerts"
      note={report ? recipientsText(report) : 'what goes on, and who was told'}
    >
      {query.isPending && <p className="quiet">Loading alerts…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && (report.rows.length === 0 ? <p>Nothing is wrong.</p> : <AlertTable report={report} />)}
    </Panel>
  );
}

function recipientsText({ recipients }: AlertReport): string {
  if (recipients.length === 0) return 'nobody is told: tare.yaml names no one under notify';
  return recipients
    .map(({ name, kind, waiting, lastFailure }) => {
      const late = waiting > 0 ? `, ${waiting} waiting${lastFailure ? ` (${lastFailure})` : ''}` : '';
      return `${name} by ${kind}${late}`;
    })
    .join('; ');
}

function AlertTable({ report }: Readonly<{ report: AlertReport }>) {
  return (
    <Scroller label="Table of alerts">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Alert</th>
            <th scope="col">Severity</th>
            <th scope="col">Began, UTC</th>
            <th scope="col">Ended, UTC</th>
            <th scope="col">Told</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={`${row.id}/${row.startedAt}`}>
              <th scope="row">
                {row.title}
                <span className="row-note">{row.text}</span>
              </th>
              <td>
                <span className={`state state-${SEVERITY_TONES[row.severity]}`}>
                  <span aria-hidden="true">{SEVERITY_SIGNS[row.severity]}</span> {row.severity}
                </span>
              </td>
              <td>{formatMinute(row.startedAt)}</td>
              <td>{row.endedAt === null ? 'goes on' : formatMinute(row.endedAt)}</td>
              <td>
                {row.told.length === 0
                  ? 'nobody'
                  : row.told.map(({ recipient, state }) => `${recipient}: ${state}`).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
