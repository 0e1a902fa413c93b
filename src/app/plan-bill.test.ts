import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { ModelEvidence } from '../domain/levers/model-levers.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { DAY_MS } from '../domain/time/window.ts';
import { createBundledPriceBook } from '../price-books/bundled/create-bundled-price-book.ts';
import { createHardwareCatalog } from '../price-books/bundled/create-hardware-catalog.ts';
import { demoSettings } from '../sources/demo/demo-settings.ts';
import { generateFleet } from '../sources/demo/generate-fleet.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { BillPlan, PlanLimits } from './results/plan.ts';
import { NO_LIMITS, type PlanRequest, type Tare } from './tare.ts';

const UNTIL = Date.UTC(2026, 10, 24, 15);
const DAYS = 21;
const WINDOW = { fromMs: UNTIL - DAYS * DAY_MS, toMs: UNTIL };

let tare: Tare;
let plan: BillPlan;
beforeAll(async () => {
  const catalog = createHardwareCatalog();
  const store = await openDuckDbStore('duckdb::memory:');
  const fleet = generateFleet({ seed: 42, untilMs: UNTIL, days: DAYS, currency: 'USD', catalog });
  for (const { name, kind, batches } of fleet.datasets.filter((dataset) => !dataset.kind.endsWith('bill'))) {
    await store.importDataset({ name, kind, importedAtMs: UNTIL }, toAsync(batches));
  }
  const bundled = createBundledPriceBook({ catalog, exchangeRates: {} });
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [bundled],
    settings: {
      currency: 'USD',
      shared: 'proportional',
      maxHoldIntervals: 2,
      exchangeRates: {},
      owners: demoSettings.owners,
    },
    clock: { nowMs: () => UNTIL },
    market: { books: [bundled], prices: bundled, hardware: catalog },
    listFiles: async (paths) => paths,
  });
  plan = await tare.planBill(request());
}, 120_000);
afterAll(() => tare.close());

async function* toAsync<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items;
}

function request(limits: Partial<PlanLimits> = {}, evidence: readonly ModelEvidence[] = []): PlanRequest {
  return {
    window: WINDOW,
    seed: 42,
    sloMs: {},
    survivalPerYear: 0.8,
    evidence,
    limits: { ...NO_LIMITS, ...limits },
  };
}

const amount = (text: string) => parsePicos(text)!.picos;

const cents = (text: string) => amount(text) % 10_000_000_000n;

describe('the plan of the demo', () => {
  it('leads from the bill to what is left of it, to the cent', () => {
    const { rows, planSaving, bill, billAfter } = plan;
    let left = amount(bill.total);
    for (const row of rows) {
      left -= amount(row.inPlanSaving);
      expect(amount(row.billAfter)).toBe(left);
      expect(cents(row.inPlanSaving)).toBe(0n);
    }
    expect(amount(billAfter)).toBe(left);
    expect(amount(bill.total) - amount(planSaving.expected)).toBe(left);
    expect(amount(bill.gpu) + amount(bill.api)).toBe(amount(bill.total));
    expect(left).toBeGreaterThan(0n);
    expect(plan.sentence).toMatch(
      /^From \$2\d\d,\d{3}\.\d\d a month to \$1\d\d,\d{3}\.\d\d: the plan saves \$/,
    );
  });

  it('is in the order in which costs flow, with each lever alone beside it', () => {
    const stages = ['model', 'runtime', 'infrastructure', 'rate'];
    const order = plan.rows.map(({ stage }) => stages.indexOf(stage));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    for (const { aloneSaving, targetCost, evidence, assumptions } of plan.rows) {
      expect(amount(aloneSaving.low)).toBeLessThanOrEqual(amount(aloneSaving.expected));
      expect(amount(aloneSaving.expected)).toBeLessThanOrEqual(amount(aloneSaving.high));
      expect(amount(aloneSaving.high)).toBeLessThanOrEqual(amount(targetCost));
      expect(evidence.facts.length + assumptions.length).toBeGreaterThan(1);
    }
    const levers = new Set(plan.rows.map(({ lever }) => lever));
    for (const lever of ['reclaim', 'scale-to-zero', 'right-size', 'commit']) expect(levers).toContain(lever);
  });

  it('commits to no more than the demand, and says what a backtest kept', () => {
    const [first] = plan.commitments;
    expect(first).toMatchObject({ provider: 'AWS', term: '1y', backtest: { kept: 1 } });
    for (const { level, levelAlone, meanGpus, rate, coveragePercent } of plan.commitments) {
      expect(coveragePercent).toBeLessThanOrEqual(100);
      expect(level).toBeLessThanOrEqual(levelAlone);
      expect(rate).toBeLessThan(1);
      expect(meanGpus).toBeGreaterThan(0);
    }
    expect(Number(plan.spend[0]!.savingsPercent)).toBeGreaterThan(0);
    const bought = plan.rows.flatMap(({ purchase }) => purchase ?? []);
    expect(bought.map(({ gpuModel, units }) => [gpuModel, units])).toEqual(
      plan.commitments
        .filter(({ level }) => level > 0)
        .map(({ gpuModel, level }) => [gpuModel, level])
        .sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    );
  });

  it('leaves what rests on a wide estimate to be tried', () => {
    const trial = plan.experiments.find(({ target }) => target === 'ctr-transformer');
    expect(trial).toMatchObject({ lever: 'right-size' });
    expect(trial!.toMeasure).toContain('once and compare its GPU-hours');
  });
});

describe('limits', () => {
  test.each<[name: string, limits: Partial<PlanLimits>, gone: string]>([
    ['without a lever', { exclude: ['scale-to-zero'] }, 'scale-to-zero'],
    ['without commitments', { maxCommittedPercent: 0 }, 'commit'],
    ['with some commitments', { maxCommittedPercent: 50 }, ''],
    ['without right-sizing', { exclude: ['right-size'] }, 'right-size'],
  ])('%s never save more', async (_, limits, gone) => {
    const limited = await tare.planBill(request(limits));
    expect(amount(limited.planSaving.expected)).toBeLessThanOrEqual(amount(plan.planSaving.expected));
    expect(limited.rows.filter(({ lever }) => lever === gone)).toEqual([]);
    expect(limited.bill).toEqual(plan.bill);
    const both = await tare.planBill(request({ ...limits, exclude: [...(limits.exclude ?? []), 'reclaim'] }));
    expect(amount(both.planSaving.expected)).toBeLessThan(amount(limited.planSaving.expected));
  });

  it('cap what is committed, of the hours of each kind of GPU', async () => {
    const { commitments } = await tare.planBill(request({ maxCommittedPercent: 50 }));
    for (const { level, meanGpus, held } of commitments) {
      expect(held.gpuHours).toBe(0);
      expect(level).toBeLessThanOrEqual(meanGpus / 2);
    }
  });

  it('price the others anew: what was packed away comes back to those that follow', async () => {
    const target = 'answer-llm-70b-staging';
    const find = ({ rows }: BillPlan) => rows.find(({ id }) => id === `right-size/${target}`)!;
    const without = await tare.planBill(request({ exclude: [`scale-to-zero/${target}`] }));
    expect(amount(find(without).inPlanSaving)).toBeGreaterThan(amount(find(plan).inPlanSaving));
    expect(find(without).inPlanSaving).toBe(find(plan).aloneSaving.expected);
    expect(find(plan).note).toMatch(/already saved by scale-to-zero$/);
    const [left] = without.leftOut;
    expect(left).toMatchObject({ id: `scale-to-zero/${target}`, reason: 'excluded' });
  });

  it('can name all that is wanted', async () => {
    const { rows, leftOut } = await tare.planBill(request({ only: ['reclaim'] }));
    expect(new Set(rows.map(({ lever }) => lever))).toEqual(new Set(['reclaim']));
    expect(leftOut.some(({ reason }) => reason === 'not asked for')).toBe(true);
  });
});

describe('a change to a model', () => {
  const quantise: ModelEvidence = {
    lever: 'quantise',
    endpoint: 'answer-llm-70b',
    share: 1,
    costFactor: 0.6,
    qualityBefore: 0.8,
    qualityAfter: 0.799,
    tolerance: 0.01,
    keepsAnswers: false,
    source: 'a load test',
  };

  it('with a measured quality comes first, and shrinks what follows', async () => {
    const { rows, planSaving, experiments } = await tare.planBill(request({}, [quantise]));
    expect(rows[0]).toMatchObject({ id: 'quantise/answer-llm-70b', stage: 'model', needsQuality: true });
    expect(amount(planSaving.expected)).toBeGreaterThan(amount(plan.planSaving.expected));
    expect(experiments).toEqual(plan.experiments);
  });

  it('without one is an experiment, and saves nothing', async () => {
    const unmeasured = await tare.planBill(request({}, [{ ...quantise, qualityAfter: null }]));
    expect(unmeasured.planSaving).toEqual(plan.planSaving);
    expect(unmeasured.experiments[0]).toMatchObject({ lever: 'quantise', target: 'answer-llm-70b' });
    expect(amount(unmeasured.experiments[0]!.mightSave!)).toBeGreaterThan(0n);
  });

  it('is not in a plan that takes no risk with quality, unless the answers stay the same', async () => {
    const cache: ModelEvidence = {
      ...quantise,
      lever: 'cache',
      share: 0.2,
      costFactor: 0,
      keepsAnswers: true,
    };
    const { rows, leftOut } = await tare.planBill(request({ noQualityRisk: true }, [quantise, cache]));
    expect(rows[0]!.id).toBe('cache/answer-llm-70b');
    expect(leftOut).toContainEqual(
      expect.objectContaining({ id: 'quantise/answer-llm-70b', reason: 'no risk to quality' }),
    );
  });

  it('of an endpoint that nobody knows is said to be missing', async () => {
    const { missing } = await tare.planBill(request({}, [{ ...quantise, endpoint: 'nobody' }]));
    expect(missing).toContainEqual({
      lever: 'quantise',
      target: 'nobody',
      reason: 'the ledger of the period has no endpoint by this name',
    });
  });
});

it('too little history gives no plan, and the bill as it is', async () => {
  const short = await tare.planBill({ ...request(), window: { fromMs: UNTIL - 2 * DAY_MS, toMs: UNTIL } });
  expect(short.rows).toEqual([]);
  expect(short.billAfter).toBe(short.bill.total);
  expect(short.sentence).toBe('There is too little history to replay: 3 days are needed.');
});
