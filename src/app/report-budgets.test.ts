import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allocationFact, capacityFact, runFact, workloadFact } from '../../test/support/facts.ts';
import { flatPrices } from '../../test/support/flat-prices.ts';
import { launch } from '../../test/support/launches.ts';
import { SMALL_SETTINGS } from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import { hashToken } from '../config/load-config.ts';
import type { Budget } from '../domain/governance/budgets/budget.ts';
import { PICOS_PER_UNIT } from '../domain/money/picos.ts';
import { DAY_MS, HOUR_MS } from '../domain/time/window.ts';
import { createApi } from '../http/api.ts';
import { connectTare } from '../http/client.ts';
import { type Listening, listen } from '../http/server.ts';
import { budgetsTable } from '../reports/budgets-table.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { askLedger } from './check/ask-ledger.ts';
import { createTare } from './create-tare.ts';
import type { BudgetReport } from './results/budgets.ts';
import type { Tare } from './tare.ts';

/** Noon of the 15th. Two GPUs at $2 an hour since the 1st of September: one of search, one of ads until the 10th of October. */
const NOW = Date.UTC(2026, 9, 15, 12);
const START = Date.UTC(2026, 8, 1);
const TENTH = Date.UTC(2026, 9, 10);

const FACTS = {
  capacity: [
    capacityFact('gpu-a', { startMs: START, endMs: NOW }),
    capacityFact('gpu-b', { startMs: START, endMs: TENTH }),
  ],
  workloads: [
    workloadFact('job-a', { attributes: { 'label:team': 'search', 'label:centre': 'c1' } }),
    workloadFact('job-b', { attributes: { 'label:team': 'ads' } }),
  ],
  allocations: [
    allocationFact('job-a', 'gpu-a', { startMs: START, endMs: NOW }),
    allocationFact('job-b', 'gpu-b', { startMs: START, endMs: TENTH }),
  ],
  runs: [1, 2, 3].map((hours) =>
    runFact(`slurm:prod:${hours}`, {
      name: 'train',
      startMs: START,
      endMs: START + hours * HOUR_MS,
      workloadId: 'job-a',
      attributes: { 'label:team': 'search' },
    }),
  ),
};

function budget(name: string, scope: Budget['scope'], limit: number, more: Partial<Budget> = {}): Budget {
  return {
    name,
    scope,
    period: 'monthly',
    limitPicos: BigInt(limit) * PICOS_PER_UNIT,
    warn: 0.8,
    of: 'total',
    isSoft: false,
    ...more,
  };
}

const BUDGETS = [
  budget('search', { team: 'search' }, 700),
  budget('centre', { team: 'search', 'cost-centre': 'c1' }, 2_000),
  budget('everything', {}, 1_500),
  budget('ads', { team: 'ads' }, 400),
  budget('waste', {}, 1, { of: 'tare' }),
  budget('day', {}, 30, { period: 'daily' }),
  budget('year', {}, 100_000, { period: 'yearly' }),
];

let tare: Tare;
let server: Listening;
let remote: Tare;
let report: BudgetReport;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  await store.importDataset({ name: 'test:all', kind: 'test', importedAtMs: NOW }, once(FACTS));
  const clock = { nowMs: () => NOW };
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [flatPrices()],
    settings: {
      ...SMALL_SETTINGS,
      owners: { team: ['label:team'], model: [], environment: [], 'cost-centre': ['label:centre'] },
    },
    budgets: BUDGETS,
    clock,
    listFiles: async () => [],
  });
  const api = createApi(tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: () => ({ at: '', rows: [] }),
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => console.error('BUG', error),
  });
  server = await listen(api.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: server.url, token: 'local' });
  report = await tare.reportBudgets(null);
});
afterAll(async () => {
  await server.close();
  await tare.close();
});

const row = (name: string) => report.rows.find((one) => one.name === name)!;

describe('budgets over the ledger', () => {
  it('say what is spent, to the last digit', () => {
    // 14.5 days of $48 each, and 9 days of $48.
    expect(row('search')).toMatchObject({ spent: '696.00', left: '4.00', usedFraction: 0.994285714 });
    expect(row('everything')).toMatchObject({ spent: '1128.00', left: '372.00' });
    expect(row('ads')).toMatchObject({ spent: '432.00', left: '-32.00', state: 'over' });
    expect(row('day')).toMatchObject({ spent: '24.00', from: '2026-10-15T00:00:00Z' });
    expect(row('year').spent).toBe('4008.00');
  });

  it('count by owner dimensions of the user, and tare by itself', () => {
    expect(row('centre').spent).toBe('696.00');
    // Nobody observed these GPUs: all of it is tare.
    expect(row('waste')).toMatchObject({ spent: '1128.00', state: 'over' });
  });

  it('expect the rest of the month by the days before', () => {
    // 16.5 days to come at $48 a day, which never varied.
    expect(row('search').forecast).toEqual({
      low: '1488.00',
      expected: '1488.00',
      high: '1488.00',
      days: 44,
    });
    expect(row('search').state).toBe('heading_over');
    const { low, expected, high } = row('everything').forecast!;
    expect(Number(low)).toBeLessThan(Number(expected));
    expect(Number(high)).toBeGreaterThan(Number(expected));
  });

  it('nest, and the tighter one binds', () => {
    expect(row('centre')).toMatchObject({ within: ['everything', 'day', 'year', 'search'] });
    expect(row('centre').binds).toBe('search');
    expect(row('waste').within).toEqual([]);
    expect(row('everything')).toMatchObject({ within: [], binds: 'day' });
    expect(report.rows.map(({ name }) => name).indexOf('search')).toBeLessThan(
      report.rows.map(({ name }) => name).indexOf('centre'),
    );
  });

  it('have burn rates over two windows', () => {
    const [fast, slow] = row('search').burn;
    // $48 of $700 in a day of 31.
    expect(fast!.long).toBeCloseTo((48 / 700) * 31, 9);
    expect(slow!.long).toBeCloseTo((48 / 700) * 31, 9);
    expect(slow!.isBurning).toBe(true);
    expect(fast!.isBurning).toBe(false);
  });

  it('say so when the ledger begins later than the period', () => {
    expect(report.warnings).toMatchObject([{ code: 'ledger-starts-later', count: 1 }]);
    expect(report.warnings[0]!.message).toContain('2026-09-01');
  });

  it('know nothing of a period that the ledger does not reach', async () => {
    const later = await tare.reportBudgets(NOW + 40 * DAY_MS);
    expect(later.rows[0]).toMatchObject({ spent: null, left: null, forecast: null, state: 'unknown' });
  });

  it('can be asked of the past', async () => {
    const past = await tare.reportBudgets(Date.UTC(2026, 8, 3));
    const search = past.rows.find(({ name }) => name === 'search');
    expect(search).toMatchObject({ spent: '96.00', forecast: null });
  });

  it('come over HTTP as they are', async () => {
    expect(await remote.reportBudgets(null)).toEqual(report);
  });

  it('are printed with what binds', () => {
    const { rows, footnotes } = budgetsTable(report);
    const ads = rows.find((one) => one['budget']!.value === 'ads')!;
    expect(ads['state']!.printed).toBe('over by 32.00');
    expect(footnotes[0]).toBe('In USD, spent until 2026-10-15 12:00 UTC.');
  });
});

describe('what the gate asks the ledger', () => {
  it('is runs that may be alike, and the budgets', async () => {
    const answers = await askLedger(
      tare,
      [launch({ name: 'train', attributes: { 'label:team': 'search' } })],
      { team: ['label:team'] },
      NOW,
    );
    expect(answers.pastRuns.map(({ durationHours }) => durationHours).toSorted()).toEqual([1, 2, 3]);
    expect(answers.budgetReport).toEqual(report);
  });

  it('comes from a server too', async () => {
    const answers = await askLedger(remote, [launch({ name: 'train' })], {}, NOW);
    expect(answers.pastRuns).toHaveLength(3);
  });
});
