import type { CheckedLaunch, CheckReport, CheckViolation } from '../app/results/check.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { printCount } from './print-amount.ts';

/** What is launched and what it costs, then each violation with its line, then a count. */
export function checkText(report: CheckReport): string {
  const blocks = [launchesBlock(report), violationsBlock(report), unreadableBlock(report)];
  return `${[...blocks.filter((block) => block !== ''), summary(report)].join('\n\n')}\n`;
}

function launchesBlock({ launches, currency }: CheckReport): string {
  const rows = launches.map((launch) => [
    `${launch.file}:${launch.line}`,
    launch.name,
    launch.size,
    costText(launch, currency),
  ]);
  return alignColumns([['FILE', 'LAUNCH', 'GPUS', 'COST~'], ...rows], launches.length);
}

function alignColumns(rows: readonly (readonly string[])[], count: number): string {
  if (count === 0) return '';
  const widths = rows[0]!.map((_, x) => Math.max(...rows.map((row) => row[x]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, x) => cell.padEnd(widths[x]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Every amount is an estimate. */
export function costText(launch: CheckedLaunch, currency: string): string {
  const money = (text: string) => displayMoney(parsePicos(text)!.picos, currency);
  const { costPerRun, costPerMonth, costPerHour, hours, assumptions } = launch;
  if (costPerRun && hours?.basis === 'limit')
    return `at most ${money(costPerRun.high)} a run (time limit ${printHours(hours.high)} h)`;
  if (costPerRun && hours) {
    const range =
      costPerRun.low === costPerRun.high ? '' : `, ${money(costPerRun.low)} to ${money(costPerRun.high)}`;
    return `${money(costPerRun.expected)} a run (${printHours(hours.expected)} h, ${hours.detail}${range})`;
  }
  if (costPerMonth)
    return costPerMonth.low === costPerMonth.high
      ? `${money(costPerMonth.high)} a month`
      : `${money(costPerMonth.low)} to ${money(costPerMonth.high)} a month`;
  if (costPerHour) return `${money(costPerHour.high)} an hour (nothing says for how long)`;
  return `? (${assumptions.map((reason) => reason.split(';')[0]).join(', ')})`;
}

function printHours(hours: number): string {
  return String(Number(hours.toFixed(2)));
}

function violationsBlock({ violations }: CheckReport): string {
  return violations.map((violation) => violationText(violation)).join('\n');
}

function violationText({ file, line, rule, policy, severity, launch, message, fix }: CheckViolation): string {
  const place = `${file}:${line}`;
  const title = policy === rule ? rule : `${rule} (${policy})`;
  const label = severity === 'warning' ? 'warning: ' : '';
  return [
    `${place}  ${title}  ${label}${launch}: ${message}`,
    `${' '.repeat(place.length)}  fix: ${fix}`,
  ].join('\n');
}

function unreadableBlock({ unreadable }: CheckReport): string {
  return unreadable.map(({ where, message }) => `${where}  cannot be read: ${message}`).join('\n');
}

function summary({
  files,
  launches,
  violations,
  unreadable,
  passed,
  budgets,
  warnings,
}: CheckReport): string {
  const errors = violations.filter(({ severity }) => severity === 'error').length;
  const parts = [
    printCount(errors, 'violation'),
    ...(violations.length > errors ? [printCount(violations.length - errors, 'warning')] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} unreadable`] : []),
    `${passed.length} ${passed.length === 1 ? 'policy' : 'policies'} passed`,
    `${launchCount(launches.length)} in ${printCount(files, 'file')}`,
  ];
  const lines = [parts.join(', ')];
  if (budgets === null && launches.length > 0)
    lines.push('No ledger was asked: past runs and what is spent of budgets are not known.');
  return [...lines, ...warnings].join('\n');
}

export function launchCount(count: number): string {
  return `${count} ${count === 1 ? 'launch' : 'launches'}`;
}
