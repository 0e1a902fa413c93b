import type { EChartsCoreOption } from 'echarts/core';
import type { BucketLook, Scheme } from '../buckets/buckets.ts';
import { BUCKET_LOOKS } from '../buckets/buckets.ts';
import { INK } from '../frame/chart-ink.ts';
import { decals } from '../frame/decals.ts';
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
      decal: { show: true, decals: decals(BUCKET_LOOKS, scheme) },
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
      axisLabel: { color: ink.text, formatter: (value: number) => axisText(value, measure, currency) },
    },
    series: BUCKET_LOOKS.map((look, index) => ({
      name: look.bucket,
      type: 'bar',
      stack: 'buckets',
      barCategoryGap: view.bars.length > MANY ? '0%' : '22%',
      barMaxWidth: 56,
      itemStyle: fill(look, scheme, view.bars.length > MANY),
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

function fill(look: BucketLook, scheme: Scheme, isThin: boolean): object {
  const color = look.color[scheme];
  return look.pattern === 'outline'
    ? { color: INK[scheme].back, borderColor: color, borderWidth: isThin ? 0.5 : 1 }
    : { color, borderColor: INK[scheme].back, borderWidth: isThin ? 0 : 0.5 };
}

/** Round numbers of the axis only, so a short form loses nothing: `$12K`, `4K`. */
function axisText(value: number, measure: Measure, currency: string): string {
  const style =
    measure === 'cost' && /^[A-Za-z]{3}$/.test(currency) ? ({ style: 'currency', currency } as const) : {};
  return new Intl.NumberFormat('en-US', {
    ...style,
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  }).format(value);
}
