import type { HardwareOptionFigures, HardwareTargetFigures } from '../../../src/app/results/hardware.ts';
import { formatMs } from '../format/latency.ts';
import { exactMoney, UNKNOWN } from '../format/money.ts';
import { formatCount, formatPercent } from '../format/quantity.ts';
import { formatUnitMoney } from '../format/unit-money.ts';
import { Bars } from '../frame/bars.tsx';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { Money } from '../frame/money-cell.tsx';
import { pathBelow } from '../frame/page-list.ts';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { asSentence } from '../savings/lever-names.ts';
import { searchText, windowQuery } from '../state/url-state.ts';
import type { HardwarePartProps } from './hardware-part.ts';
import { gibText, speedText, viewCostBars } from './hardware-view.ts';

type SideBySideProps = HardwarePartProps & Readonly<{ target: HardwareTargetFigures }>;

/** One workload on every kind of GPU that its provider offers: memory, speed, latency, and what a unit of its work costs there. */
export function SideBySide({ report, target, state, change }: SideBySideProps) {
  const { currency } = report;
  const { options, kind } = target;
  const units = unitsOf(target);
  return (
    <Panel
      id="side-by-side"
      title={`${target.workload}, side by side`}
      note={<About target={target} state={state} />}
      controls={<LookSwitch what="Costs" look={state.look} onLook={(look) => change({ look })} />}
    >
      <Bars id="cost-bars" view={viewCostBars(target, currency)} look={state.look} />
      {target.toMeasure !== null && (
        <p className="note">
          <strong>Try it first:</strong> {target.toMeasure}.
        </p>
      )}
      <Scroller label="Table of kinds of GPU">
        <table className="grid fit tall-heads">
          <thead>
            <tr>
              <th scope="col">GPU</th>
              <th scope="col" className="number">
                Memory
              </th>
              <th scope="col" className="number">
                Speed
              </th>
              {kind === 'inference' && (
                <th scope="col" className="number">
                  99 % within
                </th>
              )}
              <th scope="col" className="number">
                A GPU-hour
              </th>
              <th scope="col" className="number">
                A month
              </th>
              {units.map(({ title }) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
              <th scope="col" className="number">
                Saved, a month
              </th>
              <th scope="col">Remark</th>
            </tr>
          </thead>
          <tbody>
            {options.map((option) => (
              <Line key={option.gpuModel} option={option} target={target} currency={currency} units={units} />
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
}

type Unit = Readonly<{ title: string; of: (option: HardwareOptionFigures) => string | null }>;

/** What its cost can be divided by. */
function unitsOf({ runs, requests, tokens }: HardwareTargetFigures): readonly Unit[] {
  return [
    ...(runs === null ? [] : [{ title: 'A run', of: (one: HardwareOptionFigures) => one.costPerRun }]),
    ...(requests === null
      ? []
      : [{ title: '1,000 requests', of: (one: HardwareOptionFigures) => one.costPer1kRequests }]),
    ...(tokens === null || tokens === 0
      ? []
      : [{ title: '1M tokens', of: (one: HardwareOptionFigures) => one.costPer1mTokens }]),
  ];
}

function About({ target, state }: Pick<SideBySideProps, 'target' | 'state'>) {
  const { memoryGib, busyP99, samples, p99Ms, limitMs, runs, requests, kind, workload, lever } = target;
  const search = searchText(windowQuery(state));
  const plan = windowQuery(state);
  if (lever !== null) plan.set('open', lever);
  return (
    <>
      {memoryGib === null
        ? 'Too few samples say what it needs. '
        : `Needs at most ${gibText(memoryGib)} with its weights and is busy for ${formatPercent(busyP99)} of the time, at the 99th percentile of ${formatCount(samples ?? 0)} samples. `}
      {p99Ms !== null && `99 % of its requests take at most ${formatMs(p99Ms)}`}
      {p99Ms !== null && (limitMs === null ? '; no limit is stated. ' : `; ${limitMs} ms are promised. `)}
      {runs !== null && `${formatCount(runs)} runs. `}
      {requests !== null && `${formatCount(requests)} requests. `}
      {kind === 'inference' && <Link href={`${pathBelow('Units', workload)}${search}`}>Its receipt</Link>}
      {lever !== null && (
        <>
          {' '}
          <Link href={`/plan${searchText(plan)}`}>In the plan</Link>
        </>
      )}
    </>
  );
}

type LineProps = Readonly<{
  option: HardwareOptionFigures;
  target: HardwareTargetFigures;
  currency: string;
  units: readonly Unit[];
}>;

function Line({ option, target, currency, units }: LineProps) {
  const { speed, p99Ms, isCurrent, why } = option;
  const unit = (text: string | null) =>
    text === null ? (
      UNKNOWN
    ) : (
      <Figure
        text={formatUnitMoney(text, currency)}
        exact={exactMoney(text, currency)}
        isEstimate={!isCurrent}
      />
    );
  return (
    <tr data-refused={why !== null || undefined}>
      <th scope="row">
        {option.gpuModel}
        <Marks option={option} isTrial={target.toMeasure !== null} />
      </th>
      <td className="number">
        {gibText(option.memoryGib)}
        <span className="cell-note">
          {option.fits === null ? 'unknown' : option.fits ? 'fits' : 'too small'}
        </span>
      </td>
      <td className="number">
        <Figure
          text={speedText(option)}
          exact={speed?.source}
          isEstimate={speed !== null && !speed.isMeasured}
        />
        {speed !== null && <span className="cell-note cell-wrap">{speed.source}</span>}
      </td>
      {target.kind === 'inference' && (
        <td className="number">
          {p99Ms === null ? UNKNOWN : <Figure text={formatMs(p99Ms.expected)} isEstimate={!isCurrent} />}
          {p99Ms !== null && !isCurrent && (
            <span className="cell-note">
              at worst {formatMs(p99Ms.worst)}
              {option.isLatencyMet !== null && (option.isLatencyMet ? ', kept' : ', broken')}
            </span>
          )}
        </td>
      )}
      <td className="number">
        {option.perGpuHour === null ? (
          UNKNOWN
        ) : (
          <Figure
            text={formatUnitMoney(option.perGpuHour, currency)}
            exact={exactMoney(option.perGpuHour, currency)}
          />
        )}
        {option.priceSource !== null && (
          <span className="cell-note cell-wrap">
            {option.priceReference === null
              ? option.priceSource
              : `${option.priceSource}, ${option.priceReference.slice(0, 10)}`}
          </span>
        )}
      </td>
      <Money amount={option.cost} currency={currency} isEstimate={!isCurrent} />
      {units.map(({ title, of }) => (
        <td key={title} className="number">
          {unit(of(option))}
        </td>
      ))}
      <Money amount={option.saving} currency={currency} isEstimate />
      <td className="wide-cell">{why === null ? '' : asSentence(why)}</td>
    </tr>
  );
}

function Marks({ option, isTrial }: Readonly<{ option: HardwareOptionFigures; isTrial: boolean }>) {
  const { isCurrent, isCheapest, isProposed } = option;
  const marks = [
    isCurrent && 'runs here now',
    isCheapest && 'cheapest that fits',
    isProposed && (isTrial ? 'to try first' : 'proposed'),
  ].filter((mark) => mark !== false);
  return marks.length > 0 ? <span className="row-note mark-note">{marks.join(', ')}</span> : null;
}
