import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSmallFiles } from '../../test/support/small-files.ts';
import { TareError } from '../app/errors.ts';
import { saveView } from '../app/saved-views.ts';
import type { Tare } from '../app/tare.ts';
import { type Composition, composeTare } from '../compose.ts';
import { hashToken, loadConfig } from '../config/load-config.ts';
import { createApi } from './api.ts';
import { connectTare } from './client.ts';
import { liveRoutes } from './routes/live.ts';
import { type Listening, listen } from './server.ts';

const NOW_MS = Date.parse('2026-10-15T00:00:00Z');
const SIGNAL = new AbortController().signal;

let directory: string;
let here: Composition;
let server: Listening;
let there: Tare;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tare-dashboard-'));
  writeSmallFiles(directory);
  const config = loadConfig({ path: undefined, directory, environment: {}, usesSources: false });
  here = await composeTare({
    config,
    store: { url: 'duckdb::memory:', directory },
    clock: { nowMs: () => NOW_MS },
  });
  for (const kind of ['capacity', 'allocations', 'usage']) await importKind(kind);
  await here.tare.buildLedger(() => {}, SIGNAL);
  const api = createApi(here.tare, {
    clock: { nowMs: () => NOW_MS },
    access: { localTokenHash: hashToken('t'), tokenHashes: [], isLoopback: true },
    searchPrices: here.searchPrices,
    revisions: here.revisions,
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => {
      throw error;
    },
  });
  server = await listen(api.fetch, '127.0.0.1', 0);
  there = connectTare({ url: server.url, token: 't' });
});
afterEach(async () => {
  await server.close();
  await here.tare.close();
  rmSync(directory, { recursive: true });
});

function importKind(kind: string, name = `${kind}.csv`) {
  const request = { kind, paths: [join(directory, name)], map: {}, set: {}, fields: null, isDryRun: false };
  return here.tare.importFiles(request, () => {}, SIGNAL);
}

const send = (method: string, path: string, body?: string, type = 'application/json') =>
  fetch(`${server.url}${path}`, { method, ...(body && { body, headers: { 'content-type': type } }) });

it('finds the same here and over HTTP', async () => {
  const request = { text: 'gpu', limit: 5 };
  const found = await here.tare.search(request);
  expect(found.rows.length).toBeGreaterThan(0);
  expect(await there.search(request)).toEqual(found);
});

it('saves, lists, opens and deletes views', async () => {
  const saved = await there.saveView({ name: 'October: a/b', address: '/explore?by=team&from=2026-10' });
  expect(saved).toEqual({
    name: 'October: a/b',
    address: '/explore?by=team&from=2026-10',
    link: '/views/October%3A%20a%2Fb',
    savedAt: '2026-10-15T00:00:00Z',
  });
  expect(await there.views()).toEqual({ rows: [saved] });
  expect(await here.tare.views()).toEqual({ rows: [saved] });
  const opened = await fetch(`${server.url}${saved.link}`, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([302, saved.address]);
  const missing = await fetch(`${server.url}/views/x%26y`, { redirect: 'manual' });
  expect(missing.headers.get('location')).toBe('/?no-view=x%26y');
  expect(await there.removeView('October: a/b')).toEqual(saved);
  await expect(there.removeView('October: a/b')).rejects.toMatchObject({ code: 'TARE-4050' });
});

it('saves no address of another site, and nothing that another site makes a browser send', async () => {
  const elsewhere = await send('POST', '/api/v1/views', '{"name":"a","address":"//evil.example"}');
  expect([elsewhere.status, ((await elsewhere.json()) as { code: string }).code]).toEqual([422, 'TARE-4051']);
  const form = await send('POST', '/api/v1/views', '{"name":"a","address":"/"}', 'text/plain');
  expect(form.status).toBe(400);
  expect(await there.views()).toEqual({ rows: [] });
});

it('says precisely that a store takes no changes', async () => {
  const readOnly = {
    views: async () => [],
    saveView: async () => {
      throw new Error(
        'Invalid Input Error: Cannot execute statement of type "DELETE" on database "t" which is attached in read-only mode!',
      );
    },
    removeView: async () => {},
  };
  const clock = { nowMs: () => NOW_MS };
  const failure = await saveView(readOnly, clock, { name: 'a', address: '/' }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(TareError);
  expect(failure).toMatchObject({ code: 'TARE-4052', message: expect.stringContaining('read-only mode') });
});

it('names the state of the store, and answers nothing new with 304', async () => {
  const first = await fetch(`${server.url}/api/v1/revision`);
  const tag = first.headers.get('etag')!;
  const again = () => fetch(`${server.url}/api/v1/revision`, { headers: { 'if-none-match': tag } });
  expect((await again()).status).toBe(304);
  await there.saveView({ name: 'a', address: '/' });
  expect((await again()).status).toBe(200);
});

it('tells of every change, gathers those of a moment, and ends with the server', async () => {
  const response = await fetch(`${server.url}/api/v1/live`);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events = eventsOf(response);
  const first = await events.next();
  for (const name of ['a', 'b', 'c']) await there.saveView({ name, address: '/' });
  const second = await events.next();
  expect(second.value).not.toBe(first.value);
  expect(second.value).toBe(here.revisions.current());
  const rest = events.next().catch(() => ({ done: true }));
  await server.close();
  expect((await rest).done).toBe(true);
});

it('turns away more readers than there may be, and takes others when some have left', async () => {
  const routes = liveRoutes(here.revisions, { most: 2, heartbeatMs: 20 });
  const { url, close } = await listen(routes.fetch, '127.0.0.1', 0);
  const [one, two] = [new AbortController(), new AbortController()];
  const first = await fetch(`${url}/live`, { signal: one.signal });
  await fetch(`${url}/live`, { signal: two.signal });
  expect((await fetch(`${url}/live`)).ok).toBe(false);
  expect(await textUntil(first, 'event: here')).toContain('event: revision');
  one.abort();
  await expect.poll(async () => (await fetch(`${url}/live`, { signal: two.signal })).ok).toBe(true);
  two.abort();
  await close();
});

async function* eventsOf(response: Response): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.body!) {
    rest += Buffer.from(chunk).toString();
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const [, data] = /^data: (.*)$/m.exec(rest.slice(0, end)) ?? [];
      rest = rest.slice(end + 2);
      if (data) yield JSON.parse(data).revision;
    }
  }
}

async function textUntil(response: Response, end: string): Promise<string> {
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString();
    if (text.includes(end)) break;
  }
  return text;
}
