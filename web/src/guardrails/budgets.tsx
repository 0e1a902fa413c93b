import { useQuery } from '@tanstack/react-query';
import type { BudgetReport, BudgetRow } from '../../../src/app/results/budgets.ts';
import { fetchBudgets } from '../api/fetch-guardrails.ts';
import { formatInstant, formatWindow } from '../format/dates.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { formatGpuHours, formatPercent } from '../format/quantity.ts';
import { Command } from '../frame/command.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { PanelFailure } from '../frame/panel-failure.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { BUDGET_STATES, burnText, countedText, ownerText, viewBudgetBar } from './guardrails-view.ts';

/** Will we meet the budget: spent, expected by the end, and which limit binds. */
export function Budgets() {
  const query = useQuery({ queryKey: ['budgets'], queryFn: ({ signal }) => fetchBudgets(signal) });
  const report = query.data ?? null;
  return (
    <Panel
      id="budgets"
      title="Budgets"
      note={
        report?.dataUntil
          ? `${report.currency}, of the periods that go on; the ledger reaches to ${formatInstant(report.dataUntil)}`
          : 'of the periods that go on'
      }
    >
      {query.isPending && <p className="quiet">Loading budgets…</p>}
      {query.isError && <PanelFailure query={query} />}
      {report && <BudgetTable report={report} />}
    </Panel>
  );
}

function BudgetTable({ report }: Readonly<{ report: BudgetReport }>) {
  if (report.rows.length === 0) {
    return (
      <>
        <p>
          No budget is set. Name one in tare.yaml, a limit for a month for example, and ask how it stands:
        </p>
        <Command text="tare budget" />
      </>
    );
  }
  return (
    <Scroller label="Table of budgets">
      <table className="grid budgets">
        <thead>
          <tr>
            <th scope="col">Budget</th>
            <th scope="col">State</th>
            <th scope="col">Spent and expected</th>
            <th scope="col" className="number">
              Spent
            </th>
            <th scope="col" className="number">
              Used
            </th>
            <th scope="col" className="number">
              Limit
            </th>
            <th scope="col" className="number">
              Expected at the end
            </th>
            <th scope="col">Binds</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <BudgetLine key={`${row.name}/${row.period}`} row={row} currency={report.currency} />
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function BudgetLine({ row, currency }: Readonly<{ row: BudgetRow; currency: string }>) {
  const { sign, text, tone } = BUDGET_STATES[row.state];
  const burning = burnText(row);
  const { forecast } = row;
  return (
    <tr>
      <th scope="row">
        <span style={{ paddingInlineStart: `${row.within.length * 14}px` }}>{row.name}</span>
        <span className="row-note">
          {ownerText(row.scope)}, {row.period}, {countedText(row)}
          {row.isSoft && ', soft'} · {formatWindow(row.from, row.to)}
        </span>
      </th>
      <td>
        <span className={`state state-${tone}`}>
          <span aria-hidden="true">{sign}</span> {text}
        </span>
        {burning && <span className="row-note unpriced">{burning}</span>}
      </td>
      <td>
        <BudgetTrack row={row} />
      </td>
      <td className="number">
        <Money amount={row.spent} currency={currency} />
        {row.unpricedGpuHours > 0 && (
          <span className="row-note unpriced">? {formatGpuHours(row.unpricedGpuHours)} unpriced</span>
        )}
      </td>
      <td className="number">{row.usedFraction === null ? UNKNOWN : formatPercent(row.usedFraction)}</td>
      <td className="number">
        <Money amount={row.limit} currency={currency} />
      </td>
      <td className="number">
        {forecast === null ? (
          UNKNOWN
        ) : (
          <>
            <Figure
              text={formatMoney(forecast.expected, currency, 2)}
              exact={exactMoney(forecast.expected, currency)}
              isEstimate
            />
            <span className="cell-note">
              {formatMoney(forecast.low, currency, 0)} – {formatMoney(forecast.high, currency, 0)}
            </span>
          </>
        )}
      </td>
      <td>{row.binds ?? UNKNOWN}</td>
    </tr>
  );
}

function BudgetTrack({ row }: Readonly<{ row: BudgetRow }>) {
  const { spent, expected, limit } = viewBudgetBar(row);
  const percent = (share: number) => `${(share * 100).toFixed(2)}%`;
  return (
    <span className="budget-track" aria-hidden="true">
      {expected !== null && <span className="budget-expected" style={{ width: percent(expected) }} />}
      <span className="budget-spent" style={{ width: percent(spent) }} />
      <span className="budget-limit" style={{ insetInlineStart: percent(limit) }} />
    </span>
  );
}

function Money({ amount, currency }: Readonly<{ amount: string | null; currency: string }>) {
  if (amount === null) return UNKNOWN;
  return <Figure text={formatMoney(amount, currency, 2)} exact={exactMoney(amount, currency)} />;
}
