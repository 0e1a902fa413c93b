import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { InferenceFigures, InferenceReport } from '../../src/app/results/inference.ts';
import type { Tare } from '../../src/app/tare.ts';
import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import { DAY_MS } from '../../src/domain/time/window.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { demoSettings } from '../../src/sources/demo/demo-settings.ts';
import { generateFleet } from '../../src/sources/demo/generate-fleet.ts';
import {
  HEALTHY_ENDPOINTS,
  PLANTED_DIAGNOSES,
  PLANTED_LOSSES,
  PLANTED_PROMPTS,
} from '../../src/sources/demo/planted-serving.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { flatPrices } from '../support/flat-prices.ts';

const UNTIL = Date.UTC(2026, 10, 24, 15);
const DAYS = 14;
const WINDOW = { fromMs: UNTIL - DAYS * DAY_MS, toMs: UNTIL };
const PICOS_PER_GPU_HOUR = 2n * PICOS_PER_UNIT;

/** Everything at 2.00 a GPU-hour: what is found must not hang on what each GPU costs. */
const FLAT = flatPrices({ perGpuHourPicos: PICOS_PER_GPU_HOUR, source: 'price_book', reference: 'flat' });

let tare: Tare;
let byEndpoint: InferenceReport;
let byPrompt: InferenceReport;

beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  const catalog = createHardwareCatalog();
  const fleet = generateFleet({ seed: 42, untilMs: UNTIL, days: DAYS, currency: 'USD', catalog });
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
  const request = {
    window: WINDOW,
    filters: [],
    top: null,
    basis: 'allocated',
    sloMs: null,
    minQuality: [],
    tokenWeight: null,
    apiPrice: null,
    training: [],
  } as const;
  byEndpoint = await tare.reportInference({ ...request, by: ['endpoint'] });
  byPrompt = await tare.reportInference({ ...request, by: ['prompt', 'promptVersion'] });
}, 120_000);

afterAll(() => tare.close());

async function* toAsync<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items;
}

const diagnosisOf = (name: string) =>
  byEndpoint.endpoints.find(({ endpoint }) => endpoint === name)?.diagnosis;
const rowOf = (name: string) => byEndpoint.rows.find((row) => row['endpoint'] === name)!;

describe('what is wrong with endpoints of the demo', () => {
  test.each(PLANTED_DIAGNOSES)('$endpoint: $diagnosis', ({ endpoint, diagnosis }) => {
    expect(diagnosisOf(endpoint)).toBe(diagnosis);
  });

  test.each(HEALTHY_ENDPOINTS)('%s is the right size', (endpoint) => {
    expect(diagnosisOf(endpoint)).toBe('fine');
  });

  it('names what is paid for and not asked, and nothing else', () => {
    const warning = byEndpoint.warnings.find(({ code }) => code === 'no-traffic');
    expect(warning).toMatchObject({ count: 1, message: expect.stringContaining('answer-llm-13b') });
  });

  it('announces what is sold below cost, and nothing else', () => {
    const losing = byEndpoint.rows.filter(({ isLosingMoney }) => isLosingMoney);
    expect(losing.map((row) => row['endpoint'])).toEqual(PLANTED_LOSSES);
    expect(rowOf('answer-llm-70b').marginPer1k).toMatch(/^\d/);
  });

  it('counts calls of a model without a price, and leaves them out of the unit cost', () => {
    const { unpricedRequests, requests } = rowOf('openai');
    expect(unpricedRequests).toBeGreaterThan(300);
    expect(unpricedRequests).toBeLessThan(requests / 10);
  });
});

describe('versions of prompts', () => {
  const figures = (prompt: string, version: string): InferenceFigures =>
    byPrompt.rows.find((row) => row['prompt'] === prompt && row['promptVersion'] === version)!;
  const helpfulness = ({ quality }: InferenceFigures) =>
    quality.find(({ score }) => score === 'helpfulness')!.mean;

  test.each(PLANTED_PROMPTS)('$bad of $prompt is dearer than $good', ({ prompt, good, bad, dearer }) => {
    const [before, after] = [figures(prompt, good), figures(prompt, bad)];
    expect(Number(after.costPer1kRequests)).toBeGreaterThan(Number(before.costPer1kRequests) * dearer);
  });

  test.each(PLANTED_PROMPTS)('$bad of $prompt is no better than $good', ({ prompt, good, bad, isWorse }) => {
    const gain = helpfulness(figures(prompt, bad)) - helpfulness(figures(prompt, good));
    expect(gain).toBeLessThan(isWorse ? -0.03 : 0.03);
  });
});

it('rows of self-hosted endpoints are what the ledger holds for inference', () => {
  expect(Number(byEndpoint.reconciliation.ledger)).toBeGreaterThan(10_000);
  expect(byEndpoint.reconciliation.difference).toBe('0.00');
  expect(byPrompt.reconciliation.difference).toBe('0.00');
});
