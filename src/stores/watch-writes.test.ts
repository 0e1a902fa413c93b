import { afterEach, beforeEach, expect, it } from 'vitest';
import { capacityFact } from '../../test/support/facts.ts';
import type { Store } from '../ports/store.ts';
import { openStore } from './open-store.ts';
import { watchWrites } from './watch-writes.ts';

const START = Date.UTC(2026, 9, 1);
const HOUR_MS = 3_600_000;
let store: Store;
let revision: () => string;
let told = 0;
let stop: () => void;
beforeEach(async () => {
  const watched = watchWrites(await openStore('duckdb::memory:'), 'a');
  store = watched.store;
  revision = watched.revisions.current;
  told = 0;
  stop = watched.revisions.watch(() => (told += 1));
});
afterEach(() => store.close());

async function* facts(endMs: number) {
  yield { capacity: [capacityFact('gpu-a', { startMs: START, endMs })] };
}
const importUntil = (endMs: number) =>
  store.importDataset({ name: 'a', kind: 'capacity', importedAtMs: START }, facts(endMs));

it('moves when facts change, and stays when they are the same', async () => {
  expect(revision()).toBe('a-0');
  await importUntil(START + HOUR_MS);
  expect(revision()).toBe('a-1');
  await importUntil(START + HOUR_MS);
  expect(revision()).toBe('a-1');
  await importUntil(START + 2 * HOUR_MS);
  expect([revision(), told]).toEqual(['a-2', 2]);
});

it('moves when hours are built, and stays when there are none to build', async () => {
  await importUntil(START + HOUR_MS);
  const window = { fromMs: START, toMs: START + HOUR_MS };
  await store.buildHours(window, window.toMs);
  expect(revision()).toBe('a-2');
});

it('stays for what no page shows', async () => {
  await store.writeNote('watermark:prod', 'x');
  await store.datasets();
  expect([revision(), told]).toEqual(['a-0', 0]);
});

it('moves with actions and views, and tells nobody who asked no more', async () => {
  await store.writeNote('actions', '[]');
  await store.saveView({ name: 'a', address: '/', savedAtMs: 0 });
  stop();
  await store.removeView('a');
  expect([revision(), told]).toEqual(['a-3', 2]);
});

it('says nothing of a write that failed', async () => {
  const broken = (async function* () {
    yield { capacity: [capacityFact('gpu-b', { startMs: START, endMs: START + HOUR_MS })] };
    throw new Error('the file ends here');
  })();
  await expect(
    store.importDataset({ name: 'b', kind: 'capacity', importedAtMs: START }, broken),
  ).rejects.toThrow('the file ends here');
  expect(revision()).toBe('a-0');
});
