import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSmallFiles } from '../../test/support/small-files.ts';
import { openSimulations } from '../cli/simulations/open-simulations.ts';
import { type Composition, composeTare } from '../compose.ts';
import { hashToken, loadConfig } from '../config/load-config.ts';
import { createApi } from './api.ts';

const NOW_MS = Date.parse('2026-10-15T00:00:00Z');
const OWNER = { Authorization: 'Bearer local-token' };
const SIGNAL = new AbortController().signal;
const OCTOBER = 'from=2026-10&to=2026-11';

let directory: string;
let composed: Composition;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tare-api-'));
  writeSmallFiles(directory);
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: true });
  const store = { url: 'duckdb::memory:', directory };
  composed = await composeTare({ config, store, clock: { nowMs: () => NOW_MS } });
  for (const kind of ['capacity', 'allocations', 'usage']) await importFile(kind, `${kind}.csv`);
  await importFile('focus', 'bill.csv');
  mkdirSync(join(directory, 'web', 'assets'), { recursive: true });
  writeFileSync(join(directory, 'web', 'index.html'), '<title>Tare</title>');
  writeFileSync(join(directory, 'web', 'assets', 'index-4f2a.js'), 'export {};\n');
});
afterAll(async () => {
  await composed.tare.close();
  rmSync(directory, { recursive: true });
});

function importFile(kind: string, name: string) {
  const request = { kind, paths: [join(directory, name)], map: {}, set: {}, fields: null, isDryRun: false };
  return composed.tare.importFiles(request, () => {}, SIGNAL);
}

function api({
  tokens = [],
  isLoopback = true,
  isReady = true,
}: {
  tokens?: string[];
  isLoopback?: boolean;
  isReady?: boolean;
} = {}) {
  return createApi(composed.tare, {
    clock: { nowMs: () => NOW_MS },
    access: { localTokenHash: hashToken('local-token'), tokenHashes: tokens.map(hashToken), isLoopback },
    searchPrices: composed.searchPrices,
    simulations: openSimulations({ nowMs: () => NOW_MS }),
    revisions: composed.revisions,
    dashboardDirectory: join(directory, 'web'),
    isReady: () => isReady,
    onBug: (error) => {
      throw error;
    },
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of each answer is what these tests look at
async function json(path: string): Promise<any> {
  return (await api().request(path)).json();
}

describe('reports', () => {
  it('answers the ledger in the shape of the CLI', async () => {
    const report = await json(`/api/v1/report/ledger?${OCTOBER}&by=team`);
    expect(report).toMatchObject({
      currency: 'USD',
      from: '2026-10-01T00:00:00Z',
      to: '2026-11-01T00:00:00Z',
      by: ['team'],
    });
    expect(report['rows'][0]).toMatchObject({
      team: 'search',
      gpuHours: { gross: 3, idle: 2.25, productive: 0.75 },
      cost: { gross: '12.00', idle: '9.00', productive: '3.00' },
      direct: '10.00',
      shared: '3.00',
    });
    expect(report['total']).toMatchObject({
      cost: { gross: '24.00', unallocated: '12.00' },
      totalCost: '37.00',
    });
  });

  it('is the same report whichever way it is asked for', async () => {
    const direct = await composed.tare.reportLedger({
      window: { fromMs: Date.UTC(2026, 9), toMs: Date.UTC(2026, 10) },
      by: ['team'],
      filters: [],
      top: null,
    });
    expect(await json(`/api/v1/report/ledger?${OCTOBER}`)).toEqual(JSON.parse(JSON.stringify(direct)));
  });

  it('filters, cuts and sums the rest', async () => {
    const filtered = await json(`/api/v1/report/ledger?${OCTOBER}&filter=team%3Dsearch`);
    expect(filtered['total'].cost.gross).toBe('12.00');
    const cut = await json(`/api/v1/report/idle?${OCTOBER}&by=device&top=1`);
    expect(cut['rows']).toHaveLength(1);
    expect(cut['rest']).toMatchObject({ rows: 1 });
  });

  it.each([
    [`/api/v1/overview?${OCTOBER}`, { sentence: expect.stringContaining('$37.00'), generated: null }],
    [`/api/v1/report/charges?${OCTOBER}&by=service`, { total: { rows: 2, billedCost: '13.00' } }],
    [`/api/v1/report/coverage?${OCTOBER}`, { reconciliation: { difference: '0.00', bill: '13.00' } }],
    ['/api/v1/explain?row=2026-10-14T09:00Z/gpu-a/search-llm/idle', { cost: '3.00', gpuHours: 0.75 }],
    ['/api/v1/prices?gpu=H100&lifecycle=on_demand', { at: '2026-10-15' }],
    [
      '/api/v1/size?gpus=8&gpuModel=H100&utilization=0.41&price=2.50',
      { monthlyCost: '14600.00', monthlyIdleCost: '8614.00', idlePercent: 59, price: { kind: 'stated' } },
    ],
  ])('answers %s', async (path, expected) => {
    expect(await json(path)).toMatchObject(expected);
  });

  it('sizes a fleet by POST as by GET', async () => {
    const response = await api().request('/api/v1/size', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ gpus: 8, utilization: 0.41, price: '2.50' }),
    });
    expect(await response.json()).toEqual(await json('/api/v1/size?gpus=8&utilization=0.41&price=2.50'));
  });

  it('answers CSV to those who ask for it', async () => {
    const response = await api().request(`/api/v1/report/ledger?${OCTOBER}`, {
      headers: { Accept: 'text/csv' },
    });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [header, first] = (await response.text()).split('\r\n');
    expect(header?.split(',')[0]).toBe('team');
    expect(first?.split(',')[0]).toBe('search');
  });
});

describe('errors', () => {
  it.each([
    ['/api/v1/report/ledger?from=yesterday', 400, 'TARE-2004'],
    ['/api/v1/report/ledger?by=colour', 400, 'TARE-2003'],
    ['/api/v1/report/ledger?top=many', 400, 'TARE-2001'],
    ['/api/v1/size?gpus=8&utilization=41', 400, 'TARE-2001'],
    ['/api/v1/size?gpus=8&gpuModel=abacus&utilization=0.41', 422, 'TARE-4022'],
    ['/api/v1/report/ledger?filter=team', 400, 'TARE-2001'],
    ['/api/v1/explain', 400, 'TARE-2001'],
    ['/api/v1/explain?row=2026', 400, 'TARE-2006'],
    ['/api/v1/explain?row=2026-10-14T09:00Z/gpu-x/search-llm/idle', 404, 'TARE-4020'],
    ['/api/v1/nothing', 404, 'TARE-2040'],
  ])('%s is a problem', async (path, status, code) => {
    const response = await api().request(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status,
      code,
      type: `urn:tare:error:${code}`,
      title: expect.any(String),
      detail: expect.any(String),
      remedy: expect.any(String),
    });
  });

  it('keeps what a bug says to itself', async () => {
    const seen: unknown[] = [];
    const broken = createApi(
      { ...composed.tare, overview: () => Promise.reject(new Error('secret path /home/me')) },
      {
        clock: { nowMs: () => NOW_MS },
        access: { localTokenHash: null, tokenHashes: [], isLoopback: true },
        searchPrices: composed.searchPrices,
        dashboardDirectory: null,
        isReady: () => true,
        onBug: (error) => void seen.push(error),
      },
    );
    const response = await broken.request('/api/v1/overview');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(seen).toHaveLength(1);
  });
});

describe('who may do what', () => {
  const READ = `/api/v1/overview?${OCTOBER}`;
  const basic = (password: string) => ({ Authorization: `Basic ${btoa(`anyone:${password}`)}` });

  it.each([
    ['no tokens: whoever is on this machine reads', [], {}, 200],
    ['tokens: nobody reads without', ['open-sesame'], {}, 401],
    ['tokens: a wrong one does not help', ['open-sesame'], { Authorization: 'Bearer x' }, 401],
    ['tokens: the right one reads', ['open-sesame'], { Authorization: 'Bearer open-sesame' }, 200],
    ['tokens: a browser sends it as a password', ['open-sesame'], basic('open-sesame'), 200],
    ['tokens: the command line of this machine reads', ['open-sesame'], OWNER, 200],
    ['a wrong token is refused even where none is needed', [], { Authorization: 'Bearer x' }, 401],
  ])('%s', async (_, tokens, headers: Record<string, string>, status) => {
    const response = await api({ tokens }).request(READ, { headers });
    expect(response.status).toBe(status);
    if (status === 401) expect(response.headers.get('www-authenticate')).toContain('Basic');
  });

  it('a hash in the configuration is as good as the token', async () => {
    const response = await api({ tokens: [`sha256:${hashToken('open-sesame')}`] }).request(READ, {
      headers: { Authorization: 'Bearer open-sesame' },
    });
    expect(response.status).toBe(200);
  });

  it('guards the page as well as the figures, and leaves the probes open', async () => {
    const guarded = api({ tokens: ['open-sesame'] });
    expect((await guarded.request('/')).status).toBe(401);
    expect((await guarded.request('/openapi.json')).status).toBe(401);
    expect((await guarded.request('/healthz')).status).toBe(200);
    expect((await guarded.request('/readyz')).status).toBe(200);
  });

  it.each(['import', 'collect', 'build'])('lets only the local command line %s', async (action) => {
    const post = (headers: Record<string, string>) =>
      api({ tokens: ['open-sesame'] }).request(`/api/v1/${action}`, {
        method: 'POST',
        body: '{}',
        headers: { 'Content-Type': 'application/json', ...headers },
      });
    expect((await post({})).status).toBe(401);
    expect(await (await post({ Authorization: 'Bearer open-sesame' })).json()).toMatchObject({
      code: 'TARE-2042',
    });
    expect([200, 400]).toContain((await post(OWNER)).status);
  });

  it.each([
    ['127.0.0.1:4680', 200],
    ['localhost', 200],
    ['[::1]:4680', 200],
    ['attacker.example', 421],
    ['127.0.0.1.attacker.example:4680', 421],
  ])('on loopback, answers to the host %s with %i', async (host, status) => {
    expect((await api().request(READ, { headers: { Host: host } })).status).toBe(status);
  });
});

describe('import', () => {
  const post = (body: object, accept = 'application/json') =>
    api().request('/api/v1/import', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', Accept: accept, ...OWNER },
    });

  it('answers what happened, and changes nothing the second time', async () => {
    const response = await post({ kind: 'focus', paths: [join(directory, 'bill.csv')] });
    expect(await response.json()).toMatchObject({ rowsRead: 2, rowsImported: 0, rowsUnchanged: 2 });
  });

  it('streams its progress, the result last', async () => {
    const response = await post(
      { kind: 'usage', paths: [join(directory, 'usage.csv')] },
      'application/x-ndjson',
    );
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines.at(-1)).toMatchObject({ result: { kind: 'usage', rowsRead: 360 } });
    expect(lines.slice(0, -1).every((line) => 'progress' in line)).toBe(true);
  });

  it('streams a failure as a problem', async () => {
    const response = await post(
      { kind: 'focus', paths: [join(directory, 'none.csv')] },
      'application/x-ndjson',
    );
    expect(JSON.parse((await response.text()).trim())).toMatchObject({ problem: { code: 'TARE-4001' } });
  });

  it('refuses what it does not understand', async () => {
    expect(await (await post({ kind: 'focus' })).json()).toMatchObject({ code: 'TARE-2001' });
    expect(await (await post({ kind: 'focus', paths: ['x'], path: 'y' })).json()).toMatchObject({
      code: 'TARE-2001',
    });
    expect(await (await post({ kind: 'fcous', paths: ['x'] })).json()).toMatchObject({ code: 'TARE-2002' });
  });
});

describe('transport', () => {
  it('revalidates: the same answer is not sent twice', async () => {
    const path = `/api/v1/report/ledger?${OCTOBER}`;
    const first = await api().request(path, { headers: { 'Accept-Encoding': 'gzip' } });
    const tag = first.headers.get('etag')!;
    const second = await api().request(path, {
      headers: { 'If-None-Match': tag, 'Accept-Encoding': 'gzip' },
    });
    expect(second.status).toBe(304);
    expect(await second.text()).toBe('');
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
  });

  it('packs what is large', async () => {
    const response = await api().request(`/api/v1/overview?${OCTOBER}`, {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const unpacked = gunzipSync(Buffer.from(await response.arrayBuffer())).toString();
    expect(JSON.parse(unpacked)).toMatchObject({ currency: 'USD' });
  });

  it('lets the page load nothing but its own files, and be framed by nobody', async () => {
    const { headers } = await api().request('/');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("script-src 'self' 'unsafe");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('says when the first ledger is not built yet', async () => {
    expect((await api({ isReady: false }).request('/readyz')).status).toBe(503);
    expect((await api({ isReady: false }).request('/healthz')).status).toBe(200);
  });
});

describe('the dashboard', () => {
  it.each([
    ['/', 'no-cache', '<title>Tare</title>'],
    ['/explore?from=7d', 'no-cache', '<title>Tare</title>'],
    ['/assets/index-4f2a.js', 'public, max-age=31536000, immutable', 'export {};\n'],
  ])('serves %s', async (path, caching, text) => {
    const response = await api().request(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe(caching);
    expect(await response.text()).toBe(text);
  });

  it.each(['/assets/gone-1234.js', '/api/v1/gone', '/assets/..%2f..%2ftare.yaml'])(
    'has nothing at %s',
    async (path) => {
      expect((await api().request(path)).status).toBe(404);
    },
  );
});

it('is described by the committed OpenAPI document', async () => {
  const description = await json('/openapi.json');
  expect(description['openapi']).toBe('3.1.0');
  expect(Object.keys(description['paths'])).toContain('/api/v1/overview');
  await expect(`${JSON.stringify(description, null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/reference/openapi.json',
  );
});
