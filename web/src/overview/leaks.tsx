import type { Leak, Overview } from '../../../src/app/results/results.ts';
import { BucketName } from '../buckets/bucket-name.tsx';
import { isBucket } from '../buckets/buckets.ts';
import { parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatMoney, moneyDecimals, UNPRICED } from '../format/money.ts';
import { formatGpuHours, formatPercent } from '../format/quantity.ts';
import { Panel } from '../frame/panel.tsx';
import { unpricedShare } from '../ledger/figures.ts';

const MOST = 5;

/** The five places where most of the money goes, each with an owner and something to do. */
export function Leaks({ overview }: Readonly<{ overview: Overview }>) {
  const leaks = overview.leaks.slice(0, MOST);
  const isUnpriced = unpricedShare(overview.total) === 'all';
  return (
    <Panel
      id="leaks"
      title="Largest leaks"
      note={isUnpriced ? 'by GPU-hours: no price is known' : 'with their share of the GPU cost'}
      className="leaks-panel"
    >
      {leaks.length === 0 ? (
        <p className="quiet">Nothing is unallocated, idle, underused or lost in this window.</p>
      ) : (
        <ol className="leaks">
          {leaks.map((leak) => (
            <LeakItem
              key={`${leak.team}/${leak.workload}/${leak.bucket}`}
              leak={leak}
              currency={overview.currency}
              isUnpriced={isUnpriced}
            />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** What nobody held has no workload to name. */
function hasWorkload({ workload, team, kind }: Leak): boolean {
  return workload !== '' && workload !== team && kind !== 'none';
}

type LeakItemProps = Readonly<{ leak: Leak; currency: string; isUnpriced: boolean }>;

function LeakItem({ leak, currency, isUnpriced }: LeakItemProps) {
  const picos = parseDecimal(leak.cost);
  return (
    <li>
      <p className="leak-head">
        <span className="leak-advice">{leak.advice}</span>
        {isUnpriced ? (
          <span className="unpriced">{UNPRICED}</span>
        ) : (
          <span className="leak-cost" title={exactMoney(leak.cost, currency)}>
            {formatMoney(picos, currency, moneyDecimals(picos ?? 0n))}
          </span>
        )}
      </p>
      <p className="leak-facts">
        {isBucket(leak.bucket) ? <BucketName bucket={leak.bucket} /> : <span>{leak.bucket}</span>}
        <span>{leak.team}</span>
        {hasWorkload(leak) && (
          <span>
            {leak.workload} ({leak.kind})
          </span>
        )}
        <span>{formatGpuHours(leak.gpuHours)}</span>
        {!isUnpriced && <span className="leak-share">{formatPercent(leak.fraction, 1)}</span>}
      </p>
    </li>
  );
}
