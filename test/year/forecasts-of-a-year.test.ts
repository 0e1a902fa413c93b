import { beforeAll, describe, expect, it } from 'vitest';
import { totalPicos } from '../../src/app/figures/ledger-figures.ts';
import { reportForecast } from '../../src/app/forecast/report-forecast.ts';
import type { ForecastReport } from '../../src/app/results/forecast.ts';
import { picosToNumber } from '../../src/domain/money/picos.ts';
import { type DemoYear, demoYear } from '../support/demo-year.ts';
import { SMALL_SETTINGS } from '../support/small-fleet.ts';

const SEEDS = [1, 2, 3];
/** The year begins in January; four months of history, then each month is held back in turn. */
const HELD_BACK = [5, 6, 7, 8, 9, 10];
const MADE_ON_DAYS = [1, 9, 16, 24];

describe('forecasts of a year', () => {
  const years: DemoYear[] = [];
  const outcomes: { within: boolean; error: number }[] = [];
  beforeAll(async () => {
    for (const seed of SEEDS) {
      const year = demoYear(seed, [], { hasHoles: false });
      years.push(year);
      for (const month of HELD_BACK) outcomes.push(...(await tryMonth(year, month)));
    }
  });

  it('hold the stated share of held-back months', () => {
    const share = outcomes.filter(({ within }) => within).length / outcomes.length;
    expect(outcomes.length).toBeGreaterThan(300);
    expect(share).toBeGreaterThan(0.74);
    expect(share).toBeLessThan(0.92);
  });

  it('are out by less than a twentieth, most of the time', () => {
    const errors = outcomes.map(({ error }) => error).toSorted((a, b) => a - b);
    expect(errors[errors.length >> 1]!).toBeLessThan(0.05);
  });

  it('say how well they did before', async () => {
    const { past, rows } = await forecastAt(years[0]!, Date.UTC(2025, 10, 20));
    expect(past.forecasts).toBeGreaterThan(100);
    expect(rows.map(({ owner }) => owner).toSorted()).toEqual([
      'chat',
      'nobody',
      'platform',
      'ranking',
      'research',
      'search',
    ]);
    const search = rows.find(({ owner }) => owner === 'search')!;
    expect(search.growthPerMonth).toBeGreaterThan(0.005);
    expect(Number(search.next!.expected)).toBeGreaterThan(0);
  });
});

async function forecastAt(year: DemoYear, atMs: number): Promise<ForecastReport> {
  const parts = { store: year.store, settings: SMALL_SETTINGS, clock: { nowMs: () => atMs } };
  return reportForecast(parts, { by: 'team', period: 'monthly', atMs: null });
}

/** Forecasts made on four days of a month, against what the month cost in the end. */
async function tryMonth(year: DemoYear, month: number): Promise<{ within: boolean; error: number }[]> {
  const spent = await year.store.ledger({
    window: { fromMs: Date.UTC(2025, month), toMs: Date.UTC(2025, month + 1) },
    by: ['team'],
  });
  const reports = await Promise.all(
    MADE_ON_DAYS.map((day) => forecastAt(year, Date.UTC(2025, month, day, 6))),
  );
  return reports.flatMap(({ rows }) =>
    rows.flatMap(({ owner, forecast }) => {
      if (forecast === null) return [];
      const actual = picosToNumber(totalPicos(spent.find(({ key }) => key['team'] === owner)!));
      const within = Number(forecast.low) <= actual && actual <= Number(forecast.high);
      return [{ within, error: Math.abs(Number(forecast.expected) - actual) / actual }];
    }),
  );
}
