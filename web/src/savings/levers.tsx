import type { LeverRow, LeversReport } from '../../../src/app/results/levers.ts';
import { formatWindow } from '../format/dates.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { pathBelow } from '../frame/page-list.ts';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { SortHead } from '../frame/sort-head.tsx';
import { searchText, windowQuery } from '../state/url-state.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import { asSentence, leverName } from './lever-names.ts';
import type { LeverSort, SavingsState } from './savings-state.ts';
import type { LeverLine } from './savings-views.ts';
import { leversCsv, rangeText, viewLevers } from './savings-views.ts';

type LeversProps = Readonly<{
  report: LeversReport;
  state: SavingsState;
  change: ChangeState<SavingsState>;
}>;

/** What to do, the largest saving first; each row leads to its evidence and its change. */
export function Levers({ report, state, change }: LeversProps) {
  const { currency, period, planSaving } = report;
  const search = searchText(windowQuery(state));
  const head = (sort: LeverSort, title: string) => (
    <SortHead order={orderOf(sort, state.sort)} onSort={() => change({ sort })}>
      {title}
    </SortHead>
  );
  return (
    <Panel
      id="levers"
      title="What to do"
      note={`${currency} a month, estimated: ${formatWindow(period.from, period.to)} replayed and resampled. In plan: what is left once the levers before it in the order have taken their part; it adds up.`}
      controls={
        <CsvButton
          what="Levers"
          fileName={`tare-levers-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
          csv={() => leversCsv(report)}
        />
      }
    >
      <Scroller label="Table of levers">
        <table className="grid levers tall-heads">
          <thead>
            <tr>
              <th scope="col">Do</th>
              {head('place', 'Order')}
              {head('alone', 'Alone')}
              <th scope="col">Range</th>
              {head('inPlan', 'In plan')}
              {head('cost', 'Cost it cuts')}
              <th scope="col">Risk</th>
              <th scope="col">Owner</th>
            </tr>
          </thead>
          <tbody>
            {viewLevers(report, state.sort).map((line) => (
              <LeverTableRow key={line.row.id} line={line} currency={currency} search={search} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">The plan</th>
              <td />
              <td />
              <td>{rangeText(planSaving, currency)}</td>
              <td className="number">
                <Figure
                  text={formatMoney(planSaving.expected, currency, 2)}
                  exact={exactMoney(planSaving.expected, currency)}
                />
              </td>
              <td />
              <td />
              <td />
            </tr>
          </tfoot>
        </table>
      </Scroller>
    </Panel>
  );
}

/** The place in the plan counts upwards, everything else from the largest down. */
function orderOf(column: LeverSort, sort: LeverSort): 'ascending' | 'descending' | null {
  if (column !== sort) return null;
  return sort === 'place' ? 'ascending' : 'descending';
}

type RowProps = Readonly<{ line: LeverLine; currency: string; search: string }>;

function LeverTableRow({ line, currency, search }: RowProps) {
  const { row, expected, inPlan, targetCost, share } = line;
  const exact = (text: string) => exactMoney(text, currency);
  return (
    <tr>
      <th scope="row">
        <Link href={`${pathBelow('Savings', row.id)}${search}`}>{asSentence(row.action)}</Link>
        <span className="row-note">
          {leverName(row.lever)} · {row.evidence.facts[0]}
        </span>
      </th>
      <td className="number">{line.place}</td>
      <td className="number">
        <Figure text={expected} exact={exact(row.aloneSaving.expected)} />
      </td>
      <td>
        <RangeBar line={line} />
      </td>
      <td className="number">
        <Figure text={inPlan} exact={exact(row.inPlanSaving)} />
        {row.note && <span className="cell-note cell-wrap">{row.note}</span>}
      </td>
      <td className="number">
        <Figure text={targetCost} exact={exact(row.targetCost)} />
        <span className="cell-note">{share} saved</span>
      </td>
      <td>
        <Risk risk={row.risk} />
      </td>
      <td>{row.owner}</td>
    </tr>
  );
}

const RISK_SIGNS: Readonly<Record<LeverRow['risk'], string>> = { low: '●○○', medium: '●●○', high: '●●●' };

export function Risk({ risk }: Readonly<{ risk: LeverRow['risk'] }>) {
  return (
    <span className="risk" data-risk={risk}>
      <span aria-hidden="true">{RISK_SIGNS[risk]}</span> {risk}
    </span>
  );
}

/** Low to high as a band, the replay itself as a tick in it. */
export function RangeBar({ line: { low, high, middle, range } }: Readonly<{ line: LeverLine }>) {
  const percent = (part: number) => `${(part * 100).toFixed(2)}%`;
  return (
    <span className="range">
      <span className="range-track" aria-hidden="true">
        <span className="range-band" style={{ left: percent(low), width: percent(high - low) }} />
        <span className="range-tick" style={{ left: percent(middle) }} />
      </span>
      <span className="range-text">{range}</span>
    </span>
  );
}
