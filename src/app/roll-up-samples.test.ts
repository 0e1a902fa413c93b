import { describe, expect, it } from 'vitest';
import { allocationFact, capacityFact, samplesOf, workloadFact } from '../../test/support/facts.ts';
import { flatPrices } from '../../test/support/flat-prices.ts';
import { SMALL_SETTINGS } from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import { DAY_MS, HOUR_MS } from '../domain/time/window.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';

const START = Date.UTC(2026, 8, 1);
const DAYS = 40;
const NOW = START + DAYS * DAY_MS;

/** One GPU that is sampled every five minutes. */
async function openFleet(keepSamplesMs?: number) {
  const store = await openDuckDbStore('duckdb::memory:');
  const span = { startMs: START, endMs: null };
  await store.importDataset(
    { name: 'usage:/fleet.csv', kind: 'usage', importedAtMs: NOW },
    once({
      capacity: [capacityFact('gpu-0', span)],
      workloads: [workloadFact('notebook-7')],
      allocations: [allocationFact('notebook-7', 'gpu-0', span)],
      usage: samplesOf('gpu-0', { fromMs: START, toMs: NOW, intervalMs: 300_000, engineActive: 0.4 }),
    }),
  );
  const settings = { ...SMALL_SETTINGS, ...(keepSamplesMs !== undefined && { keepSamplesMs }) };
  const clock = { nowMs: () => NOW };
  const parts = { store, fileSources: [], liveSources: [], priceBooks: [flatPrices()] };
  return { store, tare: createTare({ ...parts, settings, clock, listFiles: async (paths) => paths }) };
}

const WINDOW = { fromMs: START, toMs: NOW };
const OLD = '2026-09-02T03:00Z/gpu-0/notebook-7/idle';
const RECENT = '2026-10-09T03:00Z/gpu-0/notebook-7/idle';

describe('samples that are older than they are to be kept', () => {
  it('are rolled up once the ledger is built, which stays what it was', async () => {
    const kept = await openFleet();
    const rolled = await openFleet(35 * DAY_MS);
    const ask = { window: WINDOW, by: ['day'], filters: [], top: null } as const;
    expect(await rolled.tare.reportLedger(ask)).toEqual(await kept.tare.reportLedger(ask));
    const samplesAt = async (hourMs: number) => (await rolled.store.evidence('gpu-0', hourMs)).samples.length;
    expect(await samplesAt(START + 27 * HOUR_MS)).toBe(2);
    expect(await samplesAt(NOW - 27 * HOUR_MS)).toBe(24);
    await kept.tare.close();
    await rolled.tare.close();
  });

  it('are said to be gone where a figure is explained', async () => {
    const { tare } = await openFleet(35 * DAY_MS);
    const textOf = async (row: string) => JSON.stringify(await tare.explain(row));
    expect(await textOf(OLD)).toContain('mean of the hour; its single samples are kept no longer');
    expect(await textOf(RECENT)).toContain('mean of 12 samples, longest gap 5 min');
    await tare.close();
  });

  it('stay where nobody says for how long', async () => {
    const { tare } = await openFleet();
    expect(JSON.stringify(await tare.explain(OLD))).toContain('mean of 12 samples');
    await tare.close();
  });
});
