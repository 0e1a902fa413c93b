import type { HealthReport, RejectGroup } from '../../../src/app/results/health.ts';
import { toCsv } from '../format/csv.ts';
import { UNKNOWN } from '../format/money.ts';
import { countOf, formatCount } from '../format/quantity.ts';
import { Command } from '../frame/command.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';

/** Rows that could not be used: where, why, how many, and how to bring them in once they are corrected. */
export function Rejects({ report }: Readonly<{ report: HealthReport }>) {
  const { rejects, rejectsNotListed, warnings } = report;
  return (
    <Panel
      id="rejects"
      title="Rejected rows"
      note="everything else of these files went in"
      controls={
        rejects.length > 0 && (
          <CsvButton what="Rejected rows" fileName="tare-rejects.csv" csv={() => rejectsCsv(rejects)} />
        )
      }
    >
      {rejects.length === 0 ? <p>No row was rejected.</p> : <RejectTable rejects={rejects} />}
      {rejectsNotListed > 0 && <p className="note">{countOf(rejectsNotListed, 'more row')} not listed.</p>}
      {warnings.length > 0 && (
        <div className="health-list">
          <h3>Warnings</h3>
          <ul className="trouble">
            {warnings.map(({ code, message, count }) => (
              <li key={`${code}/${message}`}>
                {message}{' '}
                <span className="fact-note">
                  {code}, {countOf(count, 'time')}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}

function RejectTable({ rejects }: Readonly<{ rejects: readonly RejectGroup[] }>) {
  return (
    <Scroller label="Table of rejected rows">
      <table className="grid rejects">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="number">
              First line
            </th>
            <th scope="col">Column</th>
            <th scope="col">What is wrong</th>
            <th scope="col" className="number">
              Rows
            </th>
            <th scope="col">After correcting it</th>
          </tr>
        </thead>
        <tbody>
          {rejects.map(({ file, line, column, code, message, count, command }) => (
            <tr key={`${file}/${column}/${code}/${message}`}>
              <th scope="row">{file}</th>
              <td className="number">{line ?? UNKNOWN}</td>
              <td>{column ?? UNKNOWN}</td>
              <td>{message}</td>
              <td className="number">{formatCount(count)}</td>
              <td className="remedy">
                <Command text={command} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function rejectsCsv(rejects: readonly RejectGroup[]): string {
  const columns = ['kind', 'file', 'line', 'column', 'code', 'message', 'count'] as const;
  return toCsv(
    columns,
    rejects.map((reject) => columns.map((column) => reject[column])),
  );
}
