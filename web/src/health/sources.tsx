import type { HealthReport, SourceHealth } from '../../../src/app/results/health.ts';
import { toCsv } from '../format/csv.ts';
import { formatMinute } from '../format/dates.ts';
import { UNKNOWN } from '../format/money.ts';
import { formatAge, formatCount } from '../format/quantity.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';

const STATES: Readonly<Record<SourceHealth['state'], string>> = {
  current: '● current',
  late: '▲ late',
  unknown: `${UNKNOWN} too few to say`,
};

/** What facts come from, how far they reach, and whether the next of them should be here by now. */
export function Sources({ report }: Readonly<{ report: HealthReport }>) {
  return (
    <Panel
      id="sources"
      title="Sources"
      note="UTC; late: silent for more than twice the time that lies between one dataset and the next"
      controls={
        <CsvButton what="Sources" fileName="tare-sources.csv" csv={() => sourcesCsv(report.sources)} />
      }
    >
      <Scroller label="Table of sources">
        <table className="grid sources">
          <thead>
            <tr>
              <th scope="col">Source</th>
              {['Datasets', 'Rows', 'Rejected', 'Facts'].map((title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
              <th scope="col">Last fact</th>
              <th scope="col" className="number">
                Lag
              </th>
              <th scope="col" className="number">
                Comes every
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {report.sources.map((source) => (
              <tr key={source.kind}>
                <th scope="row">{source.kind}</th>
                <td className="number">{formatCount(source.datasets)}</td>
                <td className="number">{formatCount(source.rowsRead)}</td>
                <td className="number">
                  {source.rowsRejected === 0 ? (
                    '0'
                  ) : (
                    <strong className="watch">{formatCount(source.rowsRejected)}</strong>
                  )}
                </td>
                <td className="number">{formatCount(source.facts)}</td>
                <td>{formatMinute(source.newest)}</td>
                <td className="number">{formatAge(source.lagSeconds)}</td>
                <td className="number">{formatAge(source.intervalSeconds)}</td>
                <td className={`state state-${source.state}`}>{STATES[source.state]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}

function sourcesCsv(sources: readonly SourceHealth[]): string {
  const columns = [
    'kind',
    'datasets',
    'rowsRead',
    'rowsRejected',
    'facts',
    'newest',
    'lagSeconds',
    'intervalSeconds',
    'state',
  ] as const;
  return toCsv(
    columns,
    sources.map((source) => columns.map((column) => source[column])),
  );
}
