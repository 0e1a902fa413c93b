import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { writeSmallFiles } from '../../test/support/small-files.ts';
import { PLAN_STEPS } from '../app/plan/plan-steps.ts';
import { NO_LIMITS, type PlanRequest, type VerifyRequest } from '../app/tare.ts';
import { type Composition, composeTare } from '../compose.ts';
import { hashToken, loadConfig } from '../config/load-config.ts';
import type { ModelEvidence } from '../domain/levers/model-levers.ts';
import { createApi } from './api.ts';
import { connectTare, type RemoteTare } from './client.ts';
import { type Listening, listen } from './server.ts';

const NOW_MS = Date.parse('2026-10-15T00:00:00Z');
const AT = Date.UTC(2026, 9, 14, 9);
const OCTOBER = { fromMs: Date.UTC(2026, 9), toMs: Date.UTC(2026, 10) };
const SIGNAL = new AbortController().signal;

let directory: string;
let here: Composition;
let listening: Listening;
let remote: RemoteTare;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tare-plan-api-'));
  writeSmallFiles(directory);
  const clock = { nowMs: () => NOW_MS };
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: true });
  here = await composeTare({ config, store: { url: 'duckdb::memory:', directory }, clock });
  for (const kind of ['capacity', 'allocations', 'usage']) {
    const paths = [join(directory, `${kind}.csv`)];
    const request = { kind, paths, map: {}, set: {}, fields: null, isDryRun: false };
    await here.tare.importFiles(request, () => {}, SIGNAL);
  }
  const api = createApi(here.tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: here.searchPrices,
    dashboardDirectory: null,
    isReady: () => true,
    onBug: () => {},
  });
  listening = await listen(api.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: listening.url, token: 'local' });
});
afterAll(async () => {
  await listening.close();
  await here.tare.close();
  rmSync(directory, { recursive: true });
});

const linesOf = async (response: Response) =>
  (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const ask = (path: string, init: RequestInit = {}) => fetch(`${listening.url}/api/v1/${path}`, init);
const EVIDENCE: ModelEvidence = {
  lever: 'cache',
  endpoint: 'chat',
  share: 0.3,
  costFactor: 0,
  qualityBefore: null,
  qualityAfter: null,
  tolerance: 0,
  keepsAnswers: true,
  source: 'prompts',
};
const PLAN: PlanRequest = {
  window: OCTOBER,
  seed: 7,
  sloMs: {},
  survivalPerYear: 0.5,
  evidence: [EVIDENCE],
  limits: { ...NO_LIMITS, noSpot: true, maxCommittedPercent: 20, exclude: ['commit', 'share/a, b'] },
};
const VERIFY: VerifyRequest = {
  change: 'gpuModel:H100-SXM5-80GB',
  atMs: AT,
  window: { fromMs: OCTOBER.fromMs, toMs: NOW_MS },
  confidence: 0.9,
  tolerance: 0.05,
  unit: 'hours',
  lowerIsBetter: ['hallucination', 'loss'],
  metrics: [],
};

describe('a Tare in another process', () => {
  it('plans within the same limits, with the same evidence', async () => {
    const plan = await remote.planBill(PLAN);
    expect(plan).toEqual(await here.tare.planBill(PLAN));
    expect(plan.limits).toEqual(PLAN.limits);
  });

  it('verifies the same, takes the same, and lists the same', async () => {
    expect(await remote.verifySaving(VERIFY)).toEqual(await here.tare.verifySaving(VERIFY));
    const take = { changeId: 'share/a, b', atMs: AT, takenBy: 'amara', promised: '12.50' };
    expect(await remote.takeLever(take)).toMatchObject({ isNew: true, promised: { expected: '12.50' } });
    expect(await here.tare.takeLever(take)).toMatchObject({ isNew: false });
    const taken = await remote.reportTaken();
    expect(taken).toEqual(await here.tare.reportTaken());
    expect(taken.rows.map(({ change, state }) => [change, state])).toEqual([['share/a, b', 'too_early']]);
  });

  it('refuses what this one refuses', async () => {
    const request = { ...VERIFY, change: 'nothing' };
    await expect(remote.verifySaving(request)).rejects.toMatchObject({
      message: '"nothing" names no change',
    });
  });
});

describe('the API', () => {
  it('reads limits from the query', async () => {
    const response = await ask(
      'plan?from=2026-10&noSpot=true&maxCommittedPercent=10&exclude=spot&exclude=commit',
    );
    expect(response.status).toBe(200);
    expect(((await response.json()) as { limits: unknown }).limits).toEqual({
      noSpot: true,
      maxCommittedPercent: 10,
      noQualityRisk: false,
      exclude: ['spot', 'commit'],
      only: [],
    });
  });

  test.each([
    ['plan?maxCommittedPercent=120', 'maxCommittedPercent'],
    ['plan?noSpot=perhaps', 'noSpot'],
    ['verify?at=2026-10-14', 'change'],
    ['verify?change=endpoint:chat&confidence=2', 'confidence'],
    ['verify?change=endpoint:chat', 'is not recorded'],
    ['verify?change=endpoint:chat&at=yesterday', 'is not an instant'],
    ['verify?change=endpoint:chat&at=2026-10-14&to=2026-10-20', 'an end without a start'],
  ])('refuses %s', async (path, message) => {
    const response = await ask(path);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(message);
  });

  it('lets nobody but the command line of its machine record a change', async () => {
    const body = JSON.stringify({ change: 'share/a, b', promised: '1' });
    const headers = { 'Content-Type': 'application/json' };
    expect((await ask('levers/take', { method: 'POST', body, headers })).status).toBe(403);
  });
});

describe('a plan that is waited for', () => {
  const waiting = { headers: { accept: 'application/x-ndjson' } };

  it('says which step it is at, and ends with the same answer', async () => {
    const path = 'plan?from=2026-10-01&to=2026-11-01';
    const lines = await linesOf(await ask(path, waiting));
    expect(lines[0]).toEqual({
      progress: { task: 'reading the ledger', done: 0, total: PLAN_STEPS.length, unit: 'steps' },
    });
    expect(lines.slice(0, -1).every((line) => 'progress' in line)).toBe(true);
    expect(lines.at(-1)).toEqual({ result: await (await ask(path)).json() });
  });

  it('tells the command line of it, and obeys it', async () => {
    const tasks: string[] = [];
    await remote.planBill(PLAN, ({ task }) => tasks.push(task), SIGNAL);
    expect(tasks[0]).toBe('reading the ledger');
    const stop = new AbortController();
    const stopped = here.tare.planBill(PLAN, () => stop.abort(), stop.signal);
    await expect(stopped).rejects.toMatchObject({ code: 'TARE-9001' });
  });
});
