import type { ImportResult } from '../app/results/results.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { printCount, printNumber } from './print-amount.ts';

const REJECTS_SHOWN = 10;

/** What an import did: one line of counts and totals, then what its owner has to correct. */
export function importText(result: ImportResult, currency: string): string {
  const { rejects, rowsRejected, warnings } = result;
  const shown = rejects.slice(0, REJECTS_SHOWN);
  const left = rowsRejected - shown.length;
  const lines = [
    countsLine(result),
    ...totalsLine(result, currency),
    ...shown.map(({ where, message }) => `rejected  ${where}  ${message}`),
    ...(left > 0 ? [`          … ${printCount(left, 'more row')}: --format json lists them`] : []),
    ...warnings.map(({ message, count }) => `warning   ${message}${count > 1 ? ` (${count} times)` : ''}`),
  ];
  return `${lines.join('\n')}\n`;
}

function countsLine(result: ImportResult): string {
  const counts = [
    `${printNumber(result.rowsImported)} imported`,
    `${printNumber(result.rowsUnchanged)} unchanged`,
    `${printNumber(result.rowsRejected)} rejected`,
  ];
  if (result.rowsRemoved > 0) counts.push(`${printNumber(result.rowsRemoved)} removed`);
  return [printCount(result.files, 'file'), printCount(result.rowsRead, 'row'), ...counts].join(' · ');
}

function totalsLine({ totals }: ImportResult, currency: string): string[] {
  const { from, to, ...figures } = totals;
  const parts = Object.entries(figures).map(([name, value]) => printTotal(name, value, currency));
  if (from !== undefined && to !== undefined) parts.unshift(`${from} to ${to}`);
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

/** `billedCost` → `billed cost $460,000.00`, `gpuHours` → `gpu hours 119,040`. */
function printTotal(name: string, value: string | number, currency: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace('gpu hours', 'GPU-hours');
  if (typeof value === 'number') return `${words} ${printNumber(value)}`;
  const money = /cost$/i.test(name) ? parsePicos(value) : undefined;
  return `${words} ${money ? displayMoney(money.picos, currency) : value}`;
}
