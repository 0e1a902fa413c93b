import { afterAll, beforeAll, expect, it } from 'vitest';
import { SMALL_SETTINGS } from '../../test/support/small-fleet.ts';
import { createTare } from '../app/create-tare.ts';
import type { Tare } from '../app/tare.ts';
import { hashToken } from '../config/load-config.ts';
import type { ActionRecord } from '../ports/cluster.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createApi } from './api.ts';
import { connectTare } from './client.ts';
import { type Listening, listen } from './server.ts';

const NOW = Date.UTC(2026, 9, 15, 12);
let tare: Tare;
let server: Listening;
let remote: Tare;
beforeAll(async () => {
  const clock = { nowMs: () => NOW };
  tare = createTare({
    store: await openDuckDbStore('duckdb::memory:'),
    fileSources: [],
    liveSources: [],
    priceBooks: [],
    settings: SMALL_SETTINGS,
    clock,
    listFiles: async () => [],
  });
  const api = createApi(tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: () => ({ at: '', rows: [] }),
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => {
      throw error;
    },
  });
  server = await listen(api.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: server.url, token: 'local' });
});
afterAll(async () => {
  await server.close();
  await tare.close();
});

const RECORD: ActionRecord = {
  id: 'act-1',
  action: 'scale-to-zero',
  object: 'Deployment search/chat',
  target: 'chat',
  owner: 'search',
  by: 'ada@laptop',
  cluster: 'https://cluster.example',
  at: '2026-10-15T12:00Z',
  state: 'begun',
  because: 'quiet for 6 h',
  change: 'spec.replicas: 3 → 0',
  namespace: 'search',
  reference: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat', controller: true },
  patch: { spec: { replicas: 0 } },
  undo: { spec: { replicas: 3 } },
  before: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'chat' }, spec: { replicas: 3 } },
  failure: null,
  undoneAt: null,
  undoneBy: null,
};

it('actions are kept in the store, through a server too, and one id is one action', async () => {
  expect(await remote.actions()).toEqual({ rows: [] });
  await remote.keepAction(RECORD);
  await tare.keepAction({ ...RECORD, id: 'act-2' });
  await remote.keepAction({ ...RECORD, state: 'done' });
  expect((await remote.actions()).rows.map(({ id, state }) => [id, state])).toEqual([
    ['act-2', 'begun'],
    ['act-1', 'done'],
  ]);
  expect((await tare.actions()).rows[1]).toEqual({ ...RECORD, state: 'done' });
});

it('only the command line of this machine writes them', async () => {
  const post = {
    method: 'POST',
    body: JSON.stringify(RECORD),
    headers: { 'content-type': 'application/json' },
  };
  expect((await fetch(`${server.url}/api/v1/actions`, post)).status).toBe(403);
  expect((await fetch(`${server.url}/api/v1/actions`)).status).toBe(200);
});

it('an empty ledger has nothing idle, and a server without a webhook nothing refused', async () => {
  expect(await remote.reportIdleNow(3)).toEqual({
    currency: 'USD',
    dataUntil: null,
    leastHours: 3,
    rows: [],
  });
  const admission = await fetch(`${server.url}/api/v1/admission?unchecked=true`);
  expect(await admission.json()).toEqual({
    answered: null,
    counts: { denied: 0, wouldDeny: 0, warned: 0, unchecked: 0 },
    uncheckedBy: {},
    entries: [],
    more: 0,
  });
});
