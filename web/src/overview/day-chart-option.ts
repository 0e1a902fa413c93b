import type { EChartsCoreOption } from 'echarts/core';
import type { Scheme } from '../buckets/buckets.ts';
import { BUCKET_LOOKS } from '../buckets/buckets.ts';
import { axisText } from '../frame/axis-text.ts';
import { barFill, decals } from '../frame/chart-fill.ts';
import { INK } from '../frame/chart-ink.ts';
import type { Measure } from '../state/url-state.ts';
import type { DaysView } from './days-view.ts';

const LIGHTER = 0.5;
/** From here on bars are too thin for an outline. */
const MANY = 100;

/** What the chart library draws: one series per bucket, the useful at the foot, patterns on, days that mostly rest on estimates lighter and marked `~`. */
export function dayChartOption(
  view: DaysView,
  measure: Measure,
  currency: string,
  scheme: Scheme,
): EChartsCoreOption {
  const ink = INK[scheme];
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: ink.text },
    aria: {
      enabled: true,
      label: { description: view.summary },
      decal: {
        show: true,
        decals: decals(
          BUCKET_LOOKS.map(({ pattern }) => pattern),
          scheme,
        ),
      },
    },
    grid: { left: 4, right: 4, top: 18, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    // The figures stand beside the chart as text; the library only shades the day that is pointed at.
    tooltip: {
      trigger: 'axis',
      showContent: false,
      axisPointer: { type: 'shadow', shadowStyle: { color: ink.shade } },
    },
    xAxis: {
      type: 'category',
      data: view.bars.map((bar) => bar.label.replace(' ~', '')),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.text } },
      axisLabel: { color: ink.text, hideOverlap: true, textMargin: [0, 4] },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: {
        color: ink.text,
        formatter: (value: number) => axisText(value, measure === 'cost' ? currency : null),
      },
    },
    series: BUCKET_LOOKS.map((look, index) => ({
      name: look.bucket,
      type: 'bar',
      stack: 'buckets',
      barCategoryGap: view.bars.length > MANY ? '0%' : '22%',
      barMaxWidth: 56,
      itemStyle: barFill(look.color[scheme], look.pattern, scheme, view.bars.length > MANY),
      emphasis: { disabled: true },
      data: view.bars.map((bar) => ({
        value: bar.heights[look.bucket],
        ...(bar.isLight && measure === 'cost' ? { itemStyle: { opacity: LIGHTER } } : {}),
        ...(index === BUCKET_LOOKS.length - 1 && bar.isLight && measure === 'cost'
          ? { label: estimateLabel(ink.text) }
          : {}),
      })),
    })),
  };
}

function estimateLabel(color: string): object {
  return { show: true, position: 'top', distance: 0, formatter: '~', color, fontSize: 14, opacity: 1 };
}
