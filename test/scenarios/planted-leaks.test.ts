import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { LeversReport } from '../../src/app/results/levers.ts';
import type { IdleReport } from '../../src/app/results/results.ts';
import type { Tare } from '../../src/app/tare.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import { DAY_MS } from '../../src/domain/time/window.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { demoSettings } from '../../src/sources/demo/demo-settings.ts';
import { generateFleet } from '../../src/sources/demo/generate-fleet.ts';
import { HEALTHY_WORKLOADS, PLANTED_LEAKS } from '../../src/sources/demo/planted-leaks.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { flatPrices } from '../support/flat-prices.ts';

const UNTIL = Date.UTC(2026, 10, 24, 15);
const DAYS = 21;
const WINDOW = { fromMs: UNTIL - DAYS * DAY_MS, toMs: UNTIL };

/** Everything at 2.00 a GPU-hour: what is found must not hang on what it costs. */
const FLAT = flatPrices({ source: 'price_book', reference: 'flat' });

let tare: Tare;
let plan: LeversReport;
let idle: IdleReport;

beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  const fleet = generateFleet({
    seed: 42,
    untilMs: UNTIL,
    days: DAYS,
    currency: 'USD',
    catalog: createHardwareCatalog(),
  });
  for (const { name, kind, batches } of fleet.datasets.filter((dataset) => !dataset.kind.endsWith('bill'))) {
    await store.importDataset({ name, kind, importedAtMs: UNTIL }, toAsync(batches));
  }
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [FLAT],
    settings: {
      currency: 'USD',
      shared: 'proportional',
      maxHoldIntervals: 2,
      exchangeRates: {},
      owners: demoSettings.owners,
    },
    clock: { nowMs: () => UNTIL },
    listFiles: async (paths) => paths,
  });
  plan = await tare.planSavings({ window: WINDOW, seed: 42, sloMs: {} });
  idle = await tare.reportIdle({ window: WINDOW, by: ['workload', 'pool', 'cause'], filters: [], top: null });
}, 120_000);

afterAll(() => tare.close());

async function* toAsync<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items;
}

const amount = (text: string) => parsePicos(text)!.picos;
const rowsAbout = (what: string) => plan.rows.filter(({ target }) => target.split(', ').includes(what));

describe('the leaks planted in the demo', () => {
  test.each(PLANTED_LEAKS)('$what: $lever, because $cause', ({ what, lever, cause }) => {
    const standing = (row: (typeof idle.rows)[number]) =>
      amount(row.cost.idle) + amount(row.cost.unallocated);
    const pool = /^pool (.+)/.exec(what)?.[1];
    const isMeant = (row: (typeof idle.rows)[number]) =>
      pool === undefined ? row['workload'] === what : row['pool'] === pool;
    // Of a notebook that people do use, only what is left over after them is a leak.
    const leaks = idle.rows.filter(
      (row) => isMeant(row) && standing(row) > 0n && row['cause'] !== 'interactive',
    );
    const largest = leaks.reduce((most, row) => (standing(row) > standing(most) ? row : most));
    expect(largest['cause']).toBe(cause);
    expect(rowsAbout(what).map((row) => row.lever)).toEqual(
      lever === null ? [] : expect.arrayContaining([lever]),
    );
  });

  test.each(HEALTHY_WORKLOADS)('%s is left alone', (workload) => {
    expect(idle.rows.some((row) => row['workload'] === workload)).toBe(true);
    expect(rowsAbout(workload)).toEqual([]);
  });
});

describe('the plan of the demo', () => {
  it('is the sum of its rows, inside its range, and below the bill', () => {
    const { planSaving, rows, gpuCost } = plan;
    const sum = rows.reduce((total, { inPlanSaving }) => total + amount(inPlanSaving), 0n);
    expect(amount(planSaving.expected)).toBe(sum);
    expect(amount(planSaving.low)).toBeLessThanOrEqual(sum);
    expect(amount(planSaving.high)).toBeGreaterThanOrEqual(sum);
    expect(amount(planSaving.high)).toBeLessThan(amount(gpuCost));
  });

  it('has no saving above the cost that it cuts, and ranges around what was replayed', () => {
    for (const { aloneSaving, inPlanSaving, targetCost } of plan.rows) {
      expect(amount(aloneSaving.low)).toBeLessThanOrEqual(amount(aloneSaving.expected));
      expect(amount(aloneSaving.expected)).toBeLessThanOrEqual(amount(aloneSaving.high));
      expect(amount(aloneSaving.high)).toBeLessThanOrEqual(amount(targetCost));
      expect(amount(inPlanSaving)).toBeLessThanOrEqual(amount(aloneSaving.expected));
    }
  });

  it('is the same again, and moves nothing but ranges with another seed', async () => {
    expect(await tare.planSavings({ window: WINDOW, seed: 42, sloMs: {} })).toEqual(plan);
    const other = await tare.planSavings({ window: WINDOW, seed: 7, sloMs: {} });
    expect(other.rows.map(({ id, inPlanSaving }) => [id, inPlanSaving])).toEqual(
      plan.rows.map(({ id, inPlanSaving }) => [id, inPlanSaving]),
    );
    expect(other.planSaving.low).not.toBe(plan.planSaving.low);
  }, 60_000);

  it('says what could not be judged', () => {
    expect(plan.missing).toContainEqual(expect.objectContaining({ lever: 'batch', target: 'spell-checker' }));
    expect(plan.missing).toContainEqual(expect.objectContaining({ target: 'feature-encoder' }));
  });
});

describe('idle time by cause', () => {
  it('adds up to what the ledger has', async () => {
    const { total, rows } = await tare.reportIdle({ window: WINDOW, by: ['cause'], filters: [], top: null });
    for (const figure of ['gross', 'idle', 'unallocated', 'unobserved'] as const) {
      const sum = rows.reduce((all, { cost }) => all + amount(cost[figure]), 0n);
      expect(sum, figure).toBe(amount(total.cost[figure]));
    }
  });

  it('can be filtered and split by what an hour knows', async () => {
    const filters = [{ dimension: 'team', values: ['research'] }] as const;
    const { rows, total } = await tare.reportIdle({
      window: WINDOW,
      by: ['cause', 'kind'],
      filters,
      top: null,
    });
    expect(rows.reduce((all, { cost }) => all + amount(cost.idle), 0n)).toBe(amount(total.cost.idle));
    expect(rows.map((row) => `${row['kind']} ${row['cause']}`)).toContain('notebook forgotten');
  });

  it('refuses a dimension that an hour does not know', async () => {
    const asked = tare.reportIdle({ window: WINDOW, by: ['cause', 'account'], filters: [], top: null });
    await expect(asked).rejects.toThrow('"account" cannot stand beside "cause"');
  });
});
