import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSmallFiles } from '../../test/support/small-files.ts';
import type { ProgressEvent } from '../app/tare.ts';
import { type Composition, composeTare } from '../compose.ts';
import { hashToken, loadConfig } from '../config/load-config.ts';
import { createApi } from './api.ts';
import { connectTare, type RemoteTare } from './client.ts';
import { type Listening, listen } from './server.ts';

const NOW_MS = Date.parse('2026-10-15T00:00:00Z');
const OCTOBER = { fromMs: Date.UTC(2026, 9), toMs: Date.UTC(2026, 10) };
const SIGNAL = new AbortController().signal;
const IGNORE = () => {};

let directory: string;
let here: Composition;
let listening: Listening;
let remote: RemoteTare;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tare-client-'));
  writeSmallFiles(directory);
  const clock = { nowMs: () => NOW_MS };
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: true });
  here = await composeTare({ config, store: { url: 'duckdb::memory:', directory }, clock });
  const api = createApi(here.tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: here.searchPrices,
    dashboardDirectory: null,
    isReady: () => true,
    onBug: IGNORE,
  });
  listening = await listen(api.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: listening.url, token: 'local' });
});
afterAll(async () => {
  await listening.close();
  await here.tare.close();
  rmSync(directory, { recursive: true });
});

function importRequest(kind: string, name = `${kind}.csv`) {
  return { kind, paths: [join(directory, name)], map: {}, set: {}, fields: null, isDryRun: false };
}

describe('a Tare in another process', () => {
  it('imports, and tells how far it is', async () => {
    const events: ProgressEvent[] = [];
    for (const kind of ['capacity', 'allocations', 'usage']) {
      await remote.importFiles(importRequest(kind), (event) => events.push(event), SIGNAL);
    }
    const bill = await remote.importFiles(importRequest('focus', 'bad-bill.csv'), IGNORE, SIGNAL);
    expect(bill).toMatchObject({ rowsImported: 2, rowsRejected: 1, totals: { billedCost: '13.00' } });
    expect(await remote.buildLedger(IGNORE, SIGNAL)).toMatchObject({ hours: 3 });
    expect(events.every(({ task }) => task.length > 0)).toBe(true);
  });

  it('answers what the one in this process answers', async () => {
    const ledger = {
      window: OCTOBER,
      by: ['team' as const, 'device' as const],
      filters: [{ dimension: 'gpuModel' as const, values: ['H100-SXM5-80GB', 'none'] }],
      top: 1,
    };
    const charges = { window: OCTOBER, by: ['service' as const], top: null };
    expect(await remote.reportLedger(ledger)).toEqual(await here.tare.reportLedger(ledger));
    expect(await remote.reportIdle(ledger)).toEqual(await here.tare.reportIdle(ledger));
    expect(await remote.reportCharges(charges)).toEqual(await here.tare.reportCharges(charges));
    expect(await remote.reportCoverage(OCTOBER)).toEqual(await here.tare.reportCoverage(OCTOBER));
    expect(await remote.reportCommitments(OCTOBER)).toEqual(await here.tare.reportCommitments(OCTOBER));
    const inference = {
      window: OCTOBER,
      by: ['endpoint' as const, 'day' as const],
      filters: [{ dimension: 'serving' as const, values: ['self_hosted'] }],
      top: null,
      basis: 'used' as const,
      sloMs: 500,
      minQuality: ['helpfulness=0.8', 'tone<=0.1'],
      tokenWeight: '1:5',
      apiPrice: '3/15',
      training: ['search-llm=1000/1000000'],
    };
    const served = await here.tare.reportInference(inference);
    expect(served.rows).not.toEqual([]);
    expect(await remote.reportInference(inference)).toEqual(served);
    const { by: _, top: __, apiPrice: ___, ...units } = inference;
    expect(await remote.reportUnits(units)).toEqual(await here.tare.reportUnits(units));
    const { filters: ____, basis: _____, ...judged } = { ...units, apiPrice: '3/15', against: [] };
    const endpoint = { ...judged, endpoint: 'search-llm' };
    expect(await remote.explainServing(endpoint)).toEqual(await here.tare.explainServing(endpoint));
    expect(await remote.overview(OCTOBER)).toEqual(await here.tare.overview(OCTOBER));
    const preview = { text: '- { rule: max-gpus, gpus: 0.5 }', window: OCTOBER, top: 3 };
    const stopped = await here.tare.previewPolicies(preview);
    expect(stopped.launches).toBeGreaterThan(0);
    expect(await remote.previewPolicies(preview)).toEqual(stopped);
    expect(await remote.reportPolicies()).toEqual(await here.tare.reportPolicies());
    expect(await remote.readPolicies('- { rule: x }')).toEqual(await here.tare.readPolicies('- { rule: x }'));
    expect(await remote.doctor(SIGNAL)).toEqual(await here.tare.doctor(SIGNAL));
    const row = '2026-10-14T09:00Z/gpu-a/search-llm/idle';
    expect(await remote.explain(row)).toEqual(await here.tare.explain(row));
    expect(await remote.collect({ window: null, sources: null }, IGNORE, SIGNAL)).toEqual({ sources: [] });
    const query = {
      words: ['h100', 'spot'],
      gpu: null,
      provider: null,
      region: null,
      lifecycle: null,
      atMs: NOW_MS,
    };
    expect(await remote.searchPrices(query)).toEqual(here.searchPrices(query));
  });

  it('fails with the same errors', async () => {
    await expect(remote.explain('2026')).rejects.toMatchObject({ code: 'TARE-2006', exitCode: 2 });
    await expect(remote.importFiles(importRequest('fcous', 'x'), IGNORE, SIGNAL)).rejects.toMatchObject({
      code: 'TARE-2002',
      remedy: expect.stringContaining('did you mean focus?'),
    });
    await expect(
      remote.importFiles(importRequest('focus', 'gone.csv'), IGNORE, SIGNAL),
    ).rejects.toMatchObject({
      code: 'TARE-4001',
      exitCode: 4,
    });
  });

  it('stops when it is asked to', async () => {
    const stop = AbortSignal.abort();
    await expect(remote.buildLedger(IGNORE, stop)).rejects.toMatchObject({ exitCode: 130 });
  });

  it('says that nobody is there, or somebody else', async () => {
    const nobody = connectTare({ url: 'http://127.0.0.1:1', token: 'local' });
    await expect(nobody.overview(OCTOBER)).rejects.toMatchObject({ code: 'TARE-5020', exitCode: 5 });
    const other = await listen(() => new Response('hello', { status: 404 }), '127.0.0.1', 0);
    const stranger = connectTare({ url: other.url, token: 'local' });
    await expect(stranger.overview(OCTOBER)).rejects.toMatchObject({ code: 'TARE-5020' });
    await other.close();
  });

  it('is refused with a wrong token', async () => {
    const intruder = connectTare({ url: listening.url, token: 'guess' });
    await expect(intruder.overview(OCTOBER)).rejects.toMatchObject({ code: 'TARE-2041' });
  });
});
