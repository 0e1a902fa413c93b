import { describe, expect, it } from 'vitest';
import { judged, launch, service } from '../../../test/support/launches.ts';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { type BudgetStand, checkBudgets } from './check-budgets.ts';

const FROM = Date.UTC(2026, 9, 1);
const TO = Date.UTC(2026, 10, 1);
/** A day before the end of the month: a service of 2 GPUs at $4 adds $192. */
const NOW = TO - 24 * 3_600_000;

function budget(
  name: string,
  scope: BudgetStand['scope'],
  limit: number,
  spent: number | null,
  more: Partial<BudgetStand> = {},
): BudgetStand {
  return {
    name,
    scope,
    period: 'monthly',
    limitPicos: BigInt(limit) * PICOS_PER_UNIT,
    warn: 0.8,
    of: 'total',
    isSoft: false,
    window: { fromMs: FROM, toMs: TO },
    spentPicos: spent === null ? null : BigInt(spent) * PICOS_PER_UNIT,
    ...more,
  };
}

const search = { team: 'search' };
const serve = judged(service(), { owner: search });
const check = (budgets: readonly BudgetStand[], launches: Parameters<typeof checkBudgets>[1]) =>
  checkBudgets(budgets, launches, NOW);
const messages = (budgets: readonly BudgetStand[], launches: Parameters<typeof checkBudgets>[1]) =>
  check(budgets, launches).violations.map(({ policy, message }) => `${policy}: ${message}`);

describe('a budget', () => {
  it('lets through what fits', () => {
    expect(messages([budget('search', search, 1_000, 808)], [{ judged: serve, before: null }])).toEqual([]);
  });

  it('refuses what does not, until the end of the period', () => {
    const { violations } = check([budget('search', search, 1_000, 809)], [{ judged: serve, before: null }]);
    expect(violations).toMatchObject([
      {
        line: 12,
        rule: 'budget',
        policy: 'search',
        severity: 'error',
        message: 'it costs $192.00 until 2026-10-31; budget search has $191.00 of $1,000.00 left',
      },
    ]);
  });

  it('counts a run as a whole', () => {
    const run = judged(launch(), { owner: search, hours: 10 });
    expect(messages([budget('search', search, 1_000, 950)], [{ judged: run, before: null }])).toEqual([
      'search: it costs $80.00 a run; budget search has $50.00 of $1,000.00 left',
    ]);
  });

  it('counts only what a change adds', () => {
    const bigger = judged(service({ copies: { stated: 2, min: 2, max: 2, isAutoscaled: false } }), {
      owner: search,
    });
    expect(messages([budget('search', search, 1_000, 900)], [{ judged: serve, before: serve }])).toEqual([]);
    expect(messages([budget('search', search, 1_000, 900)], [{ judged: bigger, before: serve }])).toEqual([
      'search: the change adds $192.00 until 2026-10-31; budget search has $100.00 of $1,000.00 left',
    ]);
  });

  it('adds up launch by launch', () => {
    const launches = ['a', 'b', 'c'].map((name) => ({
      judged: judged(service({ name }), { owner: search }),
      before: null,
    }));
    const { violations } = check([budget('search', search, 1_000, 600)], launches);
    expect(violations.map((violation) => violation.launch)).toEqual(['c']);
  });

  it('says when it was over before', () => {
    expect(messages([budget('search', search, 1_000, 1_200)], [{ judged: serve, before: null }])).toEqual([
      'search: it costs $192.00 until 2026-10-31; budget search is over by $200.00 of $1,000.00',
    ]);
  });

  it('that is soft warns', () => {
    const soft = budget('search', search, 100, 100, { isSoft: true });
    expect(check([soft], [{ judged: serve, before: null }]).violations[0]!.severity).toBe('warning');
  });

  it('of which nothing is known is held against its limit alone', () => {
    expect(messages([budget('search', search, 193, null)], [{ judged: serve, before: null }])).toEqual([]);
    expect(messages([budget('search', search, 191, null)], [{ judged: serve, before: null }])).toEqual([
      'search: it costs $192.00 until 2026-10-31; budget search is $191.00, and no ledger says what is spent of it',
    ]);
  });

  it('says nothing of what has no price', () => {
    const unpriced = judged(service(), { owner: search, perGpuHour: null });
    expect(messages([budget('search', search, 1, 0)], [{ judged: unpriced, before: null }])).toEqual([]);
  });
});

describe('nested budgets', () => {
  it('name the one with the least left', () => {
    const company = budget('company', {}, 10_000, 9_900);
    const team = budget('search', search, 1_000, 850);
    const found = check([company, team], [{ judged: serve, before: null }]);
    expect(found.binding.get(serve)?.name).toBe('company');
    expect(found.violations.map(({ policy }) => policy)).toEqual(['company']);
    expect(found.concerned.map(({ name }) => name)).toEqual(['company', 'search']);
  });

  it('leave others alone, and budgets for tare too', () => {
    const other = budget('ads', { team: 'ads' }, 1, 1);
    const tare = budget('tare', search, 1, 1, { of: 'tare' });
    const found = check([other, tare], [{ judged: serve, before: null }]);
    expect(found.violations).toEqual([]);
    expect(found.binding.size).toBe(0);
  });
});
