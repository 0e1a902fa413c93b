import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allocationFact, capacityFact, workloadFact } from '../../../test/support/facts.ts';
import { flatPrices } from '../../../test/support/flat-prices.ts';
import { SMALL_SETTINGS } from '../../../test/support/small-fleet.ts';
import { once } from '../../../test/support/weigh-in-store.ts';
import { hashToken } from '../../config/load-config.ts';
import type { TrafficFact } from '../../domain/facts/facts.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time/window.ts';
import { createApi } from '../../http/api.ts';
import { connectTare } from '../../http/client.ts';
import { type Listening, listen } from '../../http/server.ts';
import { anomaliesTable } from '../../reports/anomalies-table.ts';
import { forecastTable } from '../../reports/forecast-table.ts';
import { openDuckDbStore } from '../../stores/duckdb/duckdb-store.ts';
import { createTare } from '../create-tare.ts';
import type { AnomalyReport } from '../results/anomalies.ts';
import type { Tare } from '../tare.ts';

/**
 * A hundred days in a real store: search holds two GPUs at $2 an hour, and eight for ten hours on the 95th day. Its endpoint serves a
 * thousand requests an hour, and a hundred in twelve hours of the 90th day.
 */
const START = Date.UTC(2026, 6, 6);
const NOW = START + 100 * DAY_MS;
const BURST = { startMs: START + 95 * DAY_MS + 8 * HOUR_MS, endMs: START + 95 * DAY_MS + 18 * HOUR_MS };
const QUIET = { startMs: START + 90 * DAY_MS + 8 * HOUR_MS, endMs: START + 90 * DAY_MS + 20 * HOUR_MS };
const WHOLE = { startMs: START, endMs: NOW };
const EXTRA = [1, 2, 3, 4, 5, 6].map((number) => `extra-${number}`);
const LAST_MONTH = { fromMs: NOW - 30 * DAY_MS, toMs: NOW };

const FACTS = {
  capacity: [
    ...['gpu-a', 'gpu-b'].map((device) => capacityFact(device, WHOLE)),
    ...EXTRA.map((device) => capacityFact(device, BURST)),
  ],
  workloads: [workloadFact('search-llm', { kind: 'inference', attributes: { 'label:team': 'search' } })],
  allocations: [
    ...['gpu-a', 'gpu-b'].map((device) => allocationFact('search-llm', device, WHOLE)),
    ...EXTRA.map((device) => allocationFact('search-llm', device, BURST)),
  ],
  traffic: Array.from({ length: 100 * 24 }, (_, hour) => traffic(START + hour * HOUR_MS)),
};

function traffic(startMs: number): TrafficFact {
  const isQuiet = startMs >= QUIET.startMs && startMs < QUIET.endMs;
  return {
    endpoint: 'search-llm',
    model: 'llama',
    replica: 'pod-1',
    workloadId: 'search-llm',
    startMs,
    endMs: startMs + HOUR_MS,
    requests: isQuiet ? 100 : 1_000,
    errors: 0,
    tokens: { input: null, cachedInput: null, cacheWrittenInput: null, output: null, reasoning: null },
    latencySeconds: null,
    timeToFirstTokenSeconds: null,
    prefillSeconds: null,
    decodeSeconds: null,
    queueSeconds: null,
    runningRequests: null,
    waitingRequests: null,
    cacheUse: null,
    batchSize: null,
    attributes: {},
  };
}

let tare: Tare;
let server: Listening;
let remote: Tare;
let report: AnomalyReport;
const REQUEST = {
  window: LAST_MONTH,
  by: ['team', 'endpoint'],
  measures: ['cost', 'tare', 'unitCost'],
} as const;
beforeAll(async () => {
  const store = await openDuckDbStore('duckdb::memory:');
  await store.importDataset({ name: 'test:all', kind: 'test', importedAtMs: NOW }, once(FACTS));
  const clock = { nowMs: () => NOW };
  tare = createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [flatPrices()],
    settings: SMALL_SETTINGS,
    anomalies: { by: ['team'], fewestExcess: 20, fewestShare: 0.2 },
    clock,
    listFiles: async () => [],
  });
  const api = createApi(tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: () => ({ at: '', rows: [] }),
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => console.error('BUG', error),
  });
  server = await listen(api.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: server.url, token: 'local' });
  report = await tare.reportAnomalies(REQUEST);
});
afterAll(async () => {
  await server.close();
  await tare.close();
});

const BURST_ID = 'cost/team/search@2026-10-09T08';

describe('anomalies over the ledger', () => {
  it('are found, with what they cost to the last digit', () => {
    expect(report.rows.find(({ id }) => id === BURST_ID)).toMatchObject({
      from: '2026-10-09T08:00:00Z',
      to: '2026-10-09T18:00:00Z',
      actual: '160.00',
      expected: '40.00',
      excess: '120.00',
      excessFraction: 3,
      cause: 'volume',
      causes: { volume: '120.00', price: '0.00', mix: '0.00', newResource: '0.00' },
      resources: [{ resource: 'H100-SXM5-80GB on_demand aws', excess: '120.00' }],
      isOngoing: false,
      verdict: null,
      message: expect.stringContaining('team search cost $120.00 more than the expected $40.00'),
    });
  });

  it('are of what a request costs, too', () => {
    // $4 an hour for a hundred requests that cost $0.40 before.
    expect(report.rows.find(({ from }) => from === '2026-10-04T08:00:00Z')).toMatchObject({
      measure: 'unitCost',
      owner: 'search-llm',
      actual: '48.00',
      expected: '4.80',
      cause: 'utilisation',
    });
  });

  it('know nothing of tare that was never observed', () => {
    expect(report.rows.filter(({ measure }) => measure === 'tare')).toEqual([]);
    expect(report.series.tooShort).toContain('tare of team search');
  });

  it('come over HTTP as they are', async () => {
    expect(await remote.reportAnomalies(REQUEST)).toEqual(report);
  });

  it('are printed with what to judge them by', () => {
    const { rows, footnotes } = anomaliesTable(report);
    expect(rows.find((row) => row['id']!.value === BURST_ID)!['cause']!.printed).toBe('volume');
    expect(footnotes[0]).toMatch(/^In USD, until 2026-10-14 00:00 UTC; \d series were looked at\.$/);
  });

  it('are judged once, whoever asks, and the precision follows', async () => {
    const said = { id: BURST_ID, verdict: 'acknowledged', note: 'a load test', by: 'ann' } as const;
    const first = await remote.judgeAnomaly(said);
    expect(await tare.judgeAnomaly(said)).toEqual(first);
    const unit = report.rows.find(({ measure }) => measure === 'unitCost')!;
    await tare.judgeAnomaly({ id: unit.id, verdict: 'falseAlarm', note: null, by: null });
    const after = await tare.reportAnomalies(REQUEST);
    expect(after.precision).toMatchObject({ judged: 2, acknowledged: 1, falseAlarms: 1, precision: 0.5 });
    expect(after.rows.find(({ id }) => id === BURST_ID)).toMatchObject({
      verdict: 'acknowledged',
      note: 'a load test',
      judgedBy: 'ann',
    });
    expect(after.rows.find(({ id }) => id === unit.id)).toMatchObject({ verdict: 'falseAlarm' });
  });

  it.each(['nonsense', 'cost/team/nobody-else@2026-10-09T08'])('%s cannot be judged', async (id) => {
    const said = { id, verdict: 'expected', note: null, by: null } as const;
    await expect(tare.judgeAnomaly(said)).rejects.toMatchObject({ code: 'TARE-4029' });
    await expect(remote.judgeAnomaly(said)).rejects.toMatchObject({ code: 'TARE-4029' });
  });
});

describe('the forecast over the ledger', () => {
  it('is what the rest of the month costs, and how well that was known before', async () => {
    const found = await tare.reportForecast({ by: 'team', period: 'monthly', atMs: null });
    const [search] = found.rows;
    // 13 days at $96 and the burst of $120; 18 days to come.
    expect(search).toMatchObject({ owner: 'search', spent: '1368.00', growthPerMonth: 0 });
    expect(Number(search!.forecast!.expected)).toBeGreaterThan(1368 + 18 * 96 - 1);
    expect(Number(search!.forecast!.expected)).toBeLessThan(1368 + 18 * 96 + 120);
    expect(found.total!.spent).toBe('1368.00');
    expect(found.past.forecasts).toBeGreaterThan(0);
    expect(await remote.reportForecast({ by: 'team', period: 'monthly', atMs: null })).toEqual(found);
    expect(forecastTable(found).footnotes[0]).toBe(
      'In USD, 2026-10-01 to 2026-11-01, spent until 2026-10-14 00:00 UTC.',
    );
  });

  it('of everything has one row', async () => {
    const found = await tare.reportForecast({ by: null, period: 'weekly', atMs: null });
    expect(found.rows).toEqual([]);
    expect(forecastTable(found).rows).toHaveLength(1);
  });
});

describe('alerts over the ledger', () => {
  it('are told to nobody unless someone is named', async () => {
    const found = await tare.reportAlerts();
    expect(found).toMatchObject({ rows: [], recipients: [] });
    expect(await remote.reportAlerts()).toEqual(found);
    expect(await remote.sendAlerts({ test: false, recipient: null }, new AbortController().signal)).toEqual({
      begun: 0,
      ended: 0,
      messages: 0,
      failures: [],
    });
  });
});
