import { NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ForecastReport, ForecastRow } from '../../../src/app/results/forecast.ts';
import { fetchForecast } from '../api/fetch-guardrails.ts';
import { formatWindow } from '../format/dates.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { formatChangePercent, formatCount, formatPercent } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { GuardrailsState } from './guardrails-state.ts';
import { FORECAST_DIMENSIONS } from './guardrails-state.ts';

type ForecastProps = Readonly<{ state: GuardrailsState; change: ChangeState<GuardrailsState> }>;

/** What each owner will have spent at the end of the month, and how well such forecasts did before. */
export function Forecast({ state, change }: ForecastProps) {
  const query = useQuery({
    queryKey: ['forecast', state.by],
    queryFn: ({ signal }) => fetchForecast(state.by, signal),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
  const report = query.data ?? null;
  return (
    <Panel
      id="forecast"
      title="Forecast of this month"
      note={report ? noteOf(report) : 'from the ledger alone'}
      controls={
        <NativeSelect
          size="xs"
          aria-label="Forecast by"
          value={state.by}
          onChange={(event) =>
            change({ by: FORECAST_DIMENSIONS.find((one) => one === event.currentTarget.value) ?? 'team' })
          }
          data={FORECAST_DIMENSIONS.map((name) => ({ value: name, label: `by ${name}` }))}
        />
      }
    >
      {query.isPending && <p className="quiet">Working out the forecast…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && <ForecastTable report={report} />}
    </Panel>
  );
}

function noteOf({ from, to, past, currency }: ForecastReport): string {
  const window = `${currency}, ${formatWindow(from, to)}; ranges hold four of five outcomes`;
  if (past.within === null) return window;
  return `${window}. ${formatCount(past.forecasts)} earlier forecasts: ${formatPercent(past.within)} of the outcomes lay within, half were out by less than ${formatPercent(past.medianError, 1)}`;
}

function ForecastTable({ report }: Readonly<{ report: ForecastReport }>) {
  const { rows, total, currency } = report;
  return (
    <Scroller label="Table of forecasts">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Owner</th>
            <th scope="col" className="number">
              Spent so far
            </th>
            <th scope="col" className="number">
              At the end
            </th>
            <th scope="col" className="number">
              Next month
            </th>
            <th scope="col" className="number">
              Trend, 30 days
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ForecastLine key={row.owner} row={row} title={row.owner ?? 'everything'} currency={currency} />
          ))}
        </tbody>
        {total && (
          <tfoot>
            <ForecastLine row={total} title="Total" currency={currency} />
          </tfoot>
        )}
      </table>
    </Scroller>
  );
}

type ForecastLineProps = Readonly<{ row: ForecastRow; title: string; currency: string }>;

function ForecastLine({ row, title, currency }: ForecastLineProps) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className="number">
        <Figure text={formatMoney(row.spent, currency, 2)} exact={exactMoney(row.spent, currency)} />
      </td>
      <td className="number">
        <Range range={row.forecast} currency={currency} />
      </td>
      <td className="number">
        <Range range={row.next} currency={currency} />
      </td>
      <td className="number">
        {row.growthPerMonth === 0 ? 'none' : formatChangePercent(row.growthPerMonth)}
      </td>
    </tr>
  );
}

function Range({ range, currency }: Readonly<{ range: ForecastRow['forecast']; currency: string }>) {
  if (range === null) return UNKNOWN;
  return (
    <>
      <Figure
        text={formatMoney(range.expected, currency, 2)}
        exact={exactMoney(range.expected, currency)}
        isEstimate
      />
      <span className="cell-note">
        {formatMoney(range.low, currency, 0)} – {formatMoney(range.high, currency, 0)}
      </span>
    </>
  );
}
