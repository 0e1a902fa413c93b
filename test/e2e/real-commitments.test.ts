import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { HeldFigures } from '../../src/app/results/commitments.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { createFocusSource } from '../../src/sources/focus/create-focus-source.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';

/** The worked examples of the FOCUS specification on commitments, each a bill of its own, and what the specification says of them. */
const DATA = fileURLToPath(new URL('../../../shared/data/focus/spec-examples/', import.meta.url));
const missing = existsSync(DATA) ? '' : ' (skipped: the public data set is not beside this checkout)';

async function heldIn(file: string): Promise<HeldFigures> {
  const store = await openDuckDbStore('duckdb::memory:');
  const tare = createTare({
    store,
    fileSources: [createFocusSource({ catalog: createHardwareCatalog() })],
    liveSources: [],
    priceBooks: [],
    settings: { currency: 'USD', shared: 'none', maxHoldIntervals: 2, exchangeRates: {}, owners: {} },
    clock: { nowMs: () => Date.UTC(2023, 6) },
    listFiles: async (paths) => [...paths],
  });
  await tare.importFiles(
    { kind: 'focus', paths: [DATA + file], map: {}, set: {}, fields: null, isDryRun: false },
    () => {},
    new AbortController().signal,
  );
  const { rows } = await tare.reportCommitments({
    fromMs: Date.UTC(2023, 0),
    toMs: Date.UTC(2024, 0),
  });
  await tare.close();
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

const WHOLE = '100 %';
const FLEXIBILITY = 'commitment_discount_flexibility/';
const SCENARIOS = 'commitment_discount_scenarios/';

describe.skipIf(missing !== '')(`commitments of the FOCUS specification${missing}`, () => {
  test.each<[file: string, bought: string, used: string | null, use: string, quantity: string]>([
    [
      `${FLEXIBILITY}one_hundred_percent_utilization_with_commitment_discount_flexibility_with_1_resource.csv`,
      '0.50',
      '0.50',
      WHOLE,
      '1.00 of 1.00 Normalized Hour',
    ],
    [
      `${FLEXIBILITY}one_hundred_percent_utilization_without_commitment_discount_flexibility.csv`,
      '1.50',
      '1.50',
      WHOLE,
      '1.00 of 1.00 Hour',
    ],
    [
      `${FLEXIBILITY}zero_percent_utilization_without_commitment_discount_flexibility.csv`,
      '1.50',
      '0.00',
      '0 %',
      '0.00 of 1.00 Hour',
    ],
    [`${SCENARIOS}commitment_discount_usage_scenario_1.csv`, '1.00', '1.00', WHOLE, '1.00 of 1.00 USD'],
    [`${SCENARIOS}commitment_discount_usage_scenario_2.csv`, '1.00', '0.00', '0 %', '0.00 of 1.00 USD'],
    [`${SCENARIOS}commitment_discount_usage_scenario_3.csv`, '1.00', '0.75', '75 %', '0.75 of 1.00 USD'],
    [`${SCENARIOS}commitment_discount_purchase_scenario_1.csv`, '8760.00', null, '–', '–'],
  ])('%s', async (file, bought, used, use, quantity) => {
    const held = await heldIn(file);
    expect(held.boughtCost).toBe(bought);
    expect(held.usedCost).toBe(used);
    expect(held.utilisationPercent === null ? '–' : `${held.utilisationPercent} %`).toBe(use);
    const all = held.quantity && (Number(held.quantity.used) + Number(held.quantity.unused)).toFixed(2);
    expect(held.quantity === null ? '–' : `${held.quantity.used} of ${all} ${held.quantity.unit}`).toBe(
      quantity,
    );
  });

  test('what was paid ahead says when it ends', async () => {
    const held = await heldIn(`${SCENARIOS}commitment_discount_purchase_scenario_1.csv`);
    expect(held).toMatchObject({
      start: '2023-01-01T00:00:00Z',
      end: '2024-01-01T00:00:00Z',
      daysLeft: 184,
      state: 'running',
    });
  });
});
