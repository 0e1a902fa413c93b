import type { BillPlan } from '../../../src/app/results/plan.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { formatCount } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { COMMITMENT_COLUMNS, commitmentShare, percentText } from './plan-view.ts';

/** How much to commit to, beside what such a decision was worth on history that it had not seen. */
export function Commitments({ plan }: Readonly<{ plan: BillPlan }>) {
  const { commitments, spend, currency } = plan;
  if (commitments.length === 0) return null;
  return (
    <Panel
      id="commitments"
      title="Commitments to make"
      note="Claimed, backtested and oracle: saved, of what the demand costs on demand. The plan counts only the share of the claim that the backtest kept."
    >
      <Scroller label="Table of commitments">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">GPU</th>
              <th scope="col">Term</th>
              <th scope="col" className="number">
                Committed, a GPU-hour
              </th>
              <th scope="col" className="number">
                On demand
              </th>
              <th scope="col" className="number">
                GPUs in plan
              </th>
              <th scope="col" className="number">
                Alone
              </th>
              {COMMITMENT_COLUMNS.map(([name, title, meaning]) => (
                <th key={name} scope="col" className="number" title={meaning}>
                  {title}
                </th>
              ))}
              <th scope="col" className="number">
                Hours below the level
              </th>
              <th
                scope="col"
                className="number"
                title="In the backtest: share of hours in which a part of the level was not used, and share of its cost that bought nothing"
              >
                Unused in backtest, hours and cost
              </th>
              <th scope="col" className="number">
                Unused a month
              </th>
              <th scope="col" className="number">
                Covered
              </th>
              <th scope="col" className="number">
                Held, used
              </th>
            </tr>
          </thead>
          <tbody>
            {commitments.map((one) => (
              <tr key={`${one.provider}/${one.gpuModel}`}>
                <th scope="row">
                  {one.gpuModel}
                  <span className="row-note">
                    {one.provider}, {one.meanGpus.toFixed(1)} GPUs on average
                  </span>
                </th>
                <td>{one.term}</td>
                <td className="number">
                  <Price amount={one.perGpuHour} currency={currency} />
                </td>
                <td className="number">
                  <Price amount={one.onDemandPerGpuHour} currency={currency} />
                </td>
                <td className="number">{formatCount(one.level)}</td>
                <td className="number">{formatCount(one.levelAlone)}</td>
                {COMMITMENT_COLUMNS.map(([name]) => (
                  <td key={name} className="number">
                    {commitmentShare(one, name)}
                  </td>
                ))}
                <td className="number">{percentText(one.backtest.hoursBelowLevelPercent)}</td>
                <td className="number">
                  {percentText(one.backtest.hoursUnusedPercent)} ·{' '}
                  {percentText(one.backtest.costUnusedPercent)}
                </td>
                <td className="number">
                  <Figure
                    text={formatMoney(one.unusedPerMonth, currency, 2)}
                    exact={exactMoney(one.unusedPerMonth, currency)}
                    isEstimate
                  />
                </td>
                <td className="number">{percentText(one.coveragePercent)}</td>
                <td className="number">{percentText(one.held.usePercent)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {spend.map(({ provider, perHour, saving, savingsPercent }) => (
        <p key={provider} className="note">
          As one commitment to spend at {provider}: <Price amount={perHour} currency={currency} /> an hour
          would have saved {formatMoney(saving, currency, 2)} a month ({percentText(savingsPercent)}) in
          sample.
        </p>
      ))}
    </Panel>
  );
}

function Price({ amount, currency }: Readonly<{ amount: string; currency: string }>) {
  return <Figure text={formatMoney(amount, currency, 4)} exact={exactMoney(amount, currency)} />;
}
