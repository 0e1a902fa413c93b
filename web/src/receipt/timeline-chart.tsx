import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useMemo } from 'react';
import type { Scheme } from '../buckets/buckets.ts';
import { useChart } from '../frame/use-chart.ts';
import { timelineOption } from './timeline-option.ts';
import type { TimelineView } from './timeline-view.ts';

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkAreaComponent, AriaComponent, SVGRenderer]);

type TimelineChartProps = Readonly<{
  view: TimelineView;
  currency: string;
  scheme: Scheme;
  selected: number | null;
  onPoint: (index: number | null) => void;
}>;

/** The page is no wider than this, and has so much beside the hours. */
const MOST_PX = 1_360;
const MARGINS_PX = 140;

/** Hours of a run. Loaded after the rest of the page. */
export default function TimelineChart({ view, currency, scheme, selected, onPoint }: TimelineChartProps) {
  const option = useMemo(
    () => timelineOption(view, currency, scheme, Math.min(MOST_PX, globalThis.innerWidth) - MARGINS_PX),
    [view, currency, scheme],
  );
  const place = useChart(option, selected, onPoint);
  return <div ref={place} className="chart" />;
}
