import type { EChartsCoreOption } from 'echarts/core';
import type { Scheme } from '../buckets/buckets.ts';
import { axisText } from './axis-text.ts';
import type { BarsView } from './bars-view.ts';
import { barFill } from './chart-fill.ts';
import { INK } from './chart-ink.ts';
import { decals } from './decals.ts';

/** From here on bars are too thin for an outline. */
const MANY = 100;

export function barsOption(view: BarsView, scheme: Scheme): EChartsCoreOption {
  const ink = INK[scheme];
  const isThin = view.points.length > MANY;
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: ink.text },
    aria: {
      enabled: true,
      label: { description: view.summary },
      decal: {
        show: true,
        decals: decals(view.series, scheme),
      },
    },
    grid: { left: 4, right: 4, top: 28, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    // The figures stand beside the chart as text; the library only shades what is pointed at.
    tooltip: {
      trigger: 'axis',
      showContent: false,
      axisPointer: { type: 'shadow', shadowStyle: { color: ink.shade } },
    },
    xAxis: {
      type: 'category',
      data: view.points.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.text } },
      axisLabel: { color: ink.text, hideOverlap: true, textMargin: [0, 4] },
    },
    yAxis: {
      type: 'value',
      name: view.unit,
      nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 0, -28] },
      splitNumber: 4,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.text, formatter: (value: number) => axisText(value, view.currency) },
    },
    series: view.series.map(({ name, color, pattern, heights }) => ({
      name,
      type: 'bar',
      ...(view.isStacked && { stack: 'whole' }),
      barCategoryGap: isThin ? '0%' : '24%',
      barMaxWidth: 56,
      itemStyle: barFill(color[scheme], pattern, scheme, isThin),
      emphasis: { disabled: true },
      data: heights,
    })),
  };
}
