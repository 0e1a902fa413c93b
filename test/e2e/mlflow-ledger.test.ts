import { expect, it } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import { DEFAULT_OWNER_RULES } from '../../src/domain/ownership/owner.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time/window.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { createMlflowSource } from '../../src/sources/mlflow/live-source.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';
import { mlflowIsMissing, startMlflow } from '../support/mlflow-server.ts';

const missing = mlflowIsMissing();
const START = Date.UTC(2026, 9, 14, 9);
const silent = () => {};
const never = new AbortController().signal;

it.skipIf(missing !== null)(
  `a run is weighed while it runs and after it failed, once${missing === null ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const mlflow = await startMlflow();
    let nowMs = START + 30 * MINUTE_MS;
    const clock = { nowMs: () => nowMs };
    const catalog = createHardwareCatalog();
    const tare = createTare({
      store: await openDuckDbStore('duckdb::memory:'),
      fileSources: [],
      liveSources: [createMlflowSource({ name: 'lab', url: mlflow.url, catalog, clock })],
      priceBooks: [],
      settings: {
        currency: 'USD',
        shared: 'proportional',
        maxHoldIntervals: 2,
        exchangeRates: {},
        owners: DEFAULT_OWNER_RULES,
      },
      clock,
      listFiles: async (paths) => [...paths],
    });
    const collect = () =>
      tare.collect({ sources: null, window: { fromMs: START, toMs: nowMs } }, silent, never);
    const hoursOf = async () => {
      const window = { fromMs: START, toMs: START + 4 * HOUR_MS };
      const report = await tare.reportLedger({ window, by: ['team'], filters: [], top: null });
      const { gross, idle, lost, productive } = report.total.gpuHours;
      return [gross, idle, lost, productive];
    };
    const metrics = (fromMinute: number, minutes: number) =>
      Array.from({ length: minutes }, (_, minute) => ({
        key: 'system/gpu_0_utilization_percentage',
        value: 50,
        timestamp: START + (fromMinute + minute) * MINUTE_MS,
        step: fromMinute + minute,
      }));
    try {
      const experimentId = await mlflow.createExperiment('ranking');
      const run = { experimentId, startMs: START, tags: { team: 'search' }, metrics: metrics(0, 30) };
      const run_id = await mlflow.recordRun(run);
      await collect();
      expect(await hoursOf()).toEqual([0.5, 0.25, 0, 0.25]);

      nowMs = START + 2.5 * HOUR_MS;
      const checkpoint = { key: 'checkpoint', value: 1, timestamp: START + 90 * MINUTE_MS, step: 1 };
      await mlflow.api('runs/log-batch', { run_id, metrics: [...metrics(30, 90), checkpoint] });
      await mlflow.api('runs/update', { run_id, status: 'FAILED', end_time: START + 2 * HOUR_MS });
      await collect();
      expect(await hoursOf()).toEqual([2, 1, 0.25, 0.75]);

      const again = await collect();
      expect(again.sources[0]).toMatchObject({ rowsImported: 0, rowsRemoved: 0 });
      expect(await hoursOf()).toEqual([2, 1, 0.25, 0.75]);
    } finally {
      await tare.close();
      await mlflow.stop();
    }
  },
);
