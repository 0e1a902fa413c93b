import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useMemo } from 'react';
import type { Scheme } from '../buckets/buckets.ts';
import { barsOption } from './bars-option.ts';
import type { BarsView } from './bars-view.ts';
import { useChart } from './use-chart.ts';

use([BarChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

type BarsChartProps = Readonly<{
  view: BarsView;
  scheme: Scheme;
  selected: number | null;
  /** The point under the pointer; `null` when it leaves. */
  onPoint: (index: number | null) => void;
}>;

/** Loaded after the rest of the page. */
export default function BarsChart({ view, scheme, selected, onPoint }: BarsChartProps) {
  const option = useMemo(() => barsOption(view, scheme), [view, scheme]);
  const place = useChart(option, selected, onPoint);
  return <div ref={place} className="chart" />;
}
