import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { DeclaredCommitment } from '../domain/commitments/held-commitment.ts';
import type { ModelEvidence } from '../domain/levers/model-levers.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { DAY_MS } from '../domain/time/window.ts';
import { createBundledPriceBook } from '../price-books/bundled/create-bundled-price-book.ts';
import { createHardwareCatalog } from '../price-books/bundled/create-hardware-catalog.ts';
import { demoSettings } from '../sources/demo/demo-settings.ts';
import { generateFleet } from '../sources/demo/generate-fleet.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare, type TareParts } from './create-tare.ts';
import type { BillPlan, PlanLimits } from './results/plan.ts';
import { NO_LIMITS, type PlanRequest, type Tare } from './tare.ts';

const UNTIL = Date.UTC(2026, 10, 24, 15);
const DAYS = 21;
const WINDOW = { fromMs: UNTIL - DAYS * DAY_MS, toMs: UNTIL };

let tare: Tare;
let holding: Tare;
let plan: BillPlan;
beforeAll(async () => {
  const catalog = createHardwareCatalog();
  const store = await openDuckDbStore('duckdb::memory:');
  const fleet = generateFleet({ seed: 42, untilMs: UNTIL, days: DAYS, currency: 'USD', catalog });
  for (const { name, kind, batches } of fleet.datasets.filter((dataset) => !dataset.kind.endsWith('bill'))) {
    await store.importDataset({ name, kind, importedAtMs: UNTIL }, toAsync(batches));
  }
  const bundled = createBundledPriceBook({ catalog, exchangeRates: {} });
  const parts: TareParts = {
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
  };
  tare = createTare(parts);
  holding = createTare({ ...parts, settings: { ...parts.settings, commitments: [RESERVED] } });
  plan = await tare.planBill(request());
}, 120_000);
afterAll(() => tare.close());

/** Ten A10G of which no bill and no node knows, for two months more. */
const ENDS = Date.UTC(2027, 0, 24);
const RESERVED: DeclaredCommitment = {
  id: 'g5-reserved',
  name: null,
  provider: 'AWS',
  region: null,
  pool: null,
  gpuModel: 'A10G-24GB',
  terms: { kind: 'resource', gpus: 10, perGpuHourPicos: 630_000_000_000n },
  fromMs: Date.UTC(2026, 0, 24),
  toMs: ENDS,
};

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

/** To the cent: rows add up to the plan, the plan to what is left of the bill, and growth to the bill. */
function expectLaws({ rows, planSaving, bill, billAfter, growth }: BillPlan): void {
  const saved = rows.reduce((sum, { inPlanSaving }) => sum + amount(inPlanSaving), 0n);
  expect(saved).toBe(amount(planSaving.expected));
  expect(amount(bill.total) - saved).toBe(amount(billAfter));
  expect(amount(billAfter)).toBeGreaterThanOrEqual(0n);
  for (const { inPlanSaving, aloneSaving, targetCost } of rows) {
    expect(amount(inPlanSaving)).toBeLessThanOrEqual(amount(targetCost));
    expect(amount(aloneSaving.expected)).toBeLessThanOrEqual(amount(targetCost));
  }
  if (growth !== null) expect(amount(growth.billBefore) + amount(growth.adds)).toBe(amount(bill.total));
}

describe('demand that grows', () => {
  const growing = (perMonth: number, limits: Partial<PlanLimits> = {}) =>
    tare.planBill({ ...request(limits), growth: { kind: 'stated', perMonth } });

  it('raises the bill, the savings and the commitments, and says that all of it rests on that', async () => {
    const grown = await growing(0.2);
    expectLaws(grown);
    expect(grown.growth).toMatchObject({ percentPerMonth: 20, source: 'stated' });
    expect(amount(grown.growth!.billBefore)).toBe(amount(plan.bill.total));
    // Committed and owned machines are as many as they are: the whole grows by less than demand does.
    const factor = Number(grown.bill.total) / Number(plan.bill.total);
    expect(factor).toBeGreaterThan(1);
    expect(factor).toBeLessThan(grown.growth!.factor);
    expect(amount(grown.planSaving.expected)).toBeGreaterThan(amount(plan.planSaving.expected));
    const levels = ({ commitments }: BillPlan) =>
      commitments.reduce((sum, { levelAlone }) => sum + levelAlone, 0);
    expect(levels(grown)).toBeGreaterThan(levels(plan));
    expect(grown.sentence).toContain('It rests on demand that grows by 20.0 % a month, as stated.');
    const commit = grown.rows.find(({ lever }) => lever === 'commit')!;
    expect(commit.assumptions.at(-1)).toMatch(/^it rests on demand that grows by 20\.0 % a month/);
    // What was seen is told as it was.
    for (const { id, evidence } of grown.rows) {
      const before = plan.rows.find((row) => row.id === id);
      if (before) expect(evidence.gpuHours).toBe(before.evidence.gpuHours);
    }
  });

  it('that falls commits to no more than it pays for over the term', async () => {
    const falling = await growing(-0.1);
    expectLaws(falling);
    expect(amount(falling.bill.total)).toBeLessThan(amount(plan.bill.total));
    for (const { gpuModel, levelAlone } of falling.commitments) {
      const before = plan.commitments.find((one) => one.gpuModel === gpuModel)!;
      expect(levelAlone).toBeLessThan(before.levelAlone);
    }
  });

  it('under one more limit never saves more', async () => {
    const [free, limited] = [await growing(0.1), await growing(0.1, { exclude: ['reclaim'] })];
    expectLaws(limited);
    expect(amount(limited.planSaving.expected)).toBeLessThanOrEqual(amount(free.planSaving.expected));
    expect(limited.bill).toEqual(free.bill);
  });

  it('by nothing is the plan without it', async () => {
    const same = await growing(0);
    expect(same.planSaving).toEqual(plan.planSaving);
    expect(same.growth).toMatchObject({ percentPerMonth: 0, factor: 1, adds: '0.00' });
  });

  it('as in history needs six weeks of it, and stays without them', async () => {
    const same = await tare.planBill({ ...request(), growth: { kind: 'history' } });
    expect(same.growth).toMatchObject({ source: 'history', percentPerMonth: 0 });
  });
});

describe('what is held already', () => {
  const find = ({ commitments }: BillPlan) => commitments.find(({ gpuModel }) => gpuModel === 'A10G-24GB')!;

  it('covers demand first, until it ends: then it is to be renewed', async () => {
    const held = await holding.planBill(request());
    expectLaws(held);
    expect(held.bill).toEqual(plan.bill);
    expect(amount(held.planSaving.expected)).toBeLessThan(amount(plan.planSaving.expected));
    expect(find(held).levelAlone).toBe(find(plan).levelAlone - 10);
    expect(held.renewals).toHaveLength(1);
    const [renewal] = held.renewals;
    expect(renewal).toMatchObject({
      at: '2027-01-24T00:00:00Z',
      gpuModel: 'A10G-24GB',
      ending: ['g5-reserved'],
      units: find(plan).level - find(held).level,
    });
    expect(amount(renewal!.onDemandPerMonth) - amount(renewal!.renewedPerMonth)).toBe(
      amount(renewal!.savesPerMonth),
    );
  });

  it('is not renewed where nobody wants commitments, or may have so many', async () => {
    const none = await holding.planBill(request({ exclude: ['commit'] }));
    expect(none.renewals).toEqual([]);
    expectLaws(none);
    const few = await holding.planBill(request({ maxCommittedPercent: 0 }));
    expect(few.renewals.map(({ units }) => units)).toEqual([0]);
  });
});

it('too little history gives no plan, and the bill as it is', async () => {
  const short = await tare.planBill({ ...request(), window: { fromMs: UNTIL - 2 * DAY_MS, toMs: UNTIL } });
  expect(short.rows).toEqual([]);
  expect(short.billAfter).toBe(short.bill.total);
  expect(short.sentence).toBe('There is too little history to replay: 3 days are needed.');
});
