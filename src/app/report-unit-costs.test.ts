import { afterAll, beforeAll, expect, it } from 'vitest';
import { allocationFact, capacityFact, workloadFact } from '../../test/support/facts.ts';
import { trafficFact } from '../../test/support/serving-facts.ts';
import { SMALL_SETTINGS } from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import type { Budget, BudgetUnit } from '../domain/governance/budgets/budget.ts';
import { PICOS_PER_UNIT } from '../domain/money/picos.ts';
import { HOUR_MS } from '../domain/time/window.ts';
import { budgetsTable } from '../reports/budgets-table.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { Tare } from './tare.ts';

/** `chat` holds a GPU at $2 an hour for four hours, and answers 500 requests with 1,500 tokens: $16 for 1,000 of them. */
const START = Date.UTC(2026, 9, 14);
const END = START + 4 * HOUR_MS;
const HELD = { startMs: START, endMs: END };

function unitBudget(name: string, limitCents: number, unit: BudgetUnit): Budget {
  const limitPicos = (BigInt(limitCents) * PICOS_PER_UNIT) / 100n;
  return {
    name,
    scope: { endpoint: unit.endpoint },
    period: 'monthly',
    limitPicos,
    warn: 0.8,
    of: 'unit-cost',
    unit,
    isSoft: false,
  };
}

let tare: Tare;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  const facts = {
    capacity: [capacityFact('gpu-a', HELD)],
    workloads: [workloadFact('chat-0', { name: 'chat', kind: 'inference' })],
    allocations: [allocationFact('chat-0', 'gpu-a', HELD)],
    traffic: [
      trafficFact('chat-0', {
        startMs: START,
        requests: 500,
        tokens: { input: 1_000, cachedInput: 0, output: 500 },
      }),
    ],
  };
  await store.importDataset({ name: 'test:all', kind: 'test', importedAtMs: END }, once(facts));
  const rate = {
    fromMs: 0,
    toMs: null,
    perGpuHourPicos: 2n * PICOS_PER_UNIT,
    source: 'contract',
    priceDate: '2026-01-01',
    reference: 'x',
  } as const;
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [{ name: 'flat', rates: () => [rate] }],
    settings: SMALL_SETTINGS,
    budgets: [
      unitBudget('chat', 2_100, { endpoint: 'chat', per: '1k-inferences' }),
      unitBudget('chat, strict', 1_500, { endpoint: 'chat', per: '1k-inferences' }),
      unitBudget('chat, tokens', 600_000, { endpoint: 'chat', per: '1m-tokens' }),
      unitBudget('nobody', 100, { endpoint: 'nobody', per: '1k-inferences' }),
    ],
    clock: { nowMs: () => END },
    listFiles: async () => [],
  });
});
afterAll(() => tare.close());

it('a unit-cost budget is held against the average of the period', async () => {
  const { rows } = await tare.reportBudgets(null);
  expect(rows.map(({ name, spent, left, state, per }) => ({ name, spent, left, state, per }))).toEqual([
    { name: 'chat', spent: '16.00', left: '5.00', state: 'fine', per: '1k-inferences' },
    { name: 'chat, strict', spent: '16.00', left: '-1.00', state: 'over', per: '1k-inferences' },
    {
      name: 'chat, tokens',
      spent: '5333.333333333333',
      left: '666.666666666667',
      state: 'warn',
      per: '1m-tokens',
    },
    { name: 'nobody', spent: null, left: null, state: 'unknown', per: '1k-inferences' },
  ]);
  // An average neither burns nor is it foretold.
  expect(rows.every(({ forecast, burn }) => forecast === null && burn.length === 0)).toBe(true);
});

it('is shown with its unit', async () => {
  const [first] = budgetsTable(await tare.reportBudgets(null)).rows;
  expect(first!['period']!.printed).toBe('monthly, per 1,000 inferences');
  expect(first!['owner']!.value).toBe('endpoint chat');
});
