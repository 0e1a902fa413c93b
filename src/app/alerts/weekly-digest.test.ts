import { expect, it } from 'vitest';
import { demoYear, YEAR_START } from '../../../test/support/demo-year.ts';
import { SMALL_SETTINGS } from '../../../test/support/small-fleet.ts';
import type { Budget } from '../../domain/governance/budgets/budget.ts';
import { PICOS_PER_UNIT } from '../../domain/money/picos.ts';
import { DAY_MS, formatDay } from '../../domain/time/window.ts';
import { reportBudgets } from '../report-budgets.ts';
import type { AnomalyReport } from '../results/anomalies.ts';
import { weeklyDigest } from './weekly-digest.ts';

const MONDAY = YEAR_START + 70 * DAY_MS;
const BUDGET: Budget = {
  name: 'search',
  scope: { team: 'search' },
  period: 'monthly',
  limitPicos: 60_000n * PICOS_PER_UNIT,
  warn: 0.8,
  of: 'total',
  isSoft: false,
};

it('says what the week was like', async () => {
  const { store } = demoYear(1, [], { hasHoles: false });
  const parts = { store, settings: SMALL_SETTINGS, clock: { nowMs: () => MONDAY }, budgets: [BUDGET] };
  const anomaly = { from: formatDay(MONDAY - 3 * DAY_MS), message: 'team search cost more', within: null };
  const rows = [
    { ...anomaly, verdict: null },
    { ...anomaly, message: 'a false alarm', verdict: 'falseAlarm' },
    { ...anomaly, message: 'a part', within: 'x', verdict: null },
  ];
  const digest = await weeklyDigest(
    {
      store,
      currency: 'USD',
      budgets: (atMs) => reportBudgets(parts, atMs),
      anomalies: async () => ({ rows }) as unknown as AnomalyReport,
    },
    MONDAY,
  );
  const [spent, budgets, unusual] = digest.sections;
  expect(digest.title).toBe(`Tare: the week of ${formatDay(MONDAY - 7 * DAY_MS)}`);
  expect(spent!.lines).toHaveLength(6);
  expect(spent!.lines[0]).toMatch(
    /^Everything: \$[\d,.]+ \((as the week before|[+−]\d+ %)\), of which \$[\d,.]+ did no useful work$/,
  );
  expect(budgets!.lines[0]).toMatch(/^search: \d+ % of \$60,000\.00/);
  expect(unusual!.lines).toEqual([`${anomaly.from}: team search cost more`]);
});

it('of an empty ledger says so', async () => {
  const digest = await weeklyDigest(
    {
      store: { ledger: async () => [] },
      currency: 'USD',
      budgets: async () => ({ currency: 'USD', at: '', dataUntil: null, rows: [], warnings: [] }),
      anomalies: async () => ({ rows: [] as unknown }) as AnomalyReport,
    },
    MONDAY,
  );
  expect(digest.sections).toEqual([
    { heading: 'Spent', lines: ['The ledger holds nothing of this week.'] },
    { heading: 'Out of the ordinary', lines: ['Nothing.'] },
  ]);
});
