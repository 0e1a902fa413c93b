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
    survivalPerYear: 0.8,
    evidence,
    limits: { ...NO_LIMITS, ...limits },
  };
}

const amount = (text: string) => parsePicos(text)!.picos;

it('shows', () => {
  const { rows, ...rest } = plan;
  console.info(
    JSON.stringify(
      {
        ...rest,
        rows: rows.map(({ id, aloneSaving, inPlanSaving, billAfter, note, evidence }) => ({
          id,
          alone: aloneSaving.expected,
          inPlanSaving,
          billAfter,
          note,
          facts: evidence.facts,
        })),
      },
      null,
      1,
    ),
  );
});
