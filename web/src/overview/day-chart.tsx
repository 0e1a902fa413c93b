import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import type { EChartsType } from 'echarts/core';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { Scheme } from '../buckets/buckets.ts';
import type { Measure } from '../state/url-state.ts';
import { dayChartOption } from './day-chart-option.ts';
import type { DaysView } from './days-view.ts';

use([BarChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

type DayChartProps = Readonly<{
  view: DaysView;
  measure: Measure;
  currency: string;
  scheme: Scheme;
  selected: number | null;
  /** The day under the pointer; `null` when it leaves. */
  onPoint: (index: number | null) => void;
}>;

/** Stacked bars as SVG: its text is text, and it prints. Loaded after the rest of the page. */
export default function DayChart({ view, measure, currency, scheme, selected, onPoint }: DayChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pointed = useRef(onPoint);
  pointed.current = onPoint;

  useEffect(() => {
    const made = init(place.current!, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('updateAxisPointer', (event) => pointed.current(pointedIndex(event)));
    made.getZr().on('globalout', () => pointed.current(null));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(dayChartOption(view, measure, currency, scheme), { notMerge: true });
  }, [view, measure, currency, scheme]);

  useEffect(() => {
    const tip =
      selected === null ? { type: 'hideTip' } : { type: 'showTip', seriesIndex: 0, dataIndex: selected };
    chart.current?.dispatchAction(tip);
  }, [selected]);

  return <div ref={place} className="chart" />;
}

/** The event of the axis pointer is untyped: `{ axesInfo: [{ value: index }] }`, and no `axesInfo` when it points nowhere. */
function pointedIndex(event: unknown): number | null {
  const { axesInfo } = event as { axesInfo?: readonly { value: number }[] };
  return axesInfo?.[0]?.value ?? null;
}
