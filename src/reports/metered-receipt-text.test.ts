import { expect, it } from 'vitest';
import type { MeteredReceipt } from '../app/results/metered-receipt.ts';
import { meteredReceiptText } from './metered-receipt-text.ts';

const KEPT = { recordedIn: 'duckdb:.tare/tare.duckdb', recordPath: null, problems: [] };
const RECEIPT: MeteredReceipt = {
  runId: 'tare:20261014T090000Z-3f9a01',
  name: 'python train.py',
  experiment: null,
  state: 'failed',
  stateDetail: 'exit 1',
  from: '2026-10-14T09:00:00Z',
  to: '2026-10-14T10:12:04Z',
  wallSeconds: 4324,
  currency: 'USD',
  sawGpus: true,
  gpus: [{ gpuModel: 'H100-SXM5-80GB', devices: 2, gpuHours: 2.402222222 }],
  gpuHours: {
    gross: 2.402222222,
    unobserved: 0.002222222,
    unallocated: 0,
    idle: 0.6,
    underused: 0,
    lost: 0.3,
    productive: 1.5,
  },
  cost: {
    gross: '8.311688888888',
    unobserved: '0.007688888888',
    unallocated: '0',
    idle: '2.076',
    underused: '0',
    lost: '1.038',
    productive: '5.19',
  },
  unpricedGpuHours: 0,
  isEstimate: true,
  prices: [
    {
      gpuModel: 'H100-SXM5-80GB',
      source: 'contract',
      perGpuHour: '3.46',
      date: '2026-10-01',
      reference: 'contract.csv:3; https://example.com',
    },
  ],
  utilisation: { busy: 0.75, observed: 0.999, basis: 'gpu_util' },
  peakMemoryMib: 62_669,
  memoryMib: 81_559,
  energyWattHours: 1204.4,
  energyCoverage: 0.98,
  checkpoints: { count: 3, last: '2026-10-14T10:02:04Z' },
  notes: [],
};

it('is what was held, what it did, and what it cost', () => {
  expect(meteredReceiptText(RECEIPT, KEPT)).toBe(`\
tare  python train.py  failed (exit 1)  1 h 12 m 04 s
      2 × H100-SXM5-80GB  2.40 GPU-hours  $8.31~
        unobserved  0.00 h  0.01
        idle        0.60 h  2.07
        lost        0.30 h  1.04
        productive  1.50 h  5.19
      busy 75 % (GPU_UTIL: some kernel ran, not how much of the chip) · peak memory 61.2 of 79.6 GiB · 1,204.4 Wh in 98 % of the time
      H100-SXM5-80GB at $3.46 a GPU-hour, contract 2026-10-01 (contract.csv:3); an estimate until the bill arrives
      last checkpoint 2026-10-14T10:02:04Z; what came after is lost
      run tare:20261014T090000Z-3f9a01, in duckdb:.tare/tare.duckdb
`);
});

it('of a short run without a price shows four decimals of hours, and no zero for what is unknown', () => {
  const receipt: MeteredReceipt = {
    ...RECEIPT,
    state: 'succeeded',
    stateDetail: null,
    wallSeconds: 12.34,
    gpus: [{ gpuModel: 'Custom Board', devices: 1, gpuHours: 0.0034 }],
    gpuHours: { ...RECEIPT.gpuHours, gross: 0.0034, unobserved: 0.0034, idle: 0, lost: 0, productive: 0 },
    cost: null,
    unpricedGpuHours: 0.0034,
    isEstimate: false,
    prices: [{ gpuModel: 'Custom Board', source: 'unpriced', perGpuHour: null, date: null, reference: null }],
    utilisation: { busy: null, observed: 0, basis: null },
    peakMemoryMib: null,
    energyWattHours: null,
    checkpoints: { count: 0, last: null },
    notes: ['other processes computed on GPU-1f0a too'],
  };
  expect(
    meteredReceiptText(receipt, {
      recordedIn: null,
      recordPath: '.tare/runs/r.jsonl',
      problems: ['it is locked'],
    }),
  ).toBe(`\
tare  python train.py  succeeded  12.3 s
      1 × Custom Board  0.0034 GPU-hours  cost unknown: no price
        unobserved  0.0034 h
      busy unknown
      Custom Board: no price is known; say --instance-type, or --gpu-hour-price for this receipt
      note  other processes computed on GPU-1f0a too
      note  it is locked
      kept in .tare/runs/r.jsonl; the next tare collect takes it in
`);
});

it('without a GPU is the time', () => {
  const receipt: MeteredReceipt = {
    ...RECEIPT,
    gpus: [],
    state: 'succeeded',
    stateDetail: null,
    wallSeconds: 61,
  };
  expect(meteredReceiptText(receipt, KEPT)).toBe(`\
tare  python train.py  succeeded  1 m 01 s
      no GPU was held
      run tare:20261014T090000Z-3f9a01, in duckdb:.tare/tare.duckdb
`);
  expect(meteredReceiptText({ ...receipt, sawGpus: false, notes: ['no GPU is visible'] }, KEPT)).toBe(`\
tare  python train.py  succeeded  1 m 01 s
      run tare:20261014T090000Z-3f9a01, in duckdb:.tare/tare.duckdb
      note  no GPU is visible
`);
});

it('of nothing but trouble is the trouble', () => {
  const end = { recordedIn: null, recordPath: null, problems: ['the run was not metered: no space left'] };
  expect(meteredReceiptText(null, end)).toBe('tare  note  the run was not metered: no space left\n');
  expect(meteredReceiptText(null, { ...end, problems: [] })).toBe('');
});
