import { useQuery } from '@tanstack/react-query';
import type { AnomalyReport, AnomalyRow } from '../../../src/app/results/anomalies.ts';
import { fetchAnomalies } from '../api/fetch-guardrails.ts';
import { formatMinute, formatWindow } from '../format/dates.ts';
import { parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { countOf, formatChangePercent, formatPercent } from '../format/quantity.ts';
import { Command } from '../frame/command.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { GuardrailsState } from './guardrails-state.ts';
import { CAUSE_NAMES, MEASURE_NAMES } from './guardrails-view.ts';

type AnomaliesProps = Readonly<{ state: GuardrailsState; change: ChangeState<GuardrailsState> }>;

/** What cost too much, by whom and why. */
export function Anomalies({ state, change }: AnomaliesProps) {
  const query = useQuery({
    queryKey: ['anomalies', state.from, state.to],
    queryFn: ({ signal }) => fetchAnomalies(state, signal),
    staleTime: 300_000,
  });
  const report = query.data ?? null;
  return (
    <Panel
      id="anomalies"
      title="Anomalies"
      note={report ? noteOf(report) : 'looking at each owner, hour by hour'}
    >
      {query.isPending && <p className="quiet">Looking for anomalies…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && <AnomalyTable report={report} state={state} change={change} />}
    </Panel>
  );
}

function noteOf({ from, to, series, precision }: AnomalyReport): string {
  const judged =
    precision.precision === null
      ? ''
      : `; of ${countOf(precision.judged, 'judgement')} ${formatPercent(precision.precision)} were no false alarm`;
  const short = series.tooShort.length > 0 ? `, ${series.tooShort.length} more know too little yet` : '';
  return `${formatWindow(from, to)}: ${countOf(series.judged, 'series', 'series')} looked at${short}${judged}`;
}

type AnomalyTableProps = AnomaliesProps & Readonly<{ report: AnomalyReport }>;

function AnomalyTable({ report, state, change }: AnomalyTableProps) {
  if (report.rows.length === 0) return <p>Nothing unusual was found in this window.</p>;
  return (
    <Scroller label="Table of anomalies">
      <table className="grid anomalies">
        <thead>
          <tr>
            <th scope="col">Who and what</th>
            <th scope="col">Began, UTC</th>
            <th scope="col" className="number">
              Excess
            </th>
            <th scope="col" className="number">
              Expected
            </th>
            <th scope="col">Because of</th>
            <th scope="col">Said of it</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <AnomalyLine key={row.id} row={row} currency={report.currency} state={state} change={change} />
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

type AnomalyLineProps = AnomaliesProps & Readonly<{ row: AnomalyRow; currency: string }>;

function AnomalyLine({ row, currency, state, change }: AnomalyLineProps) {
  const isOpen = state.open === row.id;
  return (
    <>
      <tr>
        <th scope="row">
          <button
            type="button"
            className="sort plan-open"
            aria-expanded={isOpen}
            onClick={() => change({ open: isOpen ? null : row.id })}
          >
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {row.owner}: {MEASURE_NAMES[row.measure]}
          </button>
          <span className="row-note">
            {row.dimension}
            {row.isOngoing && ', goes on'}
            {row.isNewLevel && ', the new level'}
          </span>
        </th>
        <td>{formatMinute(row.from)}</td>
        <td className="number">
          <Figure
            text={formatMoney(row.excess, currency, 2)}
            exact={exactMoney(row.excess, currency)}
            isEstimate
          />
          <span className="cell-note">
            {row.excessFraction === null ? 'of nothing' : formatChangePercent(row.excessFraction)}
          </span>
        </td>
        <td className="number">
          <Figure
            text={formatMoney(row.expected, currency, 2)}
            exact={exactMoney(row.expected, currency)}
            isEstimate
          />
        </td>
        <td>{CAUSE_NAMES[row.cause]}</td>
        <td>{row.verdict === null ? UNKNOWN : row.verdict === 'falseAlarm' ? 'false alarm' : row.verdict}</td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <Why row={row} currency={currency} />
          </td>
        </tr>
      )}
    </>
  );
}

/** The causes add up to the excess; who knows better says so on the command line. */
function Why({ row, currency }: Readonly<{ row: AnomalyRow; currency: string }>) {
  const causes = Object.entries(row.causes).filter(([, amount]) => parseDecimal(amount) !== 0n);
  return (
    <div className="plan-why">
      <div>
        <p>{row.message}</p>
        <ul className="plain-list">
          {causes.map(([cause, amount]) => (
            <li key={cause}>
              {CAUSE_NAMES[cause as AnomalyRow['cause']]}{' '}
              <Figure text={formatMoney(amount, currency, 2)} exact={exactMoney(amount, currency)} />
            </li>
          ))}
          {row.resources.map(({ resource, excess }) => (
            <li key={resource}>
              {resource}{' '}
              <Figure text={formatMoney(excess, currency, 2)} exact={exactMoney(excess, currency)} />
            </li>
          ))}
        </ul>
      </div>
      <div>
        <Command text={`tare anomalies judge '${row.id}' --as expected`} />
      </div>
    </div>
  );
}
