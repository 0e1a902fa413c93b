import type { EChartsCoreOption } from 'echarts/core';
import type { Scheme } from '../buckets/buckets.ts';
import { INK, type Ink } from '../frame/chart-ink.ts';
import type { ApiLine, BreakEvenView } from './break-even-view.ts';

const DASHES = ['dashed', 'dotted'] as const;
/** Lines closer than this factor would print over each other: only the first is named in the picture, all are in the table. */
const APART = 1.25;

/** The falling curve of one's own servers, a line for each API, and where the endpoint stands. Costs on a scale of factors. */
export function breakEvenOption(view: BreakEvenView, currency: string, scheme: Scheme): EChartsCoreOption {
  const ink = INK[scheme];
  const named = namedLines(view.apis);
  const most = Math.max(
    ...view.curve.map(({ requestsPerHour }) => requestsPerHour),
    view.current.requestsPerHour,
  );
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: ink.text },
    aria: { enabled: true, label: { description: view.summary } },
    grid: {
      left: 4,
      right: 16,
      top: 26,
      bottom: 22,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: {
      trigger: 'axis',
      showContent: false,
      axisPointer: { type: 'line', lineStyle: { color: ink.text }, snap: true },
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: most,
      name: 'Requests an hour',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: ink.text },
      splitLine: { show: false },
      axisLine: { show: true, lineStyle: { color: ink.text } },
      axisLabel: { color: ink.text, hideOverlap: true, showMaxLabel: false, formatter: countText },
    },
    yAxis: {
      type: 'log',
      ...bounds(view),
      name: `Per 1,000, ${currency}`,
      nameLocation: 'end',
      nameGap: 10,
      nameTextStyle: { color: ink.text, align: 'left', padding: [0, 0, 0, -30] },
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.text, formatter: countText },
    },
    series: [
      {
        name: 'own servers',
        type: 'line',
        showSymbol: false,
        lineStyle: { color: ink.accent, width: 2.5 },
        itemStyle: { color: ink.accent },
        data: view.curve.map(({ requestsPerHour, value }) => [requestsPerHour, value]),
      },
      ...view.apis.map((api, index) => apiSeries(api, index, most, named.has(api.name), ink)),
      currentSeries(view, ink),
    ].map((series) => ({ ...series, emphasis: { disabled: true } })),
  };
}

function apiSeries(
  { name, value, price }: ApiLine,
  index: number,
  most: number,
  isNamed: boolean,
  ink: Ink,
): object {
  return {
    name,
    type: 'line',
    showSymbol: false,
    silent: true,
    lineStyle: { color: ink.text, width: 1.4, type: DASHES[index % DASHES.length] },
    data: [
      [0, value],
      [most, value],
    ],
    ...(isNamed
      ? {
          endLabel: {
            show: true,
            formatter: `${name} ${price}`,
            color: ink.text,
            align: 'right',
            verticalAlign: 'bottom',
            offset: [-4, -7],
            fontSize: 11,
            textBorderColor: ink.back,
            textBorderWidth: 3,
          },
        }
      : {}),
  };
}

function currentSeries({ current, endpoint }: BreakEvenView, ink: Ink): object {
  return {
    name: 'now',
    type: 'scatter',
    symbol: 'diamond',
    symbolSize: 15,
    silent: true,
    z: 5,
    itemStyle: { color: ink.accent, borderColor: ink.back, borderWidth: 2 },
    label: {
      show: true,
      position: 'top',
      formatter: `${endpoint} now`,
      color: ink.text,
      fontWeight: 'bold',
      textBorderColor: ink.back,
      textBorderWidth: 3,
    },
    data: current.value === null ? [] : [[current.requestsPerHour, current.value]],
  };
}

function namedLines(apis: readonly ApiLine[]): ReadonlySet<string> {
  const names = new Set<string>();
  let last = 0;
  for (const { name, value } of [...apis].sort((a, b) => a.value - b.value)) {
    if (value < last * APART) continue;
    names.add(name);
    last = value;
  }
  return names;
}

/** Whole powers of ten around everything that is drawn. */
function bounds({ curve, current, apis }: BreakEvenView): Readonly<{ min: number; max: number }> {
  const values = [...curve, current, ...apis].flatMap(({ value }) =>
    value !== null && value > 0 ? [value] : [],
  );
  const exponent = (value: number, round: (value: number) => number) => 10 ** round(Math.log10(value));
  return {
    min: exponent(Math.min(...values), Math.floor),
    max: exponent(Math.max(...values), Math.ceil),
  };
}

function countText(value: number): string {
  return new Intl.NumberFormat('en-US', {
    ...(value >= 10_000 ? { notation: 'compact' as const } : {}),
    maximumSignificantDigits: 3,
  }).format(value);
}
