import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useMemo } from 'react';
import type { Scheme } from '../buckets/buckets.ts';
import { useChart } from '../frame/use-chart.ts';
import { trendOption } from './trend-option.ts';
import type { TrendView } from './trend-view.ts';

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, AriaComponent, SVGRenderer]);

type TrendChartProps = Readonly<{
  view: TrendView;
  currency: string;
  scheme: Scheme;
  selected: number | null;
  onPoint: (index: number | null) => void;
}>;

/** Days of the unit cost. Loaded after the rest of the page. */
export default function TrendChart({ view, currency, scheme, selected, onPoint }: TrendChartProps) {
  const option = useMemo(() => trendOption(view, currency, scheme), [view, currency, scheme]);
  const place = useChart(option, selected, onPoint);
  return <div ref={place} className="chart" />;
}
