import { exactMoney, formatMoney } from '../format/money.ts';
import { countOf } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { Money } from '../frame/money-cell.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { searchText, windowQuery } from '../state/url-state.ts';
import type { SpotPartProps } from './spot-part.ts';
import { secondsText, takenText } from './spot-view.ts';

/** What the lever plans with: prices, how often nodes are taken, and how often to checkpoint for that. */
export function SpotPools({ report, state }: SpotPartProps) {
  const { pools, currency } = report;
  if (pools.length === 0) return null;
  const addressOf = (id: string) => {
    const query = windowQuery(state);
    query.set('open', id);
    return `/plan${searchText(query)}`;
  };
  return (
    <Panel
      id="spot-pools"
      title="Terms of each pool"
      note="Young's and Daly's intervals for the time a checkpoint takes and the time between two interruptions of a job; Daly's is planned with. ~ is stated, not measured."
    >
      <Scroller label="Table of pools">
        <table className="grid tall-heads">
          <thead>
            <tr>
              <th scope="col">Lever</th>
              <th scope="col" className="number">
                On demand, a GPU-hour
              </th>
              <th scope="col" className="number">
                On spot
              </th>
              <th scope="col" className="number">
                A node is taken every
              </th>
              <th scope="col" className="number">
                Nodes a job
              </th>
              <th scope="col" className="number">
                A checkpoint takes
              </th>
              <th scope="col" className="number">
                Young
              </th>
              <th scope="col" className="number">
                Daly
              </th>
              <th scope="col" className="number">
                Wasted
              </th>
              <th scope="col" className="number">
                Saved, a month
              </th>
            </tr>
          </thead>
          <tbody>
            {pools.map((pool) => (
              <tr key={pool.id}>
                <th scope="row">
                  <Link href={addressOf(pool.id)}>{pool.id}</Link>
                  <span className="row-note">
                    {pool.gpuModel} at {pool.provider ?? 'an unknown provider'}
                    {pool.region !== null && `, ${pool.region}`}; {countOf(pool.workloads, 'workload')}
                  </span>
                </th>
                <td className="number">
                  {pool.onDemandPerGpuHour === null ? null : (
                    <Price amount={pool.onDemandPerGpuHour} currency={currency} />
                  )}
                </td>
                <td className="number">
                  <Price amount={pool.spotPerGpuHour} currency={currency} />
                  <span className="cell-note cell-wrap">
                    {pool.priceReference === null
                      ? pool.priceSource
                      : `${pool.priceReference} (${pool.priceSource})`}
                  </span>
                </td>
                <td className="number">
                  <Figure
                    text={`${pool.hoursBetweenPreemptions.toFixed(1)} h`}
                    isEstimate={!pool.isMeasured}
                  />
                  <span className="cell-note cell-wrap">{takenText(pool)}</span>
                </td>
                <td className="number">{pool.nodesPerJob.toFixed(1)}</td>
                <td className="number">
                  <Figure
                    text={secondsText(pool.checkpointSeconds)}
                    isEstimate={pool.checkpointsMeasured === 0}
                  />
                </td>
                <td className="number">{secondsText(pool.youngSeconds)}</td>
                <td className="number">{secondsText(pool.dalySeconds)}</td>
                <td className="number">{pool.wastedPercent.toFixed(1)} %</td>
                <Money amount={pool.aloneSaving.expected} currency={currency} isEstimate />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}

function Price({ amount, currency }: Readonly<{ amount: string; currency: string }>) {
  return <Figure text={formatMoney(amount, currency, 2)} exact={exactMoney(amount, currency)} />;
}
