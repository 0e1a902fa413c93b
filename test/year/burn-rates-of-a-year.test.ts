import { beforeAll, describe, expect, it, test } from 'vitest';
import { alertSignals } from '../../src/app/alerts/alert-signals.ts';
import { reportBudgets } from '../../src/app/report-budgets.ts';
import type { AnomalyReport } from '../../src/app/results/anomalies.ts';
import type { Budget } from '../../src/domain/governance/budgets/budget.ts';
import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time/window.ts';
import { type DemoYear, demoYear, type Planted } from '../support/demo-year.ts';
import { SMALL_SETTINGS } from '../support/small-fleet.ts';

const NO_ANOMALIES = { rows: [] } as unknown as AnomalyReport;
const MONTH = { fromMs: Date.UTC(2025, 5, 1), toMs: Date.UTC(2025, 6, 1) };
/** A trial of a new machine for days on end, from the 9th on. */
const TRIAL_FROM = MONTH.fromMs + 8 * DAY_MS;

function budget(limit: number): Budget {
  return {
    name: 'research',
    scope: { team: 'research' },
    period: 'monthly',
    limitPicos: BigInt(limit) * PICOS_PER_UNIT,
    warn: 0.8,
    of: 'total',
    isSoft: false,
  };
}

/** When each alert of the budget is seen first, looking every two hours. */
async function firstSeen(year: DemoYear, limit: number): Promise<ReadonlyMap<string, number>> {
  const first = new Map<string, number>();
  for (let atMs = MONTH.fromMs + HOUR_MS; atMs < MONTH.toMs; atMs += 2 * HOUR_MS) {
    const parts = { store: year.store, settings: SMALL_SETTINGS, clock: { nowMs: () => atMs } };
    const report = await reportBudgets({ ...parts, budgets: [budget(limit)] }, null);
    for (const { kind } of alertSignals(report, NO_ANOMALIES)) if (!first.has(kind)) first.set(kind, atMs);
  }
  return first;
}

describe('a budget that is burnt', () => {
  // Research spends some $90 a day, $2,700 a month; the trial adds $1,229 a day.
  const trial: Planted = {
    kind: 'newResource',
    team: 'research',
    window: { fromMs: TRIAL_FROM, toMs: MONTH.toMs },
  };
  let year: DemoYear;
  beforeAll(() => {
    year = demoYear(5, [trial]);
  });

  test.each([
    ['tight, in two days and a half', 4_000],
    ['with room, in a week', 10_000],
    ['large, in ten days', 15_000],
  ])('%s: it is known hours to days before the limit', async (_, limit) => {
    const first = await firstSeen(year, limit);
    const overMs = first.get('budgetOver')!;
    const warned = Math.min(first.get('fastBurn') ?? overMs, first.get('slowBurn') ?? overMs);
    const leadHours = (overMs - warned) / HOUR_MS;
    expect(warned).toBeGreaterThan(TRIAL_FROM);
    expect(leadHours).toBeGreaterThanOrEqual(12);
    expect(leadHours).toBeLessThan(15 * 24);
    // With at least two fifths of the time left.
    expect(overMs - warned).toBeGreaterThan(0.4 * (overMs - TRIAL_FROM));
  });
});

it('a budget that lasts is never said to burn', async () => {
  const first = await firstSeen(demoYear(5, []), 3_600);
  expect([...first.keys()].filter((kind) => kind.endsWith('Burn') || kind === 'budgetOver')).toEqual([]);
});
