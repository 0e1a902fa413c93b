import type { Leak, Overview } from '../../../src/app/results/results.ts';
import { BucketName } from '../buckets/bucket-name.tsx';
import { isBucket } from '../buckets/buckets.ts';
import { parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatMoney } from '../format/money.ts';
import { formatGpuHours, formatPercent } from '../format/quantity.ts';
import { Panel } from '../frame/panel.tsx';
import { moneyDecimals } from './funnel-view.ts';

const MOST = 5;

/** The five places where most of the money goes, each with an owner and something to do. */
export function Leaks({ overview }: Readonly<{ overview: Overview }>) {
  const leaks = overview.leaks.slice(0, MOST);
  return (
    <Panel
      id="leaks"
      title="Largest leaks"
      note="share of the GPU cost of the window"
      className="leaks-panel"
    >
      {leaks.length === 0 ? (
        <p className="quiet">Nothing is idle, underused, lost or unallocated in this window.</p>
      ) : (
        <ol className="leaks">
          {leaks.map((leak) => (
            <LeakItem
              key={`${leak.team}/${leak.workload}/${leak.bucket}`}
              leak={leak}
              currency={overview.currency}
            />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function LeakItem({ leak, currency }: Readonly<{ leak: Leak; currency: string }>) {
  const picos = parseDecimal(leak.cost);
  return (
    <li>
      <p className="leak-head">
        <span className="leak-advice">{leak.advice}</span>
        <span className="leak-cost" title={exactMoney(leak.cost, currency)}>
          {formatMoney(picos, currency, moneyDecimals(picos ?? 0n))}
        </span>
      </p>
      <p className="leak-facts">
        {isBucket(leak.bucket) ? <BucketName bucket={leak.bucket} /> : <span>{leak.bucket}</span>}
        <span>{leak.team}</span>
        {leak.workload && (
          <span>
            {leak.workload} ({leak.kind})
          </span>
        )}
        <span>{formatGpuHours(leak.gpuHours)}</span>
        <span className="leak-share">{formatPercent(leak.fraction, 1)}</span>
      </p>
    </li>
  );
}
