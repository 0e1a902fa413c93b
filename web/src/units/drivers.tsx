import type { UnitsReport } from '../../../src/app/results/units.ts';
import { toCsv } from '../format/csv.ts';
import { formatWindow } from '../format/dates.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { DriverRow } from './drivers-view.ts';
import { viewDrivers } from './drivers-view.ts';

/** Why a thousand requests cost more or less than in the time before. */
export function Drivers({ report }: Readonly<{ report: UnitsReport }>) {
  const rows = viewDrivers(report);
  const { previous, change, currency } = report;
  return (
    <Panel
      id="drivers"
      title="What moved it"
      note={
        previous
          ? `Cost of 1,000 requests, ${currency}, against ${formatWindow(previous.from, previous.to)}. The drivers add up to the change.`
          : `Cost of 1,000 requests, ${currency}`
      }
      controls={
        change && <CsvButton what="Drivers" fileName="tare-drivers.csv" csv={() => driversCsv(report)} />
      }
    >
      {rows === null ? (
        <p className="quiet">
          Nothing can be compared: in one of the two periods no request has a known cost. A window whose time
          before has traffic shows price, traffic, batch, cache, length and mix here.
        </p>
      ) : (
        <>
          <p className="drivers-lead">{report.comparison}</p>
          <DriversTable rows={rows} />
        </>
      )}
    </Panel>
  );
}

function DriversTable({ rows }: Readonly<{ rows: readonly DriverRow[] }>) {
  return (
    <Scroller label="Drivers">
      <table className="grid drivers">
        <thead>
          <tr>
            <th scope="col">Driver</th>
            <th scope="col" className="number">
              Per 1,000
            </th>
            <th scope="col" className="drivers-picture">
              <span className="visually-hidden">Picture</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} data-kind={row.kind}>
              <th scope="row">
                <span className="driver-name">
                  {row.kind === 'driver' && <DriverSwatch driver={row.name} />}
                  {row.name}
                </span>
                <span className="row-note">{row.meaning}</span>
              </th>
              <td className="number">
                <Figure text={row.amount} exact={row.exact} />
              </td>
              <td className="drivers-picture">
                <span className="driver-track" aria-hidden="true">
                  {row.bar && (
                    <span
                      className="driver-bar"
                      data-driver={row.kind === 'driver' ? row.name : 'end'}
                      style={{
                        marginInlineStart: `${row.bar.start.toFixed(2)}%`,
                        width: `${row.bar.length.toFixed(2)}%`,
                      }}
                    />
                  )}
                </span>
                {row.seen && <span className="cell-note">{row.seen}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

export function DriverSwatch({ driver }: Readonly<{ driver: string }>) {
  return <span className="swatch driver-bar" data-driver={driver} aria-hidden="true" />;
}

function driversCsv({ change, currency }: UnitsReport): string {
  return toCsv(
    ['driver', 'per1kRequests', 'currency', 'measure', 'before', 'now', 'meaning'],
    (change?.drivers ?? []).map(({ driver, amount, meaning, evidence }) => [
      driver,
      amount,
      currency,
      evidence?.measure ?? null,
      evidence?.before ?? null,
      evidence?.now ?? null,
      meaning,
    ]),
  );
}
