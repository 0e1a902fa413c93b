import type { EChartsCoreOption } from 'echarts/core';
import type { Scheme } from '../buckets/buckets.ts';
import { INK, type Ink } from '../frame/chart-ink.ts';
import type { HourView, TimelineView } from './timeline-view.ts';

/** About as wide as a letter of the labels. */
const CHARACTER_PX = 8;

type Lane = Readonly<{
  name: string;
  top: number;
  height: number;
  kind: 'strip' | 'line' | 'bar';
  most: number | null;
  pick: (hour: HourView) => number | null;
}>;

/** Attempts as a strip, and activity, power and cost under each other over the same hours. */
export function timelineOption(
  view: TimelineView,
  currency: string,
  scheme: Scheme,
  widthPx: number,
): EChartsCoreOption {
  const ink = INK[scheme];
  const lanes = lanesFor(currency);
  const labels = view.hours.map(({ name }) => name);
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: ink.text },
    aria: { enabled: true, label: { description: view.summary } },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: {
      trigger: 'axis',
      showContent: false,
      axisPointer: { type: 'line', lineStyle: { color: ink.text } },
    },
    grid: lanes.map(({ top, height }) => ({ left: 46, right: 12, top, height })),
    xAxis: lanes.map(({ kind }, index) => ({
      type: 'category',
      gridIndex: index,
      data: labels,
      axisTick: { show: false },
      axisLine: { show: kind !== 'strip', lineStyle: { color: ink.text } },
      axisLabel: {
        show: index === lanes.length - 1,
        color: ink.text,
        hideOverlap: true,
        lineHeight: 15,
        margin: 6,
        textMargin: [0, 6],
        formatter: (name: string) => name.replace(/ \d{4} /, '\n'),
      },
    })),
    yAxis: lanes.map((lane, index) => valueAxis(lane, index, ink)),
    series: lanes.map((lane, index) => ({
      name: lane.name,
      ...lookOf(lane, view, ink, widthPx),
      xAxisIndex: index,
      yAxisIndex: index,
      data: view.hours.map(lane.pick),
      emphasis: { disabled: true },
    })),
  };
}

function lanesFor(currency: string): readonly Lane[] {
  return [
    { name: 'Attempts', top: 24, height: 26, kind: 'strip', most: 1, pick: () => 0 },
    { name: 'Activity, %', top: 82, height: 92, kind: 'line', most: 100, pick: percent },
    { name: 'Power, kW', top: 206, height: 72, kind: 'line', most: null, pick: ({ kilowatts }) => kilowatts },
    { name: `Cost, ${currency}`, top: 310, height: 72, kind: 'bar', most: null, pick: ({ cost }) => cost },
  ];
}

function percent({ activity }: HourView): number | null {
  return activity === null ? null : activity * 100;
}

function valueAxis({ name, kind, most }: Lane, gridIndex: number, ink: Ink): object {
  return {
    type: 'value',
    gridIndex,
    name,
    nameLocation: 'end',
    nameGap: kind === 'strip' ? 4 : 10,
    nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 0, -44] },
    min: 0,
    ...(most === null ? {} : { max: most }),
    splitNumber: 2,
    splitLine: { show: kind !== 'strip', lineStyle: { color: ink.line } },
    axisLabel: { show: kind !== 'strip', color: ink.text },
  };
}

function lookOf({ kind }: Lane, view: TimelineView, ink: Ink, widthPx: number): object {
  switch (kind) {
    case 'strip':
      return {
        type: 'line',
        showSymbol: false,
        lineStyle: { width: 0 },
        markArea: bands(view, ink, widthPx),
      };
    case 'line':
      return {
        type: 'line',
        step: 'middle',
        showSymbol: view.hours.length === 1,
        lineStyle: { color: ink.accent, width: 1.5 },
        areaStyle: { color: ink.accent, opacity: 0.16 },
        itemStyle: { color: ink.accent },
      };
    case 'bar':
      return { type: 'bar', barCategoryGap: '20%', barMaxWidth: 24, itemStyle: { color: ink.accent } };
    default:
      return kind satisfies never;
  }
}

/** One box for each attempt, dashed where its work was lost; the words stand in it as far as there is room. */
function bands({ spans, hours }: TimelineView, ink: Ink, widthPx: number): object {
  const hourPx = widthPx / Math.max(1, hours.length);
  return {
    silent: true,
    label: { color: ink.text, position: 'inside', fontSize: 11 },
    data: spans.map(({ attempt, first, last, label, isLost }) => [
      {
        name: (last - first) * hourPx > CHARACTER_PX * label.length ? label : String(attempt),
        xAxis: hours[first]!.name,
        itemStyle: {
          color: ink.shade,
          borderColor: ink.text,
          borderWidth: 1,
          borderType: isLost ? 'dashed' : 'solid',
        },
      },
      { xAxis: hours[last]!.name },
    ]),
  };
}
