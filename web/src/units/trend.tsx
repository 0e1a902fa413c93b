import { lazy, useMemo, useState } from 'react';
import type { UnitsReport } from '../../../src/app/results/units.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import { KeyedChart } from '../frame/keyed-chart.tsx';
import type { ChartLook } from '../frame/look-switch.tsx';
import { LookSwitch } from '../frame/look-switch.tsx';
import { Panel } from '../frame/panel.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { useScheme } from '../frame/use-scheme.ts';
import { DRIVER_LOOKS } from './drivers.ts';
import { DriverSwatch } from './drivers.tsx';
import { trendHeight } from './trend-option.ts';
import type { TrendView } from './trend-view.ts';
import { pointText, viewTrend } from './trend-view.ts';

// The chart library is larger than the rest of the page, which is useful before it arrives.
const TrendChart = lazy(() => import('./trend-chart.tsx'));

type TrendProps = Readonly<{ report: UnitsReport; csv: () => Promise<string> }>;

/** Whether a thousand requests get cheaper, with what moved them, how fast they were and how good. */
export function Trend({ report, csv }: TrendProps) {
  const view = useMemo(() => viewTrend(report), [report]);
  const [look, setLook] = useState<ChartLook>('chart');
  return (
    <Panel
      id="trend"
      title={report.step === 'day' ? 'Day by day' : 'Hour by hour'}
      note="Cost of 1,000 requests, what moved it, how fast and how good they were"
      controls={
        <>
          <LookSwitch what="Trend" look={look} onLook={setLook} />
          <CsvButton what="Trend" fileName={`tare-units-${report.from.slice(0, 10)}.csv`} csv={csv} />
        </>
      }
    >
      {look === 'table' ? (
        <TrendTable view={view} currency={report.currency} step={report.step} />
      ) : (
        <TrendPicture view={view} currency={report.currency} />
      )}
      <p className="note" id="trend-summary">
        {view.summary}
      </p>
    </Panel>
  );
}

function TrendPicture({ view, currency }: Readonly<{ view: TrendView; currency: string }>) {
  const scheme = useScheme();
  const [selected, setSelected] = useState<number | null>(null);
  const point = selected === null ? undefined : view.points[selected];
  return (
    <div className="trend" style={{ '--trend-height': `${trendHeight(view)}px` } as React.CSSProperties}>
      {view.hasDrivers && (
        <p className="driver-key">
          {DRIVER_LOOKS.map(({ driver }) => (
            <span key={driver} className="driver-name">
              <DriverSwatch driver={driver} />
              {driver}
            </span>
          ))}
        </p>
      )}
      <KeyedChart
        className="trend-chart"
        label="Cost of 1,000 requests, its drivers, latency, quality and requests over time. Left and right arrow keys move in it."
        describedBy="trend-summary"
        pointCount={view.points.length}
        selected={selected}
        onSelect={setSelected}
        textOf={(index) => pointText(view.points[index]!)}
      >
        <TrendChart
          view={view}
          currency={currency}
          scheme={scheme}
          selected={selected}
          onPoint={setSelected}
        />
      </KeyedChart>
      <p className="hours-readout">
        {point ? pointText(point) : 'Point at the chart, or use the arrow keys.'}
      </p>
    </div>
  );
}

type TableProps = Readonly<{ view: TrendView; currency: string; step: UnitsReport['step'] }>;

/** The figures behind the chart, for those who cannot see it or want to copy them. */
function TrendTable({ view, currency, step }: TableProps) {
  const drivers = view.hasDrivers ? DRIVER_LOOKS.map(({ driver }) => driver) : [];
  return (
    <Scroller label={`Table of the trend, ${currency}`} className="scroller days-table">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{step === 'day' ? 'Day' : 'Hour'}</th>
            {['Requests', 'Cost', 'Per 1,000', 'p95, ms', 'Quality', 'At work', 'Batch', 'Cached'].map(
              (title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ),
            )}
            {drivers.map((driver) => (
              <th key={driver} scope="col" className="number">
                {driver}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.points.map(({ at, name, texts }) => (
            <tr key={at}>
              <th scope="row">{name}</th>
              <td className="number">{texts.requests}</td>
              <td className="number" title={texts.exactCost}>
                {texts.cost}
              </td>
              <td className="number" title={texts.exactUnitCost}>
                {texts.unitCost}
              </td>
              <td className="number">{texts.p95}</td>
              <td className="number">{texts.quality}</td>
              <td className="number">{texts.utilisation}</td>
              <td className="number">{texts.batch}</td>
              <td className="number">{texts.cached}</td>
              {drivers.map((driver, index) => (
                <td key={driver} className="number">
                  {texts.drivers[index]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
