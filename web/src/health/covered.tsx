import type { HealthReport } from '../../../src/app/results/health.ts';
import { formatInstant } from '../format/dates.ts';
import { formatAge, formatPercent } from '../format/quantity.ts';
import { Fact, FactBlock } from '../frame/facts.tsx';
import { FRESHNESS_SIGNS } from '../frame/freshness-pill.tsx';
import { Panel } from '../frame/panel.tsx';
import { exactShare, SOURCE_NAMES } from './health-views.ts';
import { Money } from './money.tsx';

/** How much of the cost has a bill, a price and an owner, and how much of the time was seen and by which measure. */
export function Covered({ report }: Readonly<{ report: HealthReport }>) {
  const { coverage, billExplained, pricedBy, currency, freshness } = report;
  const { observed, basis, owned } = coverage;
  return (
    <Panel id="coverage" title="Coverage" note="shares of the cost, or of the paid GPU-hours, of the window">
      <div className="health">
        <FactBlock title="Cost, priced by">
          <Fact name="explained by a bill" value={<Share of={billExplained} />} />
          {pricedBy.map(({ source, cost, fraction }) => (
            <Fact
              key={source}
              name={SOURCE_NAMES[source]}
              value={
                <>
                  <Money amount={cost} currency={currency} /> <Share of={fraction} />
                </>
              }
            />
          ))}
        </FactBlock>
        <FactBlock title="Cost with an owner">
          {Object.entries(owned).map(([dimension, share]) => (
            <Fact key={dimension} name={dimension.replace(/^tag:/, '')} value={<Share of={share} />} />
          ))}
        </FactBlock>
        <FactBlock title="GPU-hours observed">
          <Fact name="of those paid for" value={<Share of={observed} />} />
          <Fact name="by SM active" value={<Share of={basis.smActive} />} />
          <Fact name="by engine active" value={<Share of={basis.engineActive} />} />
          <Fact name="GPU_UTIL alone (a kernel ran)" value={<Share of={basis.gpuUtil} />} />
        </FactBlock>
        <FactBlock title="Newest facts">
          {freshness.map(({ fact, state, newest, ageSeconds }) => (
            <Fact
              key={fact}
              name={fact}
              note={
                newest === null
                  ? 'nothing imported'
                  : `${formatInstant(newest)}, ${formatAge(ageSeconds)} ago`
              }
              value={
                <span className={`state state-${state}`}>
                  <span aria-hidden="true">{FRESHNESS_SIGNS[state]}</span> {state}
                </span>
              }
            />
          ))}
        </FactBlock>
      </div>
    </Panel>
  );
}

function Share({ of }: Readonly<{ of: number | null }>) {
  return <span title={exactShare(of)}>{formatPercent(of, 1)}</span>;
}
