import { useMemo } from 'react';
import type { HealthReport } from '../../../src/app/results/health.ts';
import { fetchHealthCsv } from '../api/fetch-health.ts';
import { formatWeekday, formatWindow } from '../format/dates.ts';
import { parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatChange, formatDifference, UNKNOWN } from '../format/money.ts';
import { formatChangePercent, formatPercent } from '../format/quantity.ts';
import { Bars } from '../frame/bars.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import type { ChartLook } from '../frame/look-switch.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { HealthState } from './health-state.ts';
import { exactShare, viewBillBars } from './health-views.ts';
import { Money } from './money.tsx';

type BillDaysProps = Readonly<{
  report: HealthReport;
  state: HealthState;
  change: ChangeState<HealthState>;
  look: ChartLook;
  onLook: (look: ChartLook) => void;
}>;

/** The bill against the ledger by day, and what the bill made of earlier estimates. A day leads to its services. */
export function BillDays({ report, state, change, look, onLook }: BillDaysProps) {
  const view = useMemo(() => viewBillBars(report), [report]);
  const window = `${report.from.slice(0, 10)}-${report.to.slice(0, 10)}`;
  return (
    <Panel
      id="reconciliation"
      title="The bill against the ledger"
      note={`${report.currency} per day; not billed yet (~) rests on estimates until its bill arrives`}
      controls={
        <>
          <DayChoice report={report} state={state} change={change} />
          <LookSwitch what="Days" look={look} onLook={onLook} />
          <CsvButton
            what="The bill by day"
            fileName={`tare-bill-${window}.csv`}
            csv={() => fetchHealthCsv(state)}
          />
        </>
      }
    >
      {look === 'table' ? (
        <>
          <DayTable report={report} state={state} change={change} />
          <p className="note">{view.summary}</p>
        </>
      ) : (
        <Bars id="reconciliation" view={view} look="chart" />
      )}
      <TrueUp report={report} />
    </Panel>
  );
}

type DayPartProps = Pick<BillDaysProps, 'report' | 'state' | 'change'>;

function DayChoice({ report, state, change }: DayPartProps) {
  const days = report.byDay.map(({ day }) => day);
  const shown = state.day && !days.includes(state.day) ? [state.day, ...days] : days;
  return (
    <label className="day-choice">
      <span className="quiet">Services of</span>
      <select
        value={state.day ?? ''}
        onChange={(event) => change({ day: event.currentTarget.value || null, service: null })}
      >
        <option value="">no day</option>
        {shown.map((day) => (
          <option key={day} value={day}>
            {formatWeekday(day)}
          </option>
        ))}
      </select>
    </label>
  );
}

function DayTable({ report, state, change }: DayPartProps) {
  const { byDay, reconciliation, coverage, currency, from, to } = report;
  const money = (amount: string) => <Money amount={amount} currency={currency} />;
  return (
    <Scroller label="The bill by day" className="scroller days-table">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {['Bill', 'Ledger', 'Difference', 'Not billed yet (~)', 'Observed'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byDay.map((day) => (
            <tr key={day.day} data-chosen={day.day === state.day || undefined} data-day={day.day}>
              <th scope="row">
                <button
                  type="button"
                  className="sort"
                  aria-pressed={day.day === state.day}
                  onClick={() => change({ day: day.day === state.day ? null : day.day, service: null })}
                >
                  {formatWeekday(day.day)}
                </button>
              </th>
              <td className="number">{money(day.bill)}</td>
              <td className="number">{money(day.ledger)}</td>
              <td className="number">
                <Difference amount={day.difference} currency={currency} />
              </td>
              <td className="number">{money(day.estimated)}</td>
              <td className="number" title={exactShare(day.observed)}>
                {day.observed === null ? UNKNOWN : formatPercent(day.observed, 1)}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{formatWindow(from, to)}</th>
            <td className="number">{money(reconciliation.bill)}</td>
            <td className="number">{money(reconciliation.ledger)}</td>
            <td className="number">
              <Difference amount={reconciliation.difference} currency={currency} />
            </td>
            <td className="number">{money(reconciliation.estimated)}</td>
            <td className="number" title={exactShare(coverage.observed)}>
              {formatPercent(coverage.observed, 1)}
            </td>
          </tr>
        </tfoot>
      </table>
    </Scroller>
  );
}

/** A difference that should be nothing, and says so when it is. */
export function Difference({ amount, currency }: Readonly<{ amount: string; currency: string }>) {
  const picos = parseDecimal(amount);
  const isOff = picos !== 0n;
  return (
    <strong className={isOff ? 'bad' : 'good'} title={exactMoney(amount, currency)}>
      {formatDifference(picos, currency)} <span aria-hidden="true">{isOff ? '✕' : '✓'}</span>
    </strong>
  );
}

function TrueUp({ report }: Readonly<{ report: HealthReport }>) {
  const { currency, reconciliation } = report;
  const { estimatedBefore, billedOfEstimated, trueUp, trueUpFraction } = reconciliation;
  const change = parseDecimal(trueUp) ?? 0n;
  return (
    <p className="true-up">
      <strong>Estimates that the bill replaced:</strong> estimated{' '}
      <Money amount={estimatedBefore} currency={currency} />, billed{' '}
      <Money amount={billedOfEstimated} currency={currency} />:{' '}
      <span className="figure" title={exactMoney(trueUp, currency)}>
        {formatChange(change, currency, 2)}
      </span>
      {trueUpFraction !== null && ` (${formatChangePercent(trueUpFraction)})`}.
    </p>
  );
}
