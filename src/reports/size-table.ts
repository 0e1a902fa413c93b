import type { SizeReport } from '../app/results/size.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** A sentence with the cost and the waste, and below it what each lever alone would do. */
export function sizeTable(report: SizeReport): TableModel {
  const { gpus, gpuModel, currency, price, levers } = report;
  const money = (text: string) => displayMoney(parsePicos(text)!.picos, currency);
  return {
    title: null,
    headline: `${gpus} ${gpuModel ?? 'GPUs'} cost ${money(report.monthlyCost)} a month (${money(report.hourlyCost)} an hour); ${money(report.monthlyIdleCost)} of it, ${report.idlePercent.toFixed(0)} %, is idle`,
    columns: COLUMNS,
    rows: levers.map(({ lever, gpus: left, perGpuHour, monthlyCost, monthlySaving, assumption }) => ({
      lever: cell(lever),
      gpus: cell(left),
      perGpuHour: cell(perGpuHour),
      monthlyCost: cell(monthlyCost, '~'),
      monthlySaving: cell(monthlySaving, '~'),
      assumption: cell(assumption),
    })),
    rest: null,
    total: null,
    footnotes: [
      price.listed === null
        ? `At the stated price of ${price.perGpuHour} per GPU-hour.`
        : `At ${price.perGpuHour} per GPU-hour, the middle of ${price.listed.prices} list prices from ${price.listed.lowest} to ${price.listed.highest}: ${price.listed.provider}${price.listed.instanceType === null ? '' : ` ${price.listed.instanceType}`}, ${price.listed.source}, ${price.listed.checked}.`,
      report.costPerUsefulGpuHour === null
        ? 'No hour of it is useful.'
        : `A GPU-hour that works costs ${money(report.costPerUsefulGpuHour)}.`,
      levers.length === 0 ? '' : 'Each lever alone; they do not add up.',
    ],
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'lever', title: 'lever', kind: 'text' },
  { name: 'gpus', title: 'GPUs', kind: 'count' },
  { name: 'perGpuHour', title: 'per GPU-hour', kind: 'text' },
  { name: 'monthlyCost', title: 'a month', kind: 'money' },
  { name: 'monthlySaving', title: 'saves', kind: 'money' },
  { name: 'assumption', title: 'if', kind: 'text', importance: 1 },
];
