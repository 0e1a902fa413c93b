import { lazy, useEffect, useState } from 'react';
import type { BarSeries, BarsView } from './bars-view.ts';
import { KeyedChart } from './keyed-chart.tsx';
import type { ChartLook } from './look-switch.tsx';
import { Scroller } from './scroller.tsx';
import { useScheme } from './use-scheme.ts';

// The chart library is larger than the rest of the page, which is useful before it arrives.
const BarsChart = lazy(() => import('./bars-chart.tsx'));

type BarsProps = Readonly<{
  /** Names the summary below; one of its kind on the page. */
  id: string;
  view: BarsView;
  look: ChartLook;
}>;

/** Bars with their figures beside them, or the table of the same figures; below it what they say in a sentence. */
export function Bars({ id, view, look }: BarsProps) {
  return (
    <>
      {look === 'table' ? <BarsTable view={view} /> : <BarsPicture id={id} view={view} />}
      <p className="note" id={`${id}-summary`}>
        {view.summary}
      </p>
    </>
  );
}

function BarsPicture({ id, view }: Readonly<{ id: string; view: BarsView }>) {
  const scheme = useScheme();
  const [selected, setSelected] = useState<number | null>(null);
  // What was picked in one view means nothing in the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is what resets it
  useEffect(() => setSelected(null), [view]);
  return (
    <div className="bars">
      <KeyedChart
        className="bars-chart"
        label={`Bars by ${view.pointTitle.toLowerCase()}. Left and right arrow keys move between them.`}
        describedBy={`${id}-summary`}
        pointCount={view.points.length}
        selected={selected}
        onSelect={setSelected}
        textOf={(index) => pointText(view, index)}
      >
        <BarsChart view={view} scheme={scheme} selected={selected} onPoint={setSelected} />
      </KeyedChart>
      <Readout view={view} selected={selected} />
    </div>
  );
}

function pointText({ points, series }: BarsView, index: number): string {
  const parts = series.map(({ name, texts }) => `${name} ${texts[index]}`).join(', ');
  return `${points[index]!.name}: ${parts}.`;
}

/** Legend and reading in one: all of it, or the point that is chosen. */
function Readout({ view, selected }: Readonly<{ view: BarsView; selected: number | null }>) {
  const point = selected === null ? undefined : view.points[selected];
  return (
    <dl className="readout" aria-label={`Figures, ${view.unit}`}>
      <div className="readout-head">
        <dt>{point?.name ?? view.wholeTitle}</dt>
        <dd>{view.unit}</dd>
      </div>
      {[...view.series].reverse().map((series) => (
        <div key={series.key}>
          <dt>
            <SeriesName series={series} />
          </dt>
          <dd>{selected === null ? series.whole : series.texts[selected]}</dd>
        </div>
      ))}
    </dl>
  );
}

export function SeriesName({ series }: Readonly<{ series: Pick<BarSeries, 'name' | 'color' | 'pattern'> }>) {
  const scheme = useScheme();
  return (
    <span className="bucket-name">
      <span
        className="bar-fill swatch"
        data-pattern={series.pattern}
        style={{ '--fill': series.color[scheme] } as React.CSSProperties}
        aria-hidden="true"
      />
      {series.name}
    </span>
  );
}

/** The figures behind the bars, for those who cannot see them or want to copy them. */
function BarsTable({ view }: Readonly<{ view: BarsView }>) {
  const { points, series, pointTitle, unit } = view;
  const hasWhole = series.some(({ whole }) => whole !== '');
  return (
    <Scroller label={`${pointTitle}, ${unit}`} className="scroller days-table">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{pointTitle}</th>
            {series.map(({ key, name }) => (
              <th key={key} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map(({ name }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two points may have one name
            <tr key={index}>
              <th scope="row">{name}</th>
              {series.map(({ key, texts }) => (
                <td key={key} className="number">
                  {texts[index]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {hasWhole && (
          <tfoot>
            <tr>
              <th scope="row">{view.wholeTitle}</th>
              {series.map(({ key, whole }) => (
                <td key={key} className="number">
                  {whole}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </Scroller>
  );
}
