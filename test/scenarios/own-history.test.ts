import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { LeversReport } from '../../src/app/results/levers.ts';
import { HISTORY_SIMULATORS, type Tare } from '../../src/app/tare.ts';
import { runSimulation } from '../../src/cli/simulations/run-simulation.ts';
import { readSimulation } from '../../src/cli/simulations/simulator-forms.ts';
import { type Picos, parsePicos } from '../../src/domain/money/picos.ts';
import { DAY_MS, formatInstant } from '../../src/domain/time/window.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { demoSettings } from '../../src/sources/demo/demo-settings.ts';
import { generateFleet } from '../../src/sources/demo/generate-fleet.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { flatPrices } from '../support/flat-prices.ts';

/** The demo fleet, replayed: each lever taken apart, and the ledger as traces of the simulators. */
const UNTIL = Date.UTC(2026, 10, 24, 15);
const DAYS = 14;
const WINDOW = { fromMs: UNTIL - DAYS * DAY_MS, toMs: UNTIL };
const SEED = 42;

const FLAT = flatPrices({ source: 'price_book', reference: 'flat' });

let tare: Tare;
let plan: LeversReport;

beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  const fleet = generateFleet({
    seed: SEED,
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
  plan = await tare.planSavings({ window: WINDOW, seed: SEED, sloMs: {} });
}, 300_000);

afterAll(() => tare.close());

async function* toAsync<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

describe('a lever', () => {
  const explained = (id: string) => tare.explainLever({ window: WINDOW, seed: SEED, sloMs: {}, id });

  it('is the row of the plan, with hours that add up to what it cuts', async () => {
    expect(plan.rows.length).toBeGreaterThan(5);
    // One of each kind: every one of them replays the whole plan.
    const kinds = [...new Set(plan.rows.map(({ lever }) => lever))];
    for (const index of kinds.map((kind) => plan.rows.findIndex(({ lever }) => lever === kind))) {
      const row = plan.rows[index]!;
      const lever = await explained(row.id);
      expect(lever).toMatchObject({ row, place: index + 1, levers: plan.rows.length, period: plan.period });
      for (const parts of [lever.days, lever.nodes]) {
        expect(sum(parts, 'cost')).toBe(picos(lever.total.cost));
        expect(sum(parts, 'saved')).toBe(picos(lever.total.saved));
      }
      // By the month of 730 hours, rounded to cents once, they are the figures of the row.
      expect(monthly(lever.total.saved)).toBe(row.aloneSaving.expected);
      expect(monthly(lever.total.cost)).toBe(row.targetCost);
      for (const part of [...lever.days, ...lever.nodes]) {
        expect(picos(part.saved)).toBeLessThanOrEqual(picos(part.cost));
        const idle = Object.values(part.idleByCause).reduce((all, hours) => all + hours, 0);
        expect(idle).toBeLessThanOrEqual(part.gpuHours + 1e-6);
      }
    }
  });

  it('that the plan does not have is a mistake that names one which it has', async () => {
    await expect(explained('reclaim/nobody')).rejects.toMatchObject({
      code: 'TARE-4024',
      remedy: expect.stringContaining(plan.rows[0]!.id),
    });
  });

  function picos(text: string): Picos {
    return parsePicos(text)!.picos;
  }

  function sum(parts: readonly Readonly<{ cost: string; saved: string }>[], name: 'cost' | 'saved'): Picos {
    return parts.reduce((all, part) => all + picos(part[name]), 0n);
  }

  function monthly(text: string): string {
    const hours = plan.period.days * 24;
    return ((Number(text) * 730) / hours).toFixed(2);
  }
});

describe('own history', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tare-history-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  async function replay(
    simulator: string,
    about: string | null,
    parameters: Record<string, string | boolean>,
  ) {
    const made = await tare.historyTraces({ simulator, window: WINDOW, about });
    for (const { fileName, text } of made.traces) writeFileSync(join(directory, fileName), text);
    const files = Object.fromEntries(
      made.traces.map(({ file, fileName, text }) => [file, { fileName, text }]),
    );
    const words = readSimulation((_, fileName) => join(directory, fileName))({
      simulator,
      parameters,
      files,
      history: null,
    });
    return runSimulation(words, () => {});
  }

  test.each([
    ['scale-to-zero', 'answer-llm-70b-staging', {}],
    ['commitment', null, { rate: '0.63', trainHours: '168' }],
    ['packing', null, { departures: true, seeds: '1' }],
  ] as const)('%s reads every row of it', async (simulator, about, parameters) => {
    const { rejects, tables } = await replay(simulator, about, parameters);
    expect(rejects).toEqual([]);
    expect(tables[0]!.rows.length).toBeGreaterThan(0);
  });

  it('finds the endpoint that the plan would scale to zero, at the same saving of hours', async () => {
    const row = plan.rows.find(({ lever }) => lever === 'scale-to-zero')!;
    const { figures } = await replay('scale-to-zero', row.target, { keepAlive: '10m,20m,30m,1h,2h' });
    const frontier = figures['frontier'] as readonly { gpuHoursSavedFraction: number; coldStarts: number }[];
    const [, percent] = /(\d+) % of its time/.exec(row.evidence.facts[0]!)!;
    const [, starts] = /(\d+) cold starts/.exec(row.evidence.facts[1]!)!;
    const same = frontier.find(({ coldStarts }) => coldStarts === Number(starts));
    expect(Math.round(same!.gpuHoursSavedFraction * 100)).toBe(Number(percent));
  });

  it('holds for packing the GPU-hours that were held', async () => {
    const { figures } = await replay('packing', null, { departures: true, seeds: '1' });
    const held = await tare.reportLedger({ window: WINDOW, by: ['workload'], filters: [], top: null });
    const hours = held.rows
      .filter((row) => row['workload'] !== 'nobody' && row['workload'] !== 'none')
      .reduce((all, { gpuHours }) => all + gpuHours.gross - gpuHours.unallocated, 0);
    // Shares are thousandths, holds within an hour are counted from their ends, and some pods find no room.
    expect(Number(figures['podGpuHours'])).toBeGreaterThan(hours * 0.9);
    expect(Number(figures['podGpuHours'])).toBeLessThan(hours * 1.1);
  });

  it('is offered with most GPU time first', async () => {
    for (const simulator of HISTORY_SIMULATORS) {
      const { choices, from } = await tare.historyChoices({ simulator, window: WINDOW });
      expect(from).toBe(formatInstant(WINDOW.fromMs));
      const hours = choices.map(({ gpuHours }) => gpuHours);
      expect(hours.length).toBeGreaterThan(1);
      expect(hours).toEqual(hours.toSorted((a, b) => b - a));
    }
  });

  it('of something that the window does not have is a mistake', async () => {
    const request = { simulator: 'commitment', window: WINDOW, about: 'abacus' };
    await expect(tare.historyTraces(request)).rejects.toMatchObject({ code: 'TARE-4026' });
  });
});
