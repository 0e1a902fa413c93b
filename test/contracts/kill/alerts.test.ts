import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDuckDbStore } from '../../../src/stores/duckdb/duckdb-store.ts';
import { type Receiver, startReceiver } from '../../support/start-receiver.ts';

/** A real process that tells of alerts, killed without warning again and again, before a receiver that is sometimes slow. */
const WORKER = fileURLToPath(new URL('../../support/alert-kill-worker.ts', import.meta.url));
const TSX = new URL('../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
const KILLS = 10;
const SHORTEST_LIFE_MS = 5;
const LONGEST_LIFE_MS = 1_500;

let folder: string;
let server: Receiver;
let receiver: string;
const hooks: { id: string; alerts: { title: string }[] }[] = [];
const slacks: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tare-alerts-killed-'));
  server = await startReceiver(({ path, body }, response) => {
    if (path === '/hook') hooks.push(JSON.parse(body));
    else slacks.push(body);
    // Time in which the sender may be killed: the message is here, and it does not know.
    setTimeout(() => response.end('ok'), (hooks.length + slacks.length) % 3 === 0 ? 30 : 0);
  });
  receiver = server.url;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('loses no alert, and tells of none twice', async () => {
  const url = `duckdb:${join(folder, 'tare.duckdb')}`;
  const random = xoroshiro128plus(7_261_124);
  let begun = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const lifeMs = SHORTEST_LIFE_MS + (Math.abs(random.next()) % (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
    begun = Math.max(begun, await begunBeforeKill(url, begun, lifeMs));
  }
  expect(begun).toBeGreaterThan(KILLS);
  // One that lives: it sends what was left, and settles what was on its way.
  const last = await begunBeforeKill(url, begun, 6_000);
  const store = await openDuckDbStore(url);
  const notices = await store.notices(0);
  await store.close();

  // Whoever knows a message by its id has every alert, and each in one message.
  const byId = new Map(hooks.map((hook) => [hook.id, hook.alerts.map(({ title }) => title)]));
  const told = [...byId.values()].flat();
  expect(new Set(told).size).toBe(told.length);
  for (let number = 0; number < begun; number++) expect(told).toContain(`alert ${number};`);

  // Whoever does not, was never told twice; what may not have arrived is on record as that.
  const uncertain = notices.filter(
    ({ recipient, state }) => recipient === 'slack' && (state === 'uncertain' || state === 'sending'),
  );
  for (let number = 0; number < Math.min(begun, last); number++) {
    const heading = `critical: alert ${number};`;
    const times = slacks.filter((body) => JSON.parse(body).text.includes(heading)).length;
    const isUncertain = uncertain.some(({ alertId }) => alertId.startsWith(`fastBurn/budget-${number}@`));
    expect(times).toBeLessThanOrEqual(1);
    expect(times === 1 || isUncertain).toBe(true);
  }
});

/** Starts the worker, kills it so long after its first word, and says how many alerts it had on disk. */
function begunBeforeKill(url: string, from: number, lifeMs: number): Promise<number> {
  const worker = spawn(process.execPath, ['--import', TSX, WORKER, url, receiver, String(from)], {
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
      resolve(Number([...said.matchAll(/^began (\d+)\n/gm)].at(-1)?.[1] ?? from));
    }),
  );
}
