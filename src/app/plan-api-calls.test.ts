import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestFact, scoreFact } from '../../test/support/serving-facts.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import type { ModelEvidence } from '../domain/levers/model-levers.ts';
import { PICOS_PER_UNIT } from '../domain/money/picos.ts';
import { HOUR_MS } from '../domain/time/window.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import { NO_LIMITS, type PlanRequest, type Tare } from './tare.ts';

const FROM = Date.UTC(2026, 9, 5);
const HOURS = 10 * 24;
const WINDOW = { fromMs: FROM, toMs: FROM + HOURS * HOUR_MS };

let tare: Tare;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  // Each hour a call of the large model for 2.00 and one of the small for 0.20; no machine at all.
  const calls = Array.from({ length: HOURS }, (_, hour) =>
    (['large', 'small'] as const).map((model) =>
      requestFact(`${model}-${hour}`, {
        endpoint: 'answers',
        serving: 'api',
        model,
        startMs: FROM + hour * HOUR_MS,
        costPicos: model === 'large' ? 2n * PICOS_PER_UNIT : PICOS_PER_UNIT / 5n,
        tokens: { input: 1_000, cachedInput: 50, output: 10 },
      }),
    ),
  ).flat();
  const scores = Array.from({ length: 50 }, (_, index) =>
    (['large', 'small'] as const).map((model) =>
      scoreFact(`${model}-${index}`, {
        endpoint: 'answers',
        model,
        value: model === 'large' ? 0.8 : 0.75,
        atMs: FROM + index * HOUR_MS,
      }),
    ),
  ).flat();
  await store.importDataset(
    { name: 'file:calls', kind: 'test', importedAtMs: FROM },
    once({ requests: calls, scores }),
  );
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [],
    settings: { currency: 'USD', shared: 'none', maxHoldIntervals: 2, exchangeRates: {}, owners: {} },
    clock: { nowMs: () => WINDOW.toMs },
    listFiles: async (paths) => paths,
  });
});
afterAll(() => tare.close());

const request = (evidence: readonly ModelEvidence[] = []): PlanRequest => ({
  window: WINDOW,
  seed: 42,
  sloMs: {},
  survivalPerYear: 0.8,
  evidence,
  limits: NO_LIMITS,
});

it('calls of model APIs are a bill of their own, and say what to try', async () => {
  const { bill, rows, billAfter, experiments, missing } = await tare.planBill(request());
  expect(bill).toEqual({ gpu: '0.00', api: '1606.00', total: '1606.00' });
  expect([rows, billAfter]).toEqual([[], '1606.00']);
  expect(experiments).toEqual([
    {
      lever: 'route',
      target: 'answers',
      mightSave: '1314.00',
      toMeasure:
        'a request costs 0.10 of large on small, with a helpfulness of 0.75 against 0.80, each on the requests that it was given: score the same requests on both, and state the share that the cheaper one answers as well',
    },
    {
      lever: 'cache',
      target: 'answers',
      mightSave: null,
      toMeasure: '5 % of its input comes from a cache: measure what repeats with tare simulate prompt-cache',
    },
  ]);
  expect(missing).toContainEqual({
    lever: 'commit',
    target: null,
    reason: 'no price list and no catalogue of GPUs are at hand',
  });
});

it('what was measured of them is a saving, and not asked for again', async () => {
  const route: ModelEvidence = {
    lever: 'route',
    endpoint: 'answers',
    share: 0.5,
    costFactor: 0.1,
    qualityBefore: 0.8,
    qualityAfter: 0.799,
    tolerance: 0.01,
    keepsAnswers: false,
    source: '2000 requests on both',
  };
  const { rows, billAfter, experiments } = await tare.planBill(request([route]));
  expect(rows.map(({ id, inPlanSaving, stage }) => [id, inPlanSaving, stage])).toEqual([
    ['route/answers', '722.70', 'model'],
  ]);
  expect(billAfter).toBe('883.30');
  expect(experiments.map(({ lever }) => lever)).toEqual(['cache']);
});
