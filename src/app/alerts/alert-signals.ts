import type { AlertSignal, Severity } from '../../domain/governance/alerts/alert.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import type { AnomalyReport, AnomalyRow } from '../results/anomalies.ts';
import type { BudgetReport, BudgetRow } from '../results/budgets.ts';

/** What is wrong right now, of budgets and anomalies. */
export function alertSignals(budgets: BudgetReport, anomalies: AnomalyReport): readonly AlertSignal[] {
  return [
    ...budgets.rows.flatMap((row) => budgetSignals(row, budgets.currency)),
    ...anomalies.rows.filter(isNews).map(anomalySignal),
  ];
}

/** A part of another anomaly is told of with it; what someone has explained is no news. */
function isNews({ isOngoing, within, verdict }: AnomalyRow): boolean {
  return isOngoing && within === null && verdict !== 'expected' && verdict !== 'falseAlarm';
}

function anomalySignal(row: AnomalyRow): AlertSignal {
  return {
    key: `anomaly/${row.measure}/${row.dimension}/${row.owner}`,
    kind: 'anomaly',
    severity: 'warning',
    owner: { [row.dimension]: row.owner },
    title: `${MEASURES[row.measure]} of ${row.dimension} ${row.owner} is out of the ordinary`,
    text: `${row.message}. ${row.id}`,
  };
}

const MEASURES = { cost: 'The cost', tare: 'The waste', unitCost: 'The cost of a request' } as const;

function budgetSignals(row: BudgetRow, currency: string): AlertSignal[] {
  const money = (text: string) => displayMoney(parsePicos(text)!.picos, currency);
  const { name, spent, limit, forecast } = row;
  if (spent === null) return [];
  const used = `${money(spent)} of ${money(limit)} is spent, ${percent(row.usedFraction)}`;
  const signal = (kind: AlertSignal['kind'], severity: Severity, title: string, text: string) => ({
    key: `${kind}/${name}`,
    kind,
    severity: row.isSoft && severity === 'critical' ? ('warning' as const) : severity,
    owner: row.scope,
    title,
    text,
  });
  const burns = row.state === 'over' ? [] : row.burn.filter(({ isBurning }) => isBurning);
  return [
    ...stateSignals(row, used, forecast === null ? '' : money(forecast.expected), signal),
    ...burns.map((burn) =>
      signal(
        burn.name === 'fast' ? 'fastBurn' : 'slowBurn',
        burn.name === 'fast' ? 'critical' : 'warning',
        `The budget ${name} is burning ${burn.name === 'fast' ? 'fast' : 'slowly'}`,
        `${used}; ${rate(burn.short)} times as fast as it lasts until ${row.to.slice(0, 10)}`,
      ),
    ),
  ];
}

function stateSignals(
  { name, state, warn }: BudgetRow,
  used: string,
  expected: string,
  signal: (kind: AlertSignal['kind'], severity: Severity, title: string, text: string) => AlertSignal,
): AlertSignal[] {
  switch (state) {
    case 'over':
      return [signal('budgetOver', 'critical', `The budget ${name} is spent`, used)];
    case 'heading_over':
      return [
        signal(
          'budgetHeadingOver',
          'warning',
          `The budget ${name} will not last`,
          `${used}; about ${expected} is expected by the end of the period`,
        ),
      ];
    case 'warn':
      return [signal('budgetWarn', 'info', `The budget ${name} is past ${Math.round(warn * 100)} %`, used)];
    case 'fine':
    case 'unknown':
      return [];
    default:
      return state satisfies never;
  }
}

function percent(fraction: number | null): string {
  return fraction === null ? '?' : `${Math.round(fraction * 100)} %`;
}

function rate(value: number | null): string {
  return value === null ? '?' : value.toFixed(1);
}
