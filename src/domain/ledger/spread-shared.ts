import { apportion } from '../money/apportion.ts';
import type { Picos } from '../money/picos.ts';
import { grossOf } from './buckets.ts';
import { compareText } from './compare-text.ts';
import type { WeighingRules } from './fleet-facts.ts';
import { byRowKey, type LedgerRow } from './ledger-row.ts';

/**
 * Spreads the shared cost of an hour over the rows that workloads hold in it: in proportion to their gross cost, or evenly between
 * teams and in proportion inside one. Where nothing priced is held, and by the rule `none`, it stays with nobody.
 */
export function spreadShared(rows: LedgerRow[], rule: WeighingRules['shared']): LedgerRow[] {
  if (rule === 'none') return rows;
  const hours = [...new Set(rows.map((row) => row.hourMs))];
  return hours.flatMap((hourMs) =>
    spreadHour(
      rows.filter((row) => row.hourMs === hourMs),
      rule,
    ),
  );
}

function spreadHour(rows: LedgerRow[], rule: 'proportional' | 'even'): LedgerRow[] {
  const total = rows.reduce((sum, row) => sum + row.sharedPicos, 0n);
  const receivers = rows.filter((row) => row.workloadId !== '' && grossOf(row.cost) > 0n).sort(byRowKey);
  if (total === 0n || receivers.length === 0) return rows;

  const teams =
    rule === 'even' ? [...new Set(receivers.map((row) => row.team))].sort(compareText) : ['everybody'];
  const perTeam = apportion(
    total,
    teams.map(() => 1n),
  );
  const received = new Map<LedgerRow, Picos>();
  for (const [index, team] of teams.entries()) {
    const members = rule === 'even' ? receivers.filter((row) => row.team === team) : receivers;
    const parts = apportion(
      perTeam[index]!,
      members.map((row) => grossOf(row.cost)),
    );
    for (const [position, member] of members.entries()) received.set(member, parts[position]!);
  }
  return rows.map((row) => ({ ...row, sharedPicos: received.get(row) ?? 0n }));
}
