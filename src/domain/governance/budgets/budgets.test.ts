import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DAY_MS, formatInstant, HOUR_MS, parseInstant } from '../../time/window.ts';
import { BUDGET_PERIODS, type Budget, bindingOf, budgetsOver, chainOf, periodAround } from './budget.ts';
import { budgetState } from './budget-state.ts';
import { burnRates } from './burn-rate.ts';
import { forecastSpend, type SpentDay } from './forecast-spend.ts';

function budget(name: string, scope: Budget['scope'], limit = 100n): Budget {
  return { name, scope, period: 'monthly', limitPicos: limit, warn: 0.8, of: 'total', isSoft: false };
}

describe('the period around an instant', () => {
  test.each([
    ['daily', '2026-10-14T23:59Z', '2026-10-14T00:00:00Z', '2026-10-15T00:00:00Z'],
    ['weekly', '2026-10-14T12:00Z', '2026-10-12T00:00:00Z', '2026-10-19T00:00:00Z'],
    ['weekly', '2026-10-12T00:00Z', '2026-10-12T00:00:00Z', '2026-10-19T00:00:00Z'],
    ['monthly', '2026-12-31T23:00Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['quarterly', '2026-05-02T00:00Z', '2026-04-01T00:00:00Z', '2026-07-01T00:00:00Z'],
    ['yearly', '2026-05-02T00:00Z', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ] as const)('%s around %s is %s to %s', (period, at, from, to) => {
    const window = periodAround(period, parseInstant(at)!);
    expect([formatInstant(window.fromMs), formatInstant(window.toMs)]).toEqual([from, to]);
  });

  it('holds the instant, and its end begins the next', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUDGET_PERIODS), fc.integer({ min: -1e12, max: 4e12 }), (period, at) => {
        const { fromMs, toMs } = periodAround(period, at);
        expect(fromMs <= at && at < toMs).toBe(true);
        expect(periodAround(period, toMs).fromMs).toBe(toMs);
      }),
    );
  });
});

describe('nested budgets', () => {
  const company = budget('company', {}, 500n);
  const search = budget('search', { team: 'search' }, 200n);
  const production = budget('search production', { team: 'search', environment: 'production' }, 150n);
  const research = budget('research', { team: 'research' });
  const all = [production, research, company, search];

  it('lie within wider ones', () => {
    expect(chainOf(production, all).map(({ name }) => name)).toEqual([
      'company',
      'search',
      'search production',
    ]);
    expect(chainOf(company, all).map(({ name }) => name)).toEqual(['company']);
  });

  it('apply to an owner when all of their scope does', () => {
    const owner = { team: 'search', environment: 'dev' };
    expect(budgetsOver(owner, all).map(({ name }) => name)).toEqual(['company', 'search']);
    expect(budgetsOver({}, all).map(({ name }) => name)).toEqual(['company']);
  });

  test.each([
    ['the least left binds', { company: 40n, search: 90n, 'search production': 50n }, 'company'],
    ['of equals the narrowest', { company: 40n, search: 40n, 'search production': 50n }, 'search'],
    ['what is unknown does not', { company: null, search: 90n, 'search production': null }, 'search'],
    ['nothing is known', { company: null, search: null, 'search production': null }, null],
  ])('%s', (_, left: Record<string, bigint | null>, name) => {
    const chain = chainOf(production, all);
    expect(bindingOf(chain, (one) => left[one.name] ?? null)?.name ?? null).toBe(name);
  });
});

describe('the state of a budget', () => {
  test.each([
    [101n, 150n, 'over'],
    [100n, 100n, 'warn'],
    [50n, 101n, 'heading_over'],
    [80n, 90n, 'warn'],
    [79n, 90n, 'fine'],
    [50n, null, 'fine'],
    [null, null, 'unknown'],
  ] as const)('%s spent and %s expected of 100 is %s', (spent, expected, state) => {
    expect(budgetState({ limitPicos: 100n, warn: 0.8 }, spent, expected)).toBe(state);
  });
});

describe('the forecast', () => {
  const days = (amounts: readonly number[]): SpentDay[] =>
    amounts.map((amount, index) => ({ weekday: index % 7, amount }));
  const rest = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({ weekday: (from + index) % 7, part: 1 }));

  it('of days that are all alike is certain', () => {
    expect(forecastSpend(50, days(Array(28).fill(10)), rest(5))).toEqual({
      low: 100,
      expected: 100,
      high: 100,
      days: 28,
    });
  });

  it('knows weekends', () => {
    const weeks = Array.from({ length: 4 }, () => [10, 10, 10, 10, 10, 1, 1]).flat();
    expect(forecastSpend(0, days(weeks), rest(7))!.expected).toBe(52);
    expect(forecastSpend(0, days(weeks), rest(2, 5))!.expected).toBe(2);
    expect(forecastSpend(0, days(weeks), [{ weekday: 0, part: 0.5 }])!.expected).toBe(5);
  });

  it('is worked out by hand: alternating 8 and 12, five days to come', () => {
    // Means 10 each, s² = 14 × 4 ÷ 13, no positive correlation, h + h² ÷ n = 5 + 25 ÷ 14.
    const found = forecastSpend(
      0,
      days(Array.from({ length: 14 }, (_, index) => (index % 2 ? 12 : 8))),
      rest(5),
    )!;
    const spread = 1.2815515655446004 * Math.sqrt(((14 * 4) / 13) * (5 + 25 / 14));
    expect(found.expected).toBe(50);
    expect(found.high - found.expected).toBeCloseTo(spread, 9);
  });

  it('is unknown in the first week', () => {
    expect(forecastSpend(10, days([1, 2, 3, 4, 5, 6]), rest(3))).toBeNull();
  });

  it('holds four of five outcomes, within what 2,000 tries tell', () => {
    // Days that hang together, as spending does: each carries over a third of the one before.
    let state = 12_345;
    const uniform = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    let hits = 0;
    const tries = 2_000;
    for (let index = 0; index < tries; index++) {
      let carried = 0;
      const amounts = Array.from({ length: 56 }, (_, day) => {
        carried = carried / 3 + normal();
        return (day % 7 < 5 ? 20 : 8) + carried;
      });
      const found = forecastSpend(0, days(amounts.slice(0, 42)), rest(14))!;
      const outcome = amounts.slice(42).reduce((sum, amount) => sum + amount, 0);
      if (outcome >= found.low && outcome <= found.high) hits += 1;
    }
    expect(hits / tries).toBeGreaterThan(0.75);
    expect(hits / tries).toBeLessThan(0.87);
  });

  it('never falls below what is spent, and holds its own middle', () => {
    const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        amount,
        fc.array(amount, { minLength: 7, maxLength: 60 }),
        fc.nat(40),
        (spent, amounts, left) => {
          const { low, expected, high } = forecastSpend(spent, days(amounts), rest(left))!;
          expect(low).toBeGreaterThanOrEqual(spent);
          expect(low).toBeLessThanOrEqual(expected);
          expect(expected).toBeLessThanOrEqual(high);
        },
      ),
    );
  });
});

describe('burn rates', () => {
  const period = { fromMs: 0, toMs: 30 * DAY_MS };
  const known = { fromMs: 0, toMs: 10 * DAY_MS };
  const hourly = (amount: (hour: number) => number) =>
    Array.from({ length: 240 }, (_, hour) => ({ hourMs: hour * HOUR_MS, amount: amount(hour) }));

  it('are 1 when the limit is spent evenly', () => {
    const rates = burnRates(
      hourly(() => 1),
      known,
      720,
      period,
    );
    for (const { long, short, isBurning } of rates) expect([long, short, isBurning]).toEqual([1, 1, false]);
  });

  it('see a fast burn within the day, and end with it', () => {
    const started = burnRates(
      hourly((hour) => (hour >= 228 ? 10 : 1)),
      known,
      720,
      period,
    );
    expect(started[0]).toMatchObject({ name: 'fast', long: 5.5, short: 10, isBurning: true });
    expect(started[1]!.isBurning).toBe(false);
    const ended = burnRates(
      hourly((hour) => (hour >= 218 && hour < 234 ? 10 : 1)),
      known,
      720,
      period,
    );
    expect(ended[0]).toMatchObject({ short: 1, isBurning: false });
  });

  it('see a slow burn over the week', () => {
    const [, slow] = burnRates(
      hourly(() => 2.5),
      known,
      720,
      period,
    );
    expect(slow).toMatchObject({ name: 'slow', long: 2.5, short: 2.5, isBurning: true });
  });

  it('are unknown where the ledger does not reach', () => {
    const [fast, slow] = burnRates(
      hourly(() => 1),
      { fromMs: 9 * DAY_MS, toMs: 10 * DAY_MS },
      720,
      period,
    );
    expect(fast!.long).toBe(1);
    expect(slow).toMatchObject({ long: null, short: 1, isBurning: false });
  });
});
