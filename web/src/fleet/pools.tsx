import type { FleetPool, FleetReport } from '../../../src/app/results/fleet.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { fractionOf } from '../format/decimal.ts';
import { exactMoney, formatMoney, UNKNOWN, UNPRICED } from '../format/money.ts';
import { countOf, formatPercent, hoursText } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { bucketHours, bucketPicos, isEstimated, unpricedShare } from '../ledger/figures.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import type { FleetState } from './fleet-state.ts';

type PoolsProps = Readonly<{ report: FleetReport; state: FleetState; change: ChangeState<FleetState> }>;

/** From paid to productive, pool by pool. */
export function Pools({ report, state, change }: PoolsProps) {
  return (
    <Panel
      id="pools"
      title="Pools, from paid to productive"
      note={`${report.currency}; shares are of what was paid for`}
    >
      <Scroller label="Pools">
        <table className="grid pools">
          <thead>
            <tr>
              <th scope="col">Pool</th>
              <th scope="col" className="number">
                GPU-hours
              </th>
              <th scope="col" className="number">
                Gross
              </th>
              <th scope="col">By bucket</th>
              {STEPS.map((step) => (
                <th key={step} scope="col" className="number">
                  {step}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.pools.map((pool) => (
              <PoolLine key={pool.pool} pool={pool} report={report} state={state} change={change} />
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}

const STEPS = ['observed', 'allocated', 'active', 'effective', 'productive'] as const;

type PoolLineProps = PoolsProps & Readonly<{ pool: FleetPool }>;

function PoolLine({ pool, report, state, change }: PoolLineProps) {
  const { figures, funnel } = pool;
  const isChosen = state.pool === pool.pool;
  return (
    <tr data-chosen={isChosen || undefined}>
      <th scope="row">
        <button
          type="button"
          className="sort"
          aria-pressed={isChosen}
          onClick={() => change({ pool: isChosen ? null : pool.pool, node: null })}
        >
          {pool.pool}
        </button>
        <span className="row-note">
          {countOf(pool.rows, report.by)}, {pool.gpuModels.join(', ')}
        </span>
      </th>
      <td className="number">{hoursText(figures.gpuHours.gross)}</td>
      <td className="number">
        {unpricedShare(figures) === 'all' ? (
          <span className="unpriced">{UNPRICED}</span>
        ) : (
          <Figure
            text={formatMoney(figures.cost.gross, report.currency, 2)}
            exact={exactMoney(figures.cost.gross, report.currency)}
            isEstimate={isEstimated(figures)}
          />
        )}
      </td>
      <td className="pool-bar">
        <PoolBar pool={pool} />
      </td>
      {STEPS.map((step) => {
        const share = funnel.find((one) => one.step === step)?.fraction ?? null;
        return (
          <td key={step} className="number">
            {share === null ? UNKNOWN : formatPercent(share)}
          </td>
        );
      })}
    </tr>
  );
}

function PoolBar({ pool: { figures } }: Readonly<{ pool: FleetPool }>) {
  const shares = bucketShares(figures);
  return (
    <span
      className="bar"
      role="img"
      aria-label={shares.map(([name, share]) => `${name} ${formatPercent(share)}`).join(', ')}
    >
      {shares.map(([name, share]) => (
        <span
          key={name}
          className="bucket-fill"
          data-bucket={name}
          title={`${name} ${formatPercent(share)}`}
          style={{ width: `${(share * 100).toFixed(3)}%` }}
        />
      ))}
    </span>
  );
}

function bucketShares(figures: FleetPool['figures']): readonly (readonly [Bucket, number])[] {
  const picos = bucketPicos(figures.cost);
  const gross = BUCKETS.reduce((sum, bucket) => sum + picos[bucket], 0n);
  const hours = bucketHours(figures.gpuHours);
  return BUCKETS.map((bucket) => {
    const share =
      gross > 0n ? (fractionOf(picos[bucket], gross) ?? 0) : hours[bucket] / figures.gpuHours.gross;
    return [bucket, Math.max(0, share)] as const;
  }).filter(([, share]) => share > 0);
}
