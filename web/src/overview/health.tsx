import type { ReactNode } from 'react';
import type { Overview } from '../../../src/app/results/results.ts';
import { parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatChange, formatDifference, formatMoney } from '../format/money.ts';
import { countOf, formatGpuHours, formatPercent } from '../format/quantity.ts';
import { Fact, FactBlock } from '../frame/facts.tsx';
import { FRESHNESS_SIGNS } from '../frame/freshness-pill.tsx';
import { healthAddress } from '../frame/health-address.ts';
import { Link } from '../frame/link.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { UnpricedCells, unpricedKey } from '../frame/unpriced-cells.tsx';
import type { Freshness } from './health-view.ts';

type HealthProps = Readonly<{ overview: Overview; freshness: Freshness }>;

/** Can these numbers be trusted: against the bill, how much was seen, what has no price, how old it is, what was refused. */
export function Health({ overview, freshness }: HealthProps) {
  return (
    <Panel
      id="data-health"
      title="Data health"
      note={
        <>
          whether these numbers can be trusted;{' '}
          <Link href={healthAddress()}>every day, source and problem</Link>
        </>
      }
    >
      <div className="health">
        <ReconciliationBlock overview={overview} />
        <CoverageBlock overview={overview} />
        <PricedByBlock overview={overview} />
        <FreshnessBlock freshness={freshness} />
      </div>
      <UnpricedBlock overview={overview} />
      <TroubleBlock overview={overview} />
    </Panel>
  );
}

function ReconciliationBlock({ overview }: Readonly<{ overview: Overview }>) {
  const { bill, ledger, difference, estimated, trueUp } = overview.health.reconciliation;
  const { currency } = overview;
  const money = (amount: string): ReactNode => (
    <span title={exactMoney(amount, currency)}>{formatMoney(amount, currency, 2)}</span>
  );
  const isOff = parseDecimal(difference) !== 0n;
  return (
    <FactBlock title="Against the bill">
      <Fact name="billed" value={money(bill)} />
      <Fact name="the ledger holds for it" value={money(ledger)} />
      <Fact
        name="difference"
        value={
          <strong className={isOff ? 'bad' : 'good'} title={exactMoney(difference, currency)}>
            {formatDifference(parseDecimal(difference), currency)} {isOff ? 'look into it' : '✓'}
          </strong>
        }
      />
      <Fact name="no charge covers yet (~)" value={money(estimated)} />
      <Fact name="true-up of earlier estimates" value={formatTrueUp(trueUp, currency)} />
    </FactBlock>
  );
}

function formatTrueUp(trueUp: string, currency: string): string {
  const picos = parseDecimal(trueUp);
  return picos === null ? formatMoney(null, currency, 2) : formatChange(picos, currency, 2);
}

function CoverageBlock({ overview }: Readonly<{ overview: Overview }>) {
  const { observed, owned, basis, contradictoryGpuHours } = overview.health.coverage;
  return (
    <FactBlock title="Coverage">
      <Fact name="of paid GPU-hours observed" value={formatPercent(observed, 1)} />
      {Object.entries(owned).map(([dimension, share]) => (
        <Fact key={dimension} name={`of cost with a ${dimension}`} value={formatPercent(share, 1)} />
      ))}
      <Fact name="measured by SM active" value={formatPercent(basis.smActive)} />
      <Fact name="measured by engine active" value={formatPercent(basis.engineActive)} />
      <Fact name="GPU_UTIL alone (a kernel ran)" value={formatPercent(basis.gpuUtil)} />
      {contradictoryGpuHours > 0 && (
        <Fact
          name="busy without a process: not counted as work"
          value={formatGpuHours(contradictoryGpuHours)}
        />
      )}
    </FactBlock>
  );
}

function PricedByBlock({ overview }: Readonly<{ overview: Overview }>) {
  const { bill, contract, priceBook, ownership, unpriced } = overview.health.coverage.pricedBy;
  return (
    <FactBlock title="GPU-hours priced by">
      <Fact name="the bill" value={formatPercent(bill, 1)} />
      <Fact name="your contract" value={formatPercent(contract, 1)} />
      <Fact name="the price book (~)" value={formatPercent(priceBook, 1)} />
      <Fact name="cost of ownership" value={formatPercent(ownership, 1)} />
      <Fact
        name="unpriced"
        value={
          unpriced > 0 ? (
            <strong className="watch">? {formatPercent(unpriced, 1)}</strong>
          ) : (
            formatPercent(unpriced, 1)
          )
        }
      />
    </FactBlock>
  );
}

function FreshnessBlock({ freshness }: Readonly<{ freshness: Freshness }>) {
  return (
    <FactBlock title="Newest facts">
      {freshness.facts.map(({ fact, state, newest, age }) => (
        <Fact
          key={fact}
          name={fact}
          note={state === 'missing' ? 'nothing imported' : `${newest}, ${age} ago`}
          value={
            <span className={`state state-${state}`}>
              <span aria-hidden="true">{FRESHNESS_SIGNS[state]}</span> {state}
            </span>
          }
        />
      ))}
    </FactBlock>
  );
}

function UnpricedBlock({ overview }: Readonly<{ overview: Overview }>) {
  const { unpriced } = overview.health;
  if (unpriced.length === 0) return null;
  return (
    <div className="health-list">
      <h3>Unpriced: {countOf(unpriced.length, 'kind')} of GPU time, missing from every cost above</h3>
      <Scroller label="Unpriced GPU time">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">GPU</th>
              <th scope="col">Where</th>
              <th scope="col">Paid as</th>
              <th scope="col" className="number">
                GPU-hours
              </th>
              <th scope="col">What to do</th>
            </tr>
          </thead>
          <tbody>
            {unpriced.map((item) => (
              <tr key={unpricedKey(item)}>
                <UnpricedCells item={item} />
                <td className="remedy">{item.remedy}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </div>
  );
}

function TroubleBlock({ overview }: Readonly<{ overview: Overview }>) {
  const { rowsRejected, warnings } = overview.health;
  return (
    <div className="health-list">
      <h3>Rejects and warnings</h3>
      <ul className="trouble">
        <li>
          {rowsRejected === 0 ? (
            'No row was rejected.'
          ) : (
            <>
              <strong className="watch">{countOf(rowsRejected, 'row')} rejected</strong>; everything else went
              in. <code>tare report coverage</code> lists each with its file and line.
            </>
          )}
        </li>
        {warnings.length === 0 && <li>No warning.</li>}
        {warnings.map((warning) => (
          <li key={`${warning.code}/${warning.message}`}>
            {warning.message}{' '}
            <span className="fact-note">
              {warning.code}, {countOf(warning.count, 'time')}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
