import type { EChartsCoreOption } from 'echarts/core';
import type { Scheme } from '../buckets/buckets.ts';
import { INK, type Ink } from '../frame/chart-ink.ts';
import { decals } from '../frame/decals.ts';
import { DRIVER_LOOKS } from './drivers.ts';
import type { PointView, TrendView } from './trend-view.ts';

type Lane = Readonly<{
  name: string;
  height: number;
  min?: number | undefined;
  max?: number | undefined;
  series: readonly object[];
}>;

/** Lines and single bars need no pattern to be told apart. */
const PLAIN = { symbol: 'none' };
const TOP = 26;
const GAP = 46;
const FOOT = 40;
/** Of a second line in the same lane. */
const DASHES = ['solid', 'dashed', 'dotted'] as const;

/** Cost, its drivers, latency, quality and traffic under each other, over the same days. */
export function trendOption(view: TrendView, currency: string, scheme: Scheme): EChartsCoreOption {
  const ink = INK[scheme];
  const lanes = lanesOf(view, currency, scheme);
  const tops = lanes.map((_, index) =>
    lanes.slice(0, index).reduce((sum, { height }) => sum + height + GAP, TOP),
  );
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: ink.text },
    aria: { enabled: true, label: { description: view.summary }, decal: { show: true } },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: {
      trigger: 'axis',
      showContent: false,
      axisPointer: { type: 'line', lineStyle: { color: ink.text } },
    },
    grid: lanes.map(({ height }, index) => ({ left: 54, right: 12, top: tops[index], height })),
    xAxis: lanes.map((_, index) => ({
      type: 'category',
      gridIndex: index,
      data: view.points.map(({ label }) => label),
      axisTick: { show: false },
      // Lines of the drivers' lane go below zero; its axis stands at the foot all the same.
      axisLine: { onZero: false, lineStyle: { color: ink.text } },
      axisLabel: {
        show: index === lanes.length - 1,
        color: ink.text,
        lineHeight: 15,
      },
    })),
    yAxis: lanes.map((lane, index) => ({
      type: 'value',
      gridIndex: index,
      name: lane.name,
      nameLocation: 'end',
      nameGap: 10,
      nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 0, -52] },
      ...(lane.min === undefined ? {} : { min: lane.min }),
      ...(lane.max === undefined ? {} : { max: lane.max }),
      splitNumber: 3,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.text, formatter: axisText },
    })),
    series: lanes.flatMap(({ series }, index) =>
      series.map((one) => ({ ...one, xAxisIndex: index, yAxisIndex: index, emphasis: { disabled: true } })),
    ),
  };
}

/** How tall the picture is: lanes that have nothing to show are left out. */
export function trendHeight(view: TrendView): number {
  return lanesOf(view, '', 'light').reduce((sum, { height }) => sum + height + GAP, TOP) - GAP + FOOT;
}

function lanesOf(view: TrendView, currency: string, scheme: Scheme): readonly Lane[] {
  const ink = INK[scheme];
  const { points, before, scores } = view;
  const isTimed = points.some(({ p95 }) => p95 !== null);
  return [
    {
      name: `Per 1,000, ${currency}${before === null ? '' : ' (dashed: the time before)'}`,
      height: 128,
      min: 0,
      series: [
        {
          ...line(
            'Per 1,000',
            points.map(({ unitCost }) => unitCost),
            ink,
            0,
          ),
          areaStyle: { color: ink.accent, opacity: 0.12, decal: PLAIN },
          ...(before === null ? {} : { markLine: beforeLine(before, ink) }),
        },
      ],
    },
    ...(view.hasDrivers
      ? [{ name: 'Less the time before, by driver', height: 112, series: driverBars(points, scheme, ink) }]
      : []),
    ...(isTimed
      ? [
          {
            name: 'Latency, ms (p95; dashed: p50)',
            height: 84,
            min: 0,
            series: [
              line(
                'p95',
                points.map(({ p95 }) => p95),
                ink,
                0,
              ),
              line(
                'p50',
                points.map(({ p50 }) => p50),
                ink,
                1,
              ),
            ],
          },
        ]
      : []),
    ...(scores.length > 0
      ? [
          {
            name: `Quality (${scoresText(scores)})`,
            height: 84,
            series: scores.slice(0, DASHES.length).map((score, index) =>
              line(
                score,
                points.map(({ quality }) => quality[score] ?? null),
                ink,
                index,
              ),
            ),
          },
        ]
      : []),
    { name: 'Requests', height: 64, min: 0, series: [bars(points, ink)] },
  ];
}

function scoresText(scores: readonly string[]): string {
  return scores
    .slice(0, DASHES.length)
    .map((score, index) => (index === 0 ? score : `${DASHES[index]}: ${score}`))
    .join('; ');
}

function line(name: string, data: readonly (number | null)[], ink: Ink, look: number): object {
  const known = data.filter((value) => value !== null).length;
  return {
    name,
    type: 'line',
    data,
    showSymbol: known < 3,
    symbolSize: 6,
    lineStyle: { color: look === 0 ? ink.accent : ink.text, width: look === 0 ? 2 : 1.4, type: DASHES[look] },
    itemStyle: { color: look === 0 ? ink.accent : ink.text, decal: PLAIN },
  };
}

function beforeLine(before: number, ink: Ink): object {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: ink.text, type: 'dashed', width: 1 },
    data: [{ yAxis: before }],
  };
}

function driverBars(points: readonly PointView[], scheme: Scheme, ink: Ink): readonly object[] {
  const patterns = decals(DRIVER_LOOKS, scheme);
  return DRIVER_LOOKS.map(({ driver, color, pattern }, index) => ({
    name: driver,
    type: 'bar',
    stack: 'drivers',
    barCategoryGap: '22%',
    barMaxWidth: 40,
    itemStyle: {
      ...(pattern === 'outline'
        ? { color: ink.back, borderColor: color[scheme], borderWidth: 1 }
        : { color: color[scheme] }),
      decal: patterns[index],
    },
    data: points.map(({ drivers }) => drivers?.[driver] ?? null),
  }));
}

function bars(points: readonly PointView[], ink: Ink): object {
  return {
    name: 'Requests',
    type: 'bar',
    barCategoryGap: '22%',
    barMaxWidth: 40,
    itemStyle: { color: ink.accent, decal: PLAIN },
    data: points.map(({ requests }) => requests),
  };
}

/** Round numbers of the axis only, so a short form loses nothing. */
function axisText(value: number): string {
  const style = Math.abs(value) >= 1_000 ? ({ notation: 'compact' } as const) : {};
  return new Intl.NumberFormat('en-US', { ...style, maximumSignificantDigits: 3 })
    .format(value)
    .replace('-', '−');
}
