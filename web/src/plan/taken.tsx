import { useQuery } from '@tanstack/react-query';
import type { TakenReport, TakenRow } from '../../../src/app/results/verification.ts';
import { fetchTaken } from '../api/fetch-plan.ts';
import { formatMinute } from '../format/dates.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { Command } from '../frame/command.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';

const STATES: Readonly<Record<TakenRow['state'], string>> = {
  exceeded: '▲ more than promised',
  kept: '● as promised',
  short: '▼ less than promised',
  not_shown: '– no saving shown',
  lost: '✕ costs more',
  too_early: '… too early',
  no_promise: '– nothing was promised',
};

/** Changes that were made: promised, realised, drift. */
export function Taken() {
  const query = useQuery({ queryKey: ['taken'], queryFn: ({ signal }) => fetchTaken(signal) });
  return (
    <Panel
      id="taken"
      title="Promised and realised"
      note="each change before against after, for the same load"
    >
      {query.isPending && <p className="quiet">Comparing…</p>}
      {query.isError && <PanelFailure query={query} />}
      {query.data && <Rows report={query.data} />}
    </Panel>
  );
}

function Rows({ report }: Readonly<{ report: TakenReport }>) {
  const { rows, total, currency } = report;
  if (rows.length === 0) {
    return (
      <>
        <p>No change was recorded yet. Record one when it is made, and Tare compares from then on:</p>
        <Command text="tare levers take spot/TARGET" />
      </>
    );
  }
  return (
    <Scroller label="Table of changes made">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col">Made, UTC</th>
            <th scope="col" className="number">
              Promised
            </th>
            <th scope="col" className="number">
              Realised
            </th>
            <th scope="col" className="number">
              Drift
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.change}/${row.at}`}>
              <th scope="row">
                {row.change}
                <span className="row-note">{row.sentence}</span>
              </th>
              <td>{formatMinute(row.at)}</td>
              <td className="number">
                <Amount amount={row.promised} currency={currency} />
              </td>
              <td className="number">
                <Amount amount={row.realised?.expected ?? null} currency={currency} />
              </td>
              <td className="number">
                <Amount amount={row.drift} currency={currency} />
              </td>
              <td>{STATES[row.state]}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total of those with both
            </th>
            <td className="number">
              <Amount amount={total.promised} currency={currency} />
            </td>
            <td className="number">
              <Amount amount={total.realised} currency={currency} />
            </td>
            <td className="number">
              <Amount amount={total.drift} currency={currency} />
            </td>
            <td />
          </tr>
        </tfoot>
      </table>
    </Scroller>
  );
}

function Amount({ amount, currency }: Readonly<{ amount: string | null; currency: string }>) {
  if (amount === null) return UNKNOWN;
  return <Figure text={formatMoney(amount, currency, 2)} exact={exactMoney(amount, currency)} isEstimate />;
}
