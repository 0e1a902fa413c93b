import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOON, SMALL_SETTINGS, smallFleet } from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import { DAY_MS, HOUR_MS } from '../domain/time/window.ts';
import { OutsideFailure } from '../ports/failures.ts';
import type { LiveSource, ProbeFinding } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { doctor } from './doctor.ts';
import type { Finding } from './results/results.ts';

let store: Store;

beforeAll(async () => {
  store = await openDuckDbStore('duckdb::memory:');
  await store.importDataset(
    { name: 'usage:/fleet.csv', kind: 'usage', importedAtMs: NOON },
    once(smallFleet()),
  );
});

afterAll(() => store.close());

function source(probe: LiveSource['probe']): LiveSource {
  return {
    kind: 'test',
    name: 'prod',
    chunks: () => [],
    read: () => ({ batches: once({}), summary: EMPTY }),
    probe,
  };
}

const EMPTY = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
const failing: Finding = { subject: 'tare.yaml', status: 'failing', message: 'x', remedy: null };
const fine: readonly ProbeFinding[] = [{ status: 'fine', message: '2 of 2 targets', remedy: null }];
const refused = () => Promise.reject(new OutsideFailure('refused', '401 from prod', 'check the token'));

test.each([
  { name: 'all well', probe: async () => fine, after: 0, config: [], exitCode: 0 },
  { name: 'a source that refuses', probe: refused, after: 0, config: [], exitCode: 5 },
  {
    name: 'usage a day old beside a live source',
    probe: async () => fine,
    after: DAY_MS,
    config: [],
    exitCode: 4,
  },
  { name: 'a wrong configuration', probe: async () => fine, after: 0, config: [failing], exitCode: 2 },
  { name: 'the worst of several', probe: refused, after: DAY_MS, config: [failing], exitCode: 5 },
])('$name → $exitCode', async ({ probe, after, config, exitCode }) => {
  const parts = {
    store,
    settings: SMALL_SETTINGS,
    liveSources: [source(probe)],
    clock: { nowMs: () => NOON + after },
    configFindings: config,
  };
  const report = await doctor(parts, new AbortController().signal);
  expect(report.exitCode).toBe(exitCode);
  expect(report.findings.some(({ subject }) => subject === 'prod')).toBe(true);
});

test('facts from the future point at a clock', async () => {
  const clock = { nowMs: () => NOON - 2 * HOUR_MS };
  const parts = { store, settings: SMALL_SETTINGS, liveSources: [], clock, configFindings: [] };
  const { findings } = await doctor(parts, new AbortController().signal);
  expect(findings.find(({ subject }) => subject === 'clock')).toMatchObject({
    status: 'look',
    message: expect.stringContaining('usage of 2026-10-14T11:59:30Z'),
  });
});

test('a source that hangs does not hold the doctor up', async () => {
  const controller = new AbortController();
  const parts = {
    store,
    settings: SMALL_SETTINGS,
    liveSources: [source(() => new Promise(() => {}))],
    clock: { nowMs: () => NOON },
    configFindings: [],
  };
  setTimeout(() => controller.abort(), 10);
  const { findings } = await doctor(parts, controller.signal);
  expect(findings[0]).toMatchObject({ subject: 'prod', status: 'failing' });
});
