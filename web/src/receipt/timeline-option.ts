import type { EChartsCoreOption } from 'echarts/core';
import type { Scheme } from '../buckets/buckets.ts';
import { INK, type Ink } from '../frame/chart-ink.ts';
import type { HourView, TimelineView } from './timeline-view.ts';

/** Activity, power and cost under each other over the same hours; attempts are bands behind the activity, those that lost work striped. */
export function timelineOption(view: TimelineView, currency: string, scheme: Scheme): EChartsCoreOption {
  const ink = INK[scheme];
  const lanes = [
    { top: 40, height: 92, name: 'Activity, %', max: 100, pick: percent, line: true },
    {
      top: 172,
      height: 72,
      name: 'Power, kW',
      max: null,
      pick: ({ kilowatts }: HourView) => kilowatts,
      line: true,
    },
    {
      top: 284,
      height: 72,
      name: `Cost per hour, ${currency}`,
      max: null,
      pick: ({ cost }: HourView) => cost,
      line: false,
    },
  ];
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
    xAxis: lanes.map((_, index) => ({
      type: 'category',
      gridIndex: index,
      data: labels,
      boundaryGap: true,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.text } },
      axisLabel: {
        show: index === lanes.length - 1,
        color: ink.text,
        hideOverlap: true,
        formatter: (name: string) => name.replace(/ \d{4} /, '\n'),
      },
    })),
    yAxis: lanes.map(({ name, max }, index) => ({
      type: 'value',
      gridIndex: index,
      name,
      nameLocation: 'end',
      nameGap: 8,
      nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 0, -40] },
      min: 0,
      ...(max === null ? {} : { max }),
      splitNumber: 2,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.text, hideOverlap: true },
    })),
    series: lanes.map(({ name, pick, line }, index) => ({
      name,
      type: line ? 'line' : 'bar',
      xAxisIndex: index,
      yAxisIndex: index,
      data: view.hours.map(pick),
      emphasis: { disabled: true },
      ...(line
        ? {
            step: 'middle',
            showSymbol: view.hours.length === 1,
            lineStyle: { color: ink.accent, width: 1.5 },
            areaStyle: { color: ink.accent, opacity: 0.16 },
          }
        : { barCategoryGap: '20%', barMaxWidth: 24 }),
      itemStyle: { color: ink.accent },
      ...(index === 0 ? { markArea: bands(view, ink) } : {}),
    })),
  };
}

function percent({ activity }: HourView): number | null {
  return activity === null ? null : activity * 100;
}

function bands({ spans, hours }: TimelineView, ink: Ink): object {
  return {
    silent: true,
    label: { color: ink.text, position: 'insideTopLeft', distance: 3, fontSize: 11 },
    data: spans.map(({ first, last, label, isLost }, index) => [
      {
        name: label,
        xAxis: hours[first]!.name,
        itemStyle: {
          color: index % 2 === 0 ? 'transparent' : ink.shade,
          borderColor: ink.text,
          borderWidth: isLost ? 1 : 0,
          borderType: 'dashed',
        },
      },
      { xAxis: hours[last]!.name },
    ]),
  };
}
