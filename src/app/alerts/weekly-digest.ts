import type { Digest } from '../../domain/governance/alerts/digest.ts';
import { tareOf } from '../../domain/ledger/buckets.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import { parsePicos, picosToNumber } from '../../domain/money/picos.ts';
import { DAY_MS, type EpochMs, formatDay, type TimeWindow } from '../../domain/time/window.ts';
import type { LedgerAggregate, Store } from '../../ports/store.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import { totalPicos } from '../figures/ledger-figures.ts';
import type { AnomalyReport } from '../results/anomalies.ts';
import type { BudgetReport } from '../results/budgets.ts';

export type DigestParts = Readonly<{
  store: Pick<Store, 'ledger'>;
  currency: string;
  budgets(atMs: EpochMs): Promise<BudgetReport>;
  anomalies(window: TimeWindow): Promise<AnomalyReport>;
}>;

const MOST_TEAMS = 5;
const MOST_ANOMALIES = 10;

/** The week before a Monday: what was spent and wasted, by whom, budgets, and what was out of the ordinary. */
export async function weeklyDigest(
  { store, currency, budgets, anomalies }: DigestParts,
  mondayMs: EpochMs,
): Promise<Digest> {
  const week = { fromMs: mondayMs - 7 * DAY_MS, toMs: mondayMs };
  const before = { fromMs: week.fromMs - 7 * DAY_MS, toMs: week.fromMs };
  const [teams, earlier, budgetReport, anomalyReport] = await Promise.all([
    store.ledger({ window: week, by: ['team'] }),
    store.ledger({ window: before, by: ['team'] }),
    budgets(mondayMs),
    anomalies(week),
  ]);
  return {
    title: `Tare: the week of ${formatDay(week.fromMs)}`,
    sections: [
      { heading: 'Spent', lines: spentLines(teams, earlier, currency) },
      ...(budgetReport.rows.length > 0 ? [{ heading: 'Budgets', lines: budgetLines(budgetReport) }] : []),
      { heading: 'Out of the ordinary', lines: anomalyLines(anomalyReport) },
    ],
  };
}

function spentLines(
  teams: readonly LedgerAggregate[],
  earlier: readonly LedgerAggregate[],
  currency: string,
): string[] {
  if (teams.length === 0) return ['The ledger holds nothing of this week.'];
  const [now, before] = [sumAggregates(teams), sumAggregates(earlier)];
  const line = (name: string, row: LedgerAggregate, was: LedgerAggregate | undefined) => {
    const change = was === undefined ? '' : changeText(totalPicos(row), totalPicos(was));
    return `${name}: ${displayMoney(totalPicos(row), currency)}${change}, of which ${displayMoney(tareOf(row.cost), currency)} did no useful work`;
  };
  const largest = teams
    .toSorted((a, b) => Number(totalPicos(b) - totalPicos(a)))
    .slice(0, MOST_TEAMS)
    .map((row) => {
      const team = row.key['team'] ?? 'none';
      return line(
        team,
        row,
        earlier.find(({ key }) => key['team'] === team),
      );
    });
  return [line('Everything', now, earlier.length > 0 ? before : undefined), ...largest];
}

function changeText(now: bigint, before: bigint): string {
  if (before <= 0n) return '';
  const percent = Math.round((picosToNumber(now) / picosToNumber(before) - 1) * 100);
  return percent === 0 ? ' (as the week before)' : ` (${percent > 0 ? '+' : '−'}${Math.abs(percent)} %)`;
}

function budgetLines({ rows, currency }: BudgetReport): string[] {
  return rows.map(({ name, spent, limit, usedFraction, state }) => {
    if (spent === null || usedFraction === null) return `${name}: nothing known`;
    const words = { over: ', over', heading_over: ', heading over', warn: '', fine: '', unknown: '' }[state];
    return `${name}: ${Math.round(usedFraction * 100)} % of ${displayMoney(parsePicos(limit)!.picos, currency)}${words}`;
  });
}

function anomalyLines({ rows }: AnomalyReport): string[] {
  const shown = rows.filter(({ within, verdict }) => within === null && verdict !== 'falseAlarm');
  if (shown.length === 0) return ['Nothing.'];
  const rest = shown.length - MOST_ANOMALIES;
  return [
    ...shown.slice(0, MOST_ANOMALIES).map(({ from, message }) => `${from.slice(0, 10)}: ${message}`),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}
