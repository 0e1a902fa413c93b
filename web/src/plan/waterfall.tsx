import { Button } from '@mantine/core';
import type { BillPlan, PlanRow } from '../../../src/app/results/plan.ts';
import { toCsv } from '../format/csv.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { asSentence, leverName } from '../savings/lever-names.ts';
import { Risk } from '../savings/levers.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { PlanState } from './plan-state.ts';
import { viewFall } from './plan-view.ts';

type WaterfallProps = Readonly<{ plan: BillPlan; state: PlanState; change: ChangeState<PlanState> }>;

/** From today's bill to the planned one, change by change. A table whose bars are a column: what the chart shows can be read. */
export function Waterfall({ plan, state, change }: WaterfallProps) {
  const { currency } = plan;
  return (
    <Panel
      id="waterfall"
      title="From today's bill to the planned one"
      note={`${currency} a month of ${plan.period.hoursPerMonth} h, estimated from ${plan.period.days.toFixed(0)} days replayed; ranges from the 10th to the 90th percentile`}
      controls={
        <CsvButton
          what="Plan"
          fileName={`tare-plan-${plan.from.slice(0, 10)}-${plan.to.slice(0, 10)}.csv`}
          csv={() => planCsv(plan)}
        />
      }
    >
      <Scroller label="Table of the plan">
        <table className="grid plan">
          <thead>
            <tr>
              <th scope="col">Change</th>
              <th scope="col">Of what the plan saves</th>
              <th scope="col" className="number">
                In plan
              </th>
              <th scope="col" className="number">
                Bill after
              </th>
              <th scope="col" className="number">
                Alone
              </th>
              <th scope="col">Risk</th>
              <th scope="col">Owner</th>
            </tr>
          </thead>
          <tbody>
            <tr className="plan-whole">
              <th scope="row">{plan.growth === null ? 'Today' : 'The month ahead'}</th>
              <td />
              <td />
              <td className="number">
                <Money amount={plan.bill.total} currency={currency} />
              </td>
              <td />
              <td />
              <td />
            </tr>
            {plan.rows.map((row) => (
              <PlanLine key={row.id} row={row} plan={plan} state={state} change={change} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">The plan</th>
              <td>
                <Fall
                  plan={plan}
                  row={{ inPlanSaving: plan.planSaving.expected, billAfter: plan.billAfter }}
                />
              </td>
              <td className="number">
                <Money amount={plan.planSaving.expected} currency={currency} />
              </td>
              <td className="number">
                <Money amount={plan.billAfter} currency={currency} />
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

type PlanLineProps = WaterfallProps & Readonly<{ row: PlanRow }>;

function PlanLine({ row, plan, state, change }: PlanLineProps) {
  const { currency } = plan;
  const isOpen = state.open === row.id;
  const { low, high, expected } = row.aloneSaving;
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
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {asSentence(row.action)}
          </button>
          <span className="row-note">
            {row.stage} · {leverName(row.lever)}
            {row.note && ` · ${row.note}`}
          </span>
        </th>
        <td>
          <Fall plan={plan} row={row} />
        </td>
        <td className="number">
          <Money amount={row.inPlanSaving} currency={currency} />
        </td>
        <td className="number">
          <Money amount={row.billAfter} currency={currency} />
        </td>
        <td className="number">
          <Money amount={expected} currency={currency} />
          <span className="cell-note">
            {formatMoney(low, currency, 0)} – {formatMoney(high, currency, 0)}
          </span>
        </td>
        <td>
          <Risk risk={row.risk} />
        </td>
        <td>{row.owner}</td>
      </tr>
      {isOpen && (
        <tr className="plan-reasons">
          <td colSpan={7}>
            <Reasons row={row} onDrop={() => change({ without: [...state.without, row.id], open: null })} />
          </td>
        </tr>
      )}
    </>
  );
}

function Reasons({ row, onDrop }: Readonly<{ row: PlanRow; onDrop: () => void }>) {
  return (
    <div className="plan-why">
      <div>
        <h3>What was seen</h3>
        <ul className="plain-list">
          {row.evidence.facts.map((fact) => (
            <li key={fact}>{asSentence(fact)}</li>
          ))}
        </ul>
      </div>
      <div>
        <h3>What it takes for granted</h3>
        <ul className="plain-list">
          {row.assumptions.map((one) => (
            <li key={one}>{asSentence(one)}</li>
          ))}
        </ul>
      </div>
      <Button size="xs" variant="default" onClick={onDrop}>
        Plan without it
      </Button>
    </div>
  );
}

function Fall({ plan, row }: Readonly<{ plan: BillPlan; row: Pick<PlanRow, 'inPlanSaving' | 'billAfter'> }>) {
  const { before, saved } = viewFall(plan, row);
  const percent = (share: number) => `${(share * 100).toFixed(3)}%`;
  return (
    <span className="fall" aria-hidden="true">
      <span className="fall-saved" style={{ marginInlineStart: percent(before), width: percent(saved) }} />
    </span>
  );
}

function Money({ amount, currency }: Readonly<{ amount: string; currency: string }>) {
  return <Figure text={formatMoney(amount, currency, 2)} exact={exactMoney(amount, currency)} isEstimate />;
}

function planCsv({ rows, currency }: BillPlan): string {
  return toCsv(
    [
      'id',
      'lever',
      'stage',
      'target',
      'owner',
      'inPlanSaving',
      'billAfter',
      'alone',
      'low',
      'high',
      'risk',
      'action',
      'currency',
    ],
    rows.map((row) => [
      row.id,
      row.lever,
      row.stage,
      row.target,
      row.owner,
      row.inPlanSaving,
      row.billAfter,
      row.aloneSaving.expected,
      row.aloneSaving.low,
      row.aloneSaving.high,
      row.risk,
      row.action,
      currency,
    ]),
  );
}
