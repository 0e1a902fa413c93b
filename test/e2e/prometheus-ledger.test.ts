import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { Tare, TareSettings } from '../../src/app/tare.ts';
import type { FactBatch } from '../../src/domain/facts/facts.ts';
import { type FleetFacts, type LedgerRow, weighFleet } from '../../src/domain/ledger/weigh-fleet.ts';
import { DEFAULT_OWNER_RULES, resolveOwner } from '../../src/domain/ownership/owner.ts';
import type { PriceKey, Rate } from '../../src/domain/pricing/price.ts';
import { HOUR_MS } from '../../src/domain/time/window.ts';
import type { PriceBook } from '../../src/ports/price-book.ts';
import type { FactReading } from '../../src/ports/source.ts';
import type { Store } from '../../src/ports/store.ts';
import { createPrometheusSource } from '../../src/sources/prometheus/live-source.ts';
import { createPrometheusTextSource } from '../../src/sources/prometheus/text-source.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { buildPrometheusFleet, FLEET_OUTAGE, FLEET_WINDOW } from '../support/prometheus-fleet.ts';
import { smallCatalog } from '../support/small-catalog.ts';
import { prometheusIsMissing, type RunningPrometheus, startPrometheus } from '../support/start-prometheus.ts';
import { oracleRows, storedRows } from '../support/weigh-in-store.ts';

/** The day after, when everything has been scraped. */
const NOW_MS = FLEET_WINDOW.toMs + 24 * HOUR_MS;
const SETTINGS: TareSettings = {
  currency: 'USD',
  shared: 'proportional',
  maxHoldIntervals: 2,
  exchangeRates: {},
  owners: DEFAULT_OWNER_RULES,
};
const missing = prometheusIsMissing();
const silent = () => {};
const neverAborted = new AbortController().signal;

/** One price for everything: what is tested is where the time goes. */
const RATE: Rate = {
  fromMs: 0,
  toMs: null,
  perGpuHourPicos: 2_000_000_000_000n,
  source: 'price_book',
  priceDate: '2026-10-01',
  reference: 'test',
};
const priceBook: PriceBook = { name: 'test', rates: (_key: PriceKey) => [RATE] };

describe.skipIf(missing !== null)(
  `from a real Prometheus to the ledger${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let prometheus: RunningPrometheus;
    let folder: string;
    let textFile: string;

    beforeAll(async () => {
      const { openMetrics } = buildPrometheusFleet();
      prometheus = await startPrometheus(openMetrics);
      folder = await mkdtemp(join(tmpdir(), 'tare-prometheus-'));
      textFile = join(folder, 'fleet.om');
      await writeFile(textFile, openMetrics);
    });

    afterAll(async () => {
      await prometheus?.stop();
      if (folder) await rm(folder, { recursive: true });
    });

    const source = () =>
      createPrometheusSource({
        name: 'prod',
        url: prometheus.url,
        catalog: smallCatalog,
        clock: { nowMs: () => NOW_MS },
      });

    async function openTare(): Promise<{ tare: Tare; store: Store }> {
      const store = await openDuckDbStore('duckdb::memory:');
      const tare = createTare({
        store,
        fileSources: [createPrometheusTextSource({ catalog: smallCatalog })],
        liveSources: [source()],
        priceBooks: [priceBook],
        settings: SETTINGS,
        clock: { nowMs: () => NOW_MS },
        listFiles: async (paths) => [...paths],
      });
      return { tare, store };
    }

    const collectAll = (tare: Tare, signal = neverAborted) =>
      tare.collect({ window: FLEET_WINDOW, sources: null }, silent, signal);

    async function rowsOf({ tare, store }: { tare: Tare; store: Store }): Promise<string[]> {
      await tare.buildLedger(silent, neverAborted);
      return storedRows(store, FLEET_WINDOW);
    }

    it('gives the ledger that the oracle gives', async () => {
      const house = await openTare();
      await collectAll(house.tare);
      const facts = await factsOf(
        source()
          .chunks(FLEET_WINDOW)
          .map(({ window }) => source().read(window, neverAborted)),
      );
      const names = new Map(facts.workloads.map(({ workloadId, name }) => [workloadId, name]));
      const expected = oracleRows(weigh(facts), (id) => names.get(id) ?? id);
      expect(expected.length).toBeGreaterThan(50);
      expect(await rowsOf(house)).toEqual(expected);
      await house.tare.close();
    });

    it('gives the same ledger when it collects twice, and when it is interrupted in the middle', async () => {
      const once = await openTare();
      await collectAll(once.tare);
      const expected = await rowsOf(once);
      const again = await collectAll(once.tare);
      expect(again.sources[0]).toMatchObject({ rowsImported: 0, rowsRemoved: 0 });
      expect(await rowsOf(once)).toEqual(expected);
      await once.tare.close();

      const interrupted = await openTare();
      const stop = new AbortController();
      let chunks = 0;
      const afterThree = () => {
        if (++chunks === 4) stop.abort();
      };
      await expect(
        interrupted.tare.collect({ window: FLEET_WINDOW, sources: null }, afterThree, stop.signal),
      ).rejects.toThrow(/3 of 8 chunks/);
      await collectAll(interrupted.tare);
      expect(await rowsOf(interrupted)).toEqual(expected);
      await interrupted.tare.close();
    });

    it('gives the same ledger as the same series imported from a file', async () => {
      const live = await openTare();
      await collectAll(live.tare);
      const file = await openTare();
      await file.tare.importFiles(
        { kind: 'prometheus-text', paths: [textFile], map: {}, set: {}, fields: null, isDryRun: false },
        silent,
        neverAborted,
      );
      expect(await rowsOf(file)).toEqual(await rowsOf(live));
      await live.tare.close();
      await file.tare.close();
    });

    it('knows the two hours of the outage as paid and unobserved, and prices no pending pod', async () => {
      const house = await openTare();
      await collectAll(house.tare);
      const outage = await house.tare.reportLedger({
        window: FLEET_OUTAGE,
        by: ['team'],
        filters: [],
        top: null,
      });
      const { gross, unobserved } = outage.total.gpuHours;
      expect(gross).toBeGreaterThan(10);
      // The last sample before stands for up to two of its intervals.
      expect(unobserved / gross).toBeGreaterThan(0.98);
      const byWorkload = await house.tare.reportLedger({
        window: FLEET_WINDOW,
        by: ['workload'],
        filters: [],
        top: null,
      });
      expect(byWorkload.rows.map((row) => row['workload'])).not.toContain('pending');
      expect(byWorkload.total.gpuHours.unallocated).toBeGreaterThan(0);
      await house.tare.close();
    });

    it('shares a time-sliced device between its pods and never counts it more than once', async () => {
      const house = await openTare();
      await collectAll(house.tare);
      const byDevice = await house.tare.reportLedger({
        window: FLEET_WINDOW,
        by: ['device'],
        filters: [],
        top: null,
      });
      const hours = (FLEET_WINDOW.toMs - FLEET_WINDOW.fromMs) / HOUR_MS;
      for (const row of byDevice.rows) expect(row.gpuHours.gross).toBeLessThanOrEqual(hours);
      const slices = byDevice.rows.filter(
        (row) => String(row['device']).includes('mig-1') || /:gi\d|:rest/.test(String(row['device'])),
      );
      const sum = slices.reduce((total, row) => total + row.gpuHours.gross, 0);
      expect(sum).toBeCloseTo(hours, 6);
      await house.tare.close();
    });

    function weigh(facts: FleetFacts): LedgerRow[] {
      return weighFleet(
        facts,
        {
          ratesOf: () => [RATE],
          ownerOf: (attributes) => resolveOwner(SETTINGS.owners, attributes),
          shared: SETTINGS.shared,
          maxHoldIntervals: SETTINGS.maxHoldIntervals,
          untilMs: NOW_MS,
        },
        FLEET_WINDOW,
      );
    }
  },
);

/** All facts of several readings, as the store keeps them: one for each key, the later one. */
async function factsOf(readings: readonly FactReading[]): Promise<FleetFacts> {
  const kept = {
    capacity: new Map(),
    workloads: new Map(),
    allocations: new Map(),
    usage: new Map(),
  } as const;
  const keep = (batch: FactBatch) => {
    for (const fact of batch.capacity ?? []) kept.capacity.set(`${fact.deviceId} ${fact.startMs}`, fact);
    for (const fact of batch.workloads ?? []) kept.workloads.set(fact.workloadId, fact);
    for (const fact of batch.allocations ?? [])
      kept.allocations.set(`${fact.workloadId} ${fact.deviceId} ${fact.startMs}`, fact);
    for (const fact of batch.usage ?? []) kept.usage.set(`${fact.deviceId} ${fact.atMs}`, fact);
  };
  for (const reading of readings) for await (const batch of reading.batches) keep(batch);
  return {
    capacity: [...kept.capacity.values()],
    workloads: [...kept.workloads.values()],
    allocations: [...kept.allocations.values()],
    usage: [...kept.usage.values()],
    charges: [],
  };
}
