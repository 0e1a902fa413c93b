import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  NOON,
  SMALL_PRICE_BOOK,
  SMALL_SETTINGS,
  SMALL_WINDOW,
  smallFleet,
} from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import type { Store } from '../ports/store.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { Tare } from './tare.ts';

const request = { window: SMALL_WINDOW, by: ['team'] as const, filters: [], top: null };
let store: Store;
let tare: Tare;

beforeAll(async () => {
  store = await openDuckDbStore('duckdb::memory:');
  const { capacity, workloads, allocations, usage, charges } = smallFleet();
  await store.importDataset(
    { name: 'usage:/fleet.csv', kind: 'usage', importedAtMs: NOON },
    once({ capacity, workloads, allocations, usage }),
  );
  await store.importDataset(
    { name: 'focus:/bill.csv', kind: 'focus', importedAtMs: NOON },
    once({ charges }),
  );
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [SMALL_PRICE_BOOK],
    settings: SMALL_SETTINGS,
    clock: { nowMs: () => NOON },
    listFiles: async (paths) => paths,
  });
});

afterAll(() => tare.close());

describe('a report', () => {
  it('x', async () => {
    console.log(JSON.stringify(await tare.reportLedger(request), null, 1));
    console.log(JSON.stringify(await tare.overview(SMALL_WINDOW), null, 1));
    console.log(JSON.stringify(await tare.explain('2026-10-14T09:00Z/gpu-a/search-llm/idle'), null, 1));
    console.log(JSON.stringify(await tare.doctor(new AbortController().signal), null, 1));
    console.log(JSON.stringify(await tare.reportCoverage(SMALL_WINDOW), null, 1));
    expect(1).toBe(1);
  });
});
