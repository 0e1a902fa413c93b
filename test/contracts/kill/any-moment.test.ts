import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { openDuckDbStore } from '../../../src/stores/duckdb/duckdb-store.ts';
import { CHANGING_OWNERS, CHANGING_UNTIL, datasetsAfter, factsIn } from '../../support/changing-datasets.ts';
import { buildAll, once, settle } from '../../support/weigh-in-store.ts';
import { wholeLedger } from '../../support/whole-ledger.ts';

/** A real process with a real file, killed without warning while it imports and builds. */
const WORKER = fileURLToPath(new URL('../../support/kill-worker.ts', import.meta.url));
const TSX = new URL('../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
const KILLS = 12;
const SHORTEST_LIFE_MS = 5;
const LONGEST_LIFE_MS = 1_200;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-killed-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('an embedded store whose process is killed at any moment', () => {
  it('opens, holds every acknowledged import whole and no other in part, and builds the same ledger', async () => {
    const url = `duckdb:${join(folder, 'tare.duckdb')}`;
    const random = xoroshiro128plus(20_261_124);
    let version = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const lifeMs = SHORTEST_LIFE_MS + (Math.abs(random.next()) % (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
      const acknowledged = await acknowledgedBeforeKill(url, version, lifeMs);
      const store = await openDuckDbStore(url);
      try {
        version = await versionHeld(store, acknowledged);
        await settle(store, new Map(), CHANGING_OWNERS);
        await buildAll(store, CHANGING_UNTIL);
        expect(await wholeLedger(store)).toEqual(await ledgerBuiltAtOnce(version));
      } finally {
        await store.close();
      }
    }
    // The worker must have got somewhere, or nothing was put to the test.
    expect(version).toBeGreaterThan(KILLS);
  });
});

/** Starts the worker at a version, kills it so long after its first word, and says how many versions it had acknowledged. */
function acknowledgedBeforeKill(url: string, from: number, lifeMs: number): Promise<number> {
  const worker = spawn(process.execPath, ['--import', TSX, WORKER, url, String(from)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  worker.stdout.on('data', (text) => {
    if (said === '') setTimeout(() => worker.kill('SIGKILL'), lifeMs);
    said += text;
  });
  worker.stderr.on('data', (text) => (complaint += text));
  return new Promise((resolve, reject) =>
    worker.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the worker ended by itself: ${complaint}`));
      const imports = [...said.matchAll(/^imported (\d+)\n/gm)];
      resolve(Number(imports.at(-1)?.[1] ?? from));
    }),
  );
}

/** Which version the store holds whole: the acknowledged one, or the one that landed just before the kill. */
async function versionHeld(store: Store, acknowledged: number): Promise<number> {
  const held = (await store.datasets()).map(({ name, facts }) => `${name}: ${facts}`).sort();
  const candidates = [acknowledged, acknowledged + 1];
  const found = candidates.filter((version) => {
    const expected = datasetsAfter(version).map(({ name, facts }) => `${name}: ${factsIn(facts)}`);
    return JSON.stringify(expected.sort()) === JSON.stringify(held);
  });
  expect(found, `${held.join(', ')} is version ${candidates.join(' or ')}`).not.toEqual([]);
  if (found.length === 1) return found[0]!;
  // Two versions of one size: the facts decide.
  const [before, after] = await Promise.all(candidates.map(ledgerBuiltAtOnce));
  await settle(store, new Map(), CHANGING_OWNERS);
  await buildAll(store, CHANGING_UNTIL);
  const ledger = JSON.stringify(await wholeLedger(store));
  return ledger === JSON.stringify(after) && ledger !== JSON.stringify(before)
    ? acknowledged + 1
    : acknowledged;
}

async function ledgerBuiltAtOnce(version: number): Promise<string[]> {
  const store = await openDuckDbStore('duckdb::memory:');
  try {
    for (const { name, facts } of datasetsAfter(version)) {
      await store.importDataset({ name, kind: 'test', importedAtMs: 0 }, once(facts));
    }
    await settle(store, new Map(), CHANGING_OWNERS);
    await buildAll(store, CHANGING_UNTIL);
    return await wholeLedger(store);
  } finally {
    await store.close();
  }
}
