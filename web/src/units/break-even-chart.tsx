import { LineChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useMemo } from 'react';
import type { Scheme } from '../buckets/buckets.ts';
import { useChart } from '../frame/use-chart.ts';
import { breakEvenOption } from './break-even-option.ts';
import type { BreakEvenView } from './break-even-view.ts';
import { nearestPoint } from './break-even-view.ts';

use([LineChart, ScatterChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

type BreakEvenChartProps = Readonly<{
  view: BreakEvenView;
  currency: string;
  scheme: Scheme;
  selected: number | null;
  onPoint: (index: number | null) => void;
}>;

/** Loaded after the rest of the page. Its axis is a scale, so what is pointed at is a rate and no index. */
export default function BreakEvenChart({ view, currency, scheme, selected, onPoint }: BreakEvenChartProps) {
  const option = useMemo(() => breakEvenOption(view, currency, scheme), [view, currency, scheme]);
  const place = useChart(option, selected, (rate) =>
    onPoint(rate === null ? null : nearestPoint(view.curve, rate)),
  );
  return <div ref={place} className="chart" />;
}
