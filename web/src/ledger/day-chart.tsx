import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useMemo } from 'react';
import type { Scheme } from '../buckets/buckets.ts';
import { useChart } from '../frame/use-chart.ts';
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

/** Stacked bars by day. Loaded after the rest of the page. */
export default function DayChart({ view, measure, currency, scheme, selected, onPoint }: DayChartProps) {
  const option = useMemo(
    () => dayChartOption(view, measure, currency, scheme),
    [view, measure, currency, scheme],
  );
  const place = useChart(option, selected, onPoint);
  return <div ref={place} className="chart" />;
}
