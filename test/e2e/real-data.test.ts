import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { LedgerReport } from '../../src/app/results/results.ts';
import type { ImportRequest, Tare } from '../../src/app/tare.ts';
import { DEFAULT_OWNER_RULES } from '../../src/domain/ownership/owner.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { createAllocationsSource } from '../../src/sources/csv/allocations-source.ts';
import { createRunsSource } from '../../src/sources/csv/runs-source.ts';
import { createUsageSource } from '../../src/sources/csv/usage-source.ts';
import { createFocusSource } from '../../src/sources/focus/create-focus-source.ts';
import { openDuckDbStore } from '../../src/stores/duckdb/duckdb-store.ts';

/** Real public data through the whole house, against figures computed from the files by other means. */
const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const missing = existsSync(DATA) ? '' : ' (skipped: the public data set is not beside this checkout)';
const catalog = createHardwareCatalog();
const silent = () => {};
const neverAborted = new AbortController().signal;

async function openTare(maxHoldIntervals: number): Promise<Tare> {
  const store = await openDuckDbStore('duckdb::memory:');
  return createTare({
    store,
    fileSources: [
      createFocusSource({ catalog }),
      createUsageSource({ catalog }),
      createAllocationsSource({ catalog }),
      createRunsSource({ catalog }),
    ],
    liveSources: [],
    priceBooks: [],
    settings: {
      currency: 'USD',
      shared: 'proportional',
      maxHoldIntervals,
      exchangeRates: {},
      owners: DEFAULT_OWNER_RULES,
    },
    clock: { nowMs: () => Date.UTC(2026, 10, 24) },
    listFiles: async (paths) => [...paths],
  });
}

const request = (kind: string, path: string, map: Record<string, string> = {}): ImportRequest => ({
  kind,
  paths: [DATA + path],
  map,
  set: {},
  fields: null,
  isDryRun: false,
});

const reportAll = (tare: Tare): Promise<LedgerReport> =>
  tare.reportLedger({
    window: { fromMs: 0, toMs: Date.UTC(2026, 10, 24) },
    by: ['team'],
    filters: [],
    top: null,
  });

describe.skipIf(missing !== '')(`real data${missing}`, () => {
  it('FOCUS sample: sums to the digit, nothing changes the second time, the ledger is the bill', async () => {
    const tare = await openTare(2);
    const bill = request('focus', 'focus/focus_sample.dev.csv');
    const first = await tare.importFiles(bill, silent, neverAborted);
    expect(first).toMatchObject({ rowsImported: 612, rowsRejected: 0 });
    expect(first.totals).toMatchObject({
      billedCost: '11.15367699036',
      effectiveCost: '6.97651418586',
      listCost: '10.93927699036',
      contractedCost: '6.97626039326',
    });
    expect(first.warnings.map(({ code }) => code)).toContain('effective-cost-rounded');
    expect(await tare.importFiles(bill, silent, neverAborted)).toMatchObject({
      rowsImported: 0,
      rowsUnchanged: 612,
      rowsRemoved: 0,
    });
    const { reconciliation, total } = await reportAll(tare);
    expect(reconciliation).toMatchObject({
      bill: '11.15367699036',
      ledger: '11.15367699036',
      difference: '0.00',
    });
    expect(total.gpuHours).toMatchObject({ gross: 1.986945, unobserved: 1.986945 });
    expect(total.cost.gross).toBe('3.22679868');
    await tare.close();
  });

  const dutyCycle = request('usage', 'alibaba-genai-2026/dev/pod_gpu_duty_cycle_anon.csv.gz', {
    time: 'timestamp_anon',
    device: 'container_ip',
    workload: 'container_ip',
    gpuUtilPercent: 'value',
  });

  it('duty cycles of a serving fleet: samples alone give the published hours', async () => {
    const tare = await openTare(1);
    const { totals } = await tare.importFiles(dutyCycle, silent, neverAborted);
    expect(totals).toMatchObject({
      samples: 123_532,
      devices: 110,
      intervalSeconds: 57,
      sampledGpuHours: 1955.923333,
      zeroGpuHours: 1316.494167,
    });
    const { gross, unobserved } = (await reportAll(tare)).total.gpuHours;
    expect(gross - unobserved).toBeCloseTo(1955.923333, 6);
    await tare.close();
  });

  it('duty cycles of a serving fleet: the gap rule stretches samples over short gaps and leaves the rest unobserved', async () => {
    const tare = await openTare(2);
    const { totals } = await tare.importFiles(dutyCycle, silent, neverAborted);
    const { total } = await reportAll(tare);
    const { gross, unobserved, productive, idle } = total.gpuHours;
    const [sampled, stretched, left] = ['sampledGpuHours', 'stretchedGpuHours', 'unobservedGpuHours'].map(
      (name) => Number(totals[name]),
    );
    expect(gross - unobserved).toBeCloseTo(sampled! + stretched!, 5);
    expect(unobserved).toBeCloseTo(left!, 5);
    // Duty 0 alone is 1316.49 hours; the idle part of busy samples comes on top, and GPU_UTIL is all there is.
    expect(idle).toBeGreaterThan(1316.494167);
    expect(idle + productive).toBeCloseTo(gross - unobserved, 5);
    expect(total.unpricedGpuHours).toBeCloseTo(gross, 6);
    await tare.close();
  });

  it('GPU pods: fractions count as fractions, and what was never scheduled holds nothing', async () => {
    const tare = await openTare(2);
    const pods = request('allocations', 'alibaba-gpu-2023/openb_pod_list_default.csv', {
      workload: 'name',
      start: 'scheduled_time',
      end: 'deletion_time',
      gpus: 'num_gpu',
      gpuMilli: 'gpu_milli',
    });
    const { totals } = await tare.importFiles(pods, silent, neverAborted);
    expect(totals).toMatchObject({ pending: 897 });
    expect(totals['gpuHours']).toBeCloseTo(51_470.674158, 6);
    expect((await reportAll(tare)).total.gpuHours.gross).toBeCloseTo(51_470.674158, 5);
    await tare.close();
  });

  it('pods as runs: by state, and twice is once', async () => {
    const tare = await openTare(2);
    const pods = request('runs', 'alibaba-gpu-2023/openb_pod_list_default.csv', {
      run: 'name',
      queued: 'creation_time',
      start: 'scheduled_time',
      end: 'deletion_time',
      gpus: 'num_gpu',
      gpuMilli: 'gpu_milli',
      state: 'pod_phase',
    });
    const { totals, rowsImported } = await tare.importFiles(pods, silent, neverAborted);
    expect(rowsImported).toBe(8152);
    expect(totals).toMatchObject({ waiting: 897 });
    expect(totals['runningGpuHours']).toBeCloseTo(46_439.909, 3);
    expect(totals['succeededGpuHours']).toBeCloseTo(4_094.791, 3);
    expect(totals['failedGpuHours']).toBeCloseTo(935.974, 3);
    expect((await reportAll(tare)).total.gpuHours.gross).toBeCloseTo(51_470.674158, 5);
    expect(await tare.importFiles(pods, silent, neverAborted)).toMatchObject({
      rowsImported: 0,
      rowsUnchanged: 8152,
      rowsRemoved: 0,
    });
    await tare.close();
  });
});
