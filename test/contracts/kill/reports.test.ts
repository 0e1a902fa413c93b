import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportOfNotice } from '../../../src/app/scheduled-reports/report-notice.ts';
import { HOUR_MS } from '../../../src/domain/time/window.ts';
import { openDuckDbStore } from '../../../src/stores/duckdb/duckdb-store.ts';
import { type Receiver, startReceiver } from '../../support/start-receiver.ts';

/** A real process that makes and sends reports, killed without warning again and again, before a receiver that is sometimes slow. */
const WORKER = fileURLToPath(new URL('../../support/report-kill-worker.ts', import.meta.url));
const TSX = new URL('../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
const KILLS = 8;
const SHORTEST_LIFE_MS = 5;
const LONGEST_LIFE_MS = 2_500;
const FIRST_HOUR_MS = Date.UTC(2026, 10, 1);

type Hook = Readonly<{ id: string; report: { dueAt: string; document: { from: string } } }>;

let folder: string;
let server: Receiver;
let receiver: string;
const hooks: Hook[] = [];
/** How many messages of Slack came at all; it cannot tell them apart. */
let slacks = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tare-reports-killed-'));
  server = await startReceiver(({ path, body }, response) => {
    if (path === '/hook') hooks.push(JSON.parse(body));
    else slacks += 1;
    // Time in which the sender may be killed: the message is here, and it does not know.
    setTimeout(() => response.end('ok'), (hooks.length + slacks) % 3 === 0 ? 30 : 0);
  });
  receiver = server.url;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('sends each report that was due once, and loses none', async () => {
  const url = `duckdb:${join(folder, 'tare.duckdb')}`;
  const random = xoroshiro128plus(8_261_124);
  let hour = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const lifeMs = SHORTEST_LIFE_MS + (Math.abs(random.next()) % (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
    // A clock stands still in no kill: the next one starts an hour later.
    hour = (await notedBeforeKill(url, hour, lifeMs)) + 1;
  }
  expect(hour).toBeGreaterThan(KILLS);
  // One that lives: it sends what was left, and settles what was on its way.
  await notedBeforeKill(url, hour, 6_000);
  const store = await openDuckDbStore(url);
  const notices = await store.notices(0);
  await store.close();

  // Whoever knows a message by its id has each due time in one message, all of the right month.
  const byId = new Map(hooks.map((hook) => [hook.id, hook.report.dueAt]));
  expect(new Set(byId.values()).size).toBe(byId.size);
  for (const due of dueTimes(hour)) expect([...byId.values()]).toContain(due);
  expect(new Set(hooks.map(({ report }) => report.document.from))).toEqual(new Set(['2026-10-01T00:00:00Z']));

  // Whoever does not, was sent no more than what left; what may not have arrived is on record as that.
  const ofSlack = notices.filter((notice) => notice.recipient === 'slack' && reportOfNotice(notice) !== null);
  const left = ofSlack.filter(({ state }) => state !== 'waiting').length;
  const sent = ofSlack.filter(({ state }) => state === 'sent').length;
  expect(new Set(ofSlack.map(({ alertId }) => alertId)).size).toBe(ofSlack.length);
  expect(slacks).toBeLessThanOrEqual(left);
  expect(slacks).toBeGreaterThanOrEqual(sent);
  expect(ofSlack.every(({ state }) => state !== 'givenUp')).toBe(true);
});

function dueTimes(hours: number): string[] {
  return Array.from({ length: hours }, (_, hour) =>
    new Date(FIRST_HOUR_MS + hour * HOUR_MS).toISOString().replace('.000Z', 'Z'),
  );
}

/** Starts the worker at an hour, kills it so long after its first word, and says the last hour of which it had on disk what was due. */
function notedBeforeKill(url: string, from: number, lifeMs: number): Promise<number> {
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
      resolve(Number([...said.matchAll(/^noted (\d+)\n/gm)].at(-1)?.[1] ?? from));
    }),
  );
}
