import type { ReceiptLine, RunReceipt, RunRow, RunSums, RunsReport } from '../../../src/app/results/runs.ts';

/** Invented answers about runs, for tests of the views. */
const HOURS = {
  gross: 3,
  unobserved: 0,
  unallocated: 0,
  idle: 0.5,
  underused: 0.5,
  lost: 0.25,
  productive: 1.75,
};
const MONEY = {
  cost: '12.345678',
  gpuCost: '12.00',
  productiveCost: '7.00',
  underusedCost: '2.00',
  idleCost: '2.00',
  lostCost: '1.00',
  unobservedCost: '0.00',
  direct: '0.00',
  shared: '0.345678',
  estimatedCost: '0.00',
  trueUp: '0.00',
  isEstimated: false,
};

export function makeRun(part: Partial<RunRow> = {}): RunRow {
  return {
    ...MONEY,
    runId: 'kubernetes:train/ranking/job-1',
    name: 'job-1',
    team: 'ranking',
    model: 'two-tower',
    environment: 'development',
    experiment: 'jobs',
    state: 'succeeded',
    stateDetail: null,
    parentRunId: null,
    attempts: 1,
    lostAttempts: 0,
    checkpoints: 2,
    queue: 'large',
    queuedAt: '2026-10-14T08:00:00Z',
    startedAt: '2026-10-14T09:00:00Z',
    endedAt: '2026-10-14T12:00:00Z',
    waitHours: 1,
    durationHours: 3,
    gpuModels: ['H100-SXM5-80GB'],
    gpuHours: 3,
    gpuHoursByBucket: HOURS,
    unpricedGpuHours: 0,
    priceSource: 'bill',
    parameters: {},
    metrics: {},
    duplicateOf: null,
    quality: null,
    costPerPoint: null,
    isOnFrontier: null,
    notes: [],
    ...part,
  };
}

export function makeSums(part: Partial<RunSums> = {}): RunSums {
  return {
    ...MONEY,
    cost: '1234.00',
    gpuCost: '1000.00',
    lostCost: '100.00',
    runs: 2,
    attempts: 3,
    lostAttempts: 1,
    gpuHours: 300,
    gpuHoursByBucket: HOURS,
    unpricedGpuHours: 0,
    waitHours: 5,
    unknownRuns: 0,
    failed: { runs: 1, gpuHours: 10, cost: '50.00' },
    duplicates: { runs: 0, cost: '0.00' },
    ...part,
  };
}

export function makeRunsReport(part: Partial<RunsReport> = {}): RunsReport {
  return {
    currency: 'USD',
    from: '2026-10-01T00:00:00Z',
    to: '2026-11-01T00:00:00Z',
    by: [],
    sentence: 'October 2026: 2 runs cost $1,234.00 as a whole for 300.00 GPU-hours.',
    metric: null,
    rows: [makeRun()],
    offset: 0,
    nextOffset: null,
    total: makeSums(),
    warnings: [],
    generated: null,
    ...part,
  };
}

export function makeLine(part: Partial<ReceiptLine> = {}): ReceiptLine {
  return {
    attempt: 1,
    gpuModel: 'H100-SXM5-80GB',
    lifecycle: 'on_demand',
    priceSource: 'bill',
    priceReference: null,
    deviceHours: 3,
    share: 1,
    gpuHours: 3,
    unitPrice: '4.00',
    amount: '12.00',
    gpuHoursByBucket: HOURS,
    costByBucket: null,
    shared: '0.345678',
    isEstimated: false,
    ...part,
  };
}

export function makeReceipt(part: Partial<RunReceipt> = {}): RunReceipt {
  const { cost, gpuCost, productiveCost, underusedCost, idleCost, lostCost, unobservedCost } = MONEY;
  return {
    currency: 'USD',
    title: '',
    run: makeRun(),
    lines: [makeLine()],
    attempts: [
      {
        ...MONEY,
        ...{ cost, gpuCost, productiveCost, underusedCost, idleCost, lostCost, unobservedCost },
        attempt: 1,
        state: 'succeeded',
        stateDetail: null,
        queue: 'large',
        queuedAt: '2026-10-14T08:00:00Z',
        startedAt: '2026-10-14T09:00:00Z',
        endedAt: '2026-10-14T12:00:00Z',
        waitHours: 1,
        workload: 'job-1',
        gpuHours: 3,
        lastCheckpointAt: null,
        lost: null,
        source: 'test',
      },
    ],
    charges: [],
    sharedWith: [],
    timeline: [9, 10, 11].map((hour) => ({
      hour: `2026-10-14T${String(hour).padStart(2, '0')}:00:00Z`,
      attempt: 1,
      gpuHours: 1,
      gpuHoursByBucket: HOURS,
      cost: '4.00',
      activity: 0.9,
      powerWatts: 600,
    })),
    generated: null,
    ...part,
  };
}
