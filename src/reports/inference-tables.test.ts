import { expect, it } from 'vitest';
import { figures } from '../../test/support/inference-figures.ts';
import type { InferenceReport } from '../app/results/inference.ts';
import { renderCsv } from './csv.ts';
import { inferenceTables } from './inference-tables.ts';
import { renderTable } from './table.ts';

const chat = figures({
  requests: 1_200_000,
  errors: 12,
  inputTokens: 900_000_000,
  outputTokens: 60_000_000,
  cost: '96.00',
  allocatedCost: '96.00',
  usedCost: '24.00',
  costPer1kRequests: '0.08',
  costPer1mInputTokens: '0.010666666667',
  costPer1mOutputTokens: '1.44',
  tokenSplit: { method: 'measured', weight: null, inputFraction: 0.1 },
  latencyMs: { p50: 612.5, p95: 2_345.6, p99: null },
  quality: [{ score: 'helpfulness', mean: 0.8765, scored: 40, passing: null }],
  marginPer1k: '-0.0325',
  utilisation: 0.25,
});
const unknown = figures({ requests: 7, unpricedRequests: 7 });

const REPORT: InferenceReport = {
  currency: 'USD',
  from: '2026-10-01T00:00:00Z',
  to: '2026-11-01T00:00:00Z',
  by: ['endpoint'],
  basis: 'allocated',
  sentence: 'October 2026: 1,200,007 requests for $96.00.',
  rows: [
    { endpoint: 'chat', ...chat },
    { endpoint: 'elsewhere', ...unknown },
  ],
  rest: null,
  total: { ...chat, requests: 1_200_007, unpricedRequests: 7 },
  endpoints: [
    {
      endpoint: 'chat',
      serving: 'self_hosted',
      requests: 1_200_000,
      requestsPerHour: 1612.9,
      cost: '96.00',
      gpuHours: 48,
      peakRequestsPerHour: 7200,
      replicas: 2.25,
      replicasNeeded: 2,
      diagnosis: 'low_utilisation',
      meaning: 'fewer devices',
      breakEven: null,
      comparisons: [],
    },
  ],
  apiSpend: [],
  reconciliation: { ledger: '96.00', rows: '96.00', difference: '0.00', apiCalls: '0.00', apiBilled: null },
  warnings: [{ code: 'losing-money', message: 'LOSES MONEY', count: 1 }],
};

it('prints unit costs with what they rest on, and never an unknown as zero', () => {
  const text = inferenceTables(REPORT)
    .map((model) => {
      const { before, table, after } = renderTable(model, { width: null, isAscii: false, hasColor: false });
      return `${before}\n${table}\n${after}`;
    })
    .join('\n');
  expect(text).toMatchInlineSnapshot(`
    "October 2026: 1,200,007 requests for $96.00.

    ENDPOINT    REQUESTS  ERRORS        INPUT      OUTPUT    COST  PER 1K  PER 1M IN  PER 1M OUT  P50 MS  P95 MS  QUALITY            MARGIN PER 1K  AT WORK
    chat       1,200,000      12  900,000,000  60,000,000  96.00   0.0800     0.0107      1.4400     613   2,350  helpfulness 0.876        -0.0325     25 %
    elsewhere          7       0            –           –       ?       –          –           –       –       –  –                              –        –
    TOTAL      1,200,007      12  900,000,000  60,000,000  96.00?  0.0800     0.0107      1.4400     613   2,350  helpfulness 0.876        -0.0325     25 %

    USD · allocated: idle time and shared costs included, as the bill has them
    input and output share a cost by their seconds of prefill and decode
    ledger 96.00 · self-hosted rows 96.00 · difference 0.00
    ? part of it has no price, and is missing here
    warning: LOSES MONEY

    endpoints

    ENDPOINT  REQUESTS/H  BUSIEST/H  REPLICAS  NEEDED  DIAGNOSIS        WHAT TO DO
    chat           1,610      7,200      2.25       2  low utilisation  fewer devices

    "
  `);
});

it('exports every digit', () => {
  const [header, first] = renderCsv(inferenceTables(REPORT)[0]).split(/\r?\n/);
  expect(header).toContain('costPer1mInputTokens');
  expect(first).toContain('0.010666666667');
  expect(first).toContain('2345.6');
});
