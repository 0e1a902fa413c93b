import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { CommitmentReport, HeldFigures } from '../../../src/app/results/commitments.ts';
import type { BillPlan, Renewal } from '../../../src/app/results/plan.ts';
import { fetchCommitments } from '../api/fetch-plan.ts';
import { toCsv } from '../format/csv.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { formatCount } from '../format/quantity.ts';
import { Bars } from '../frame/bars.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import type { ChartLook } from '../frame/look-switch.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { endText, HELD_STATES, kindText, viewCoverage } from './held-view.ts';
import type { PlanState } from './plan-state.ts';
import { percentText } from './plan-view.ts';

/** What is committed already: its use and coverage, when it ends, and what is worth committing to again then. */
export function Held({ plan, state }: Readonly<{ plan: BillPlan; state: PlanState }>) {
  const { from, to } = state;
  const query = useQuery({
    queryKey: ['commitments', from, to],
    queryFn: ({ signal }) => fetchCommitments(state, signal),
  });
  const report = query.data;
  const [look, setLook] = useState<ChartLook>('chart');
  return (
    <Panel
      id="held"
      title="Commitments held"
      note={report ? report.sentence : 'What is committed already, its use, and when it ends'}
      controls={
        report &&
        report.rows.length > 0 && (
          <>
            <LookSwitch what="Coverage" look={look} onLook={setLook} />
            <CsvButton
              what="Commitments"
              fileName={`tare-commitments-${report.from.slice(0, 10)}.csv`}
              csv={() => heldCsv(report)}
            />
          </>
        )
      }
    >
      {query.isPending && <p className="quiet">Matching…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && report.rows.length > 0 && <Rows report={report} look={look} />}
      <Renewals plan={plan} />
    </Panel>
  );
}

function Rows({ report, look }: Readonly<{ report: CommitmentReport; look: ChartLook }>) {
  const { rows, total, currency } = report;
  const coverage = useMemo(() => viewCoverage(report), [report]);
  return (
    <>
      <Scroller label="Table of commitments held">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Commitment</th>
              <th scope="col">Ends</th>
              <th scope="col">State</th>
              <th scope="col" className="number">
                Bought
              </th>
              <th scope="col" className="number">
                Used
              </th>
              <th scope="col" className="number">
                Unused
              </th>
              <th scope="col" className="number">
                Utilisation
              </th>
              <th scope="col" className="number">
                Unused a month
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <HeldRow key={row.id} row={row} currency={currency} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                All of them
              </th>
              <Money amount={total.boughtCost} currency={currency} />
              <Money amount={total.usedCost} currency={currency} />
              <Money amount={total.unusedCost} currency={currency} />
              <td className="number">{percentText(total.utilisationPercent)}</td>
              <td />
            </tr>
          </tfoot>
        </table>
      </Scroller>
      <h3>Coverage: of the GPU-hours that could be committed</h3>
      <Bars id="coverage" view={coverage} look={look} />
    </>
  );
}

function HeldRow({ row, currency }: Readonly<{ row: HeldFigures; currency: string }>) {
  return (
    <tr>
      <th scope="row" title={row.id}>
        {row.name}
        <span className="row-note">{[row.provider, kindText(row)].filter(Boolean).join(' · ')}</span>
      </th>
      <td className="plan-end">{endText(row)}</td>
      <td className="plan-end">{HELD_STATES[row.state]}</td>
      <Money amount={row.boughtCost} currency={currency} />
      <Money amount={row.usedCost} currency={currency} />
      <Money amount={row.unusedCost} currency={currency} />
      <td className="number">{percentText(row.utilisationPercent)}</td>
      <Money amount={row.unusedPerMonth} currency={currency} isEstimate />
    </tr>
  );
}

/** Step by step what becomes demand again. None of it is in the plan: today's bill still has the committed price. */
function Renewals({ plan }: Readonly<{ plan: BillPlan }>) {
  const { renewals, spendRenewals, currency } = plan;
  if (renewals.length === 0) return null;
  return (
    <>
      <h3>When they end: what is worth committing to again then</h3>
      <Scroller label="Table of commitments to renew">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">GPU</th>
              <th scope="col">Because</th>
              <th scope="col" className="number">
                GPUs freed
              </th>
              <th scope="col" className="number">
                GPUs to commit to
              </th>
              <th scope="col" className="number">
                A month on demand
              </th>
              <th scope="col" className="number">
                Renewed
              </th>
              <th scope="col" className="number">
                Saves
              </th>
            </tr>
          </thead>
          <tbody>
            {renewals.map((one) => (
              <tr key={`${one.at}/${one.provider}/${one.gpuModel}`}>
                <th scope="row" className="plan-end">
                  {one.at.slice(0, 10)}
                </th>
                <td>
                  {one.gpuModel}
                  <span className="row-note">{one.provider}</span>
                </td>
                <td>{becauseText(one)}</td>
                <td className="number">{one.freedGpus.toFixed(1)}</td>
                <td className="number">
                  {formatCount(one.units)}
                  {one.units > 0 && ` for ${one.term}`}
                </td>
                <Money amount={one.onDemandPerMonth} currency={currency} isEstimate />
                <Money amount={one.renewedPerMonth} currency={currency} isEstimate />
                <Money amount={one.savesPerMonth} currency={currency} isEstimate />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {spendRenewals.map(({ at, provider, perHour, savesPerMonth, ending }) => (
        <p key={`${at}/${provider}`} className="note">
          As one commitment to spend at {provider} after {ending.join(', ')}, for all that nothing covers
          then: {formatMoney(perHour, currency, 2)} an hour would save{' '}
          {formatMoney(savesPerMonth, currency, 2)} a month.
        </p>
      ))}
      <p className="note">
        Not counted in the plan: today's bill still has the committed price. From then on it is on demand or
        renewed.
      </p>
    </>
  );
}

function becauseText({ ending, beginning }: Renewal): string {
  return [
    ...(ending.length > 0 ? [`${ending.join(', ')} ends`] : []),
    ...(beginning.length > 0 ? [`${beginning.join(', ')} begins`] : []),
  ].join('; ');
}

type MoneyProps = Readonly<{ amount: string | null; currency: string; isEstimate?: boolean }>;

function Money({ amount, currency, isEstimate = false }: MoneyProps) {
  return (
    <td className="number">
      {amount === null ? (
        UNKNOWN
      ) : (
        <Figure
          text={formatMoney(amount, currency, 2)}
          exact={exactMoney(amount, currency)}
          isEstimate={isEstimate}
        />
      )}
    </td>
  );
}

function heldCsv({ rows, currency }: CommitmentReport): string {
  const names = [
    'id',
    'name',
    'provider',
    'kind',
    'end',
    'state',
    'boughtCost',
    'usedCost',
    'unusedCost',
    'utilisationPercent',
    'unusedPerMonth',
  ] as const;
  return toCsv(
    [...names, 'currency'],
    rows.map((row) => [...names.map((name) => row[name]?.toString() ?? ''), currency]),
  );
}
