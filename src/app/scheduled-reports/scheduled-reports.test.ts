import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fillStore, reportSetting, scheduledTare } from '../../../test/support/scheduled-fleet.ts';
import { type RunningSmtp, smtpIsMissing, startSmtp } from '../../../test/support/start-smtp.ts';
import { hashToken } from '../../config/load-config.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import { createApi } from '../../http/api.ts';
import { connectTare } from '../../http/client.ts';
import { type Listening, listen } from '../../http/server.ts';
import { createNotifier } from '../../notifiers/create-notifier.ts';
import type { Store } from '../../ports/store.ts';
import { openDuckDbStore } from '../../stores/duckdb/duckdb-store.ts';
import type { Tare } from '../tare.ts';

/** Both Tares over a real store, a real receiver, a real mail server where there is one. */

const NOVEMBER = Date.UTC(2026, 10);
const SIGNAL = new AbortController().signal;
const SECRET = 's3cret';

const missing = smtpIsMissing();

let nowMs = NOVEMBER - HOUR_MS;
let store: Store;
let mails: RunningSmtp | null = null;
let receiver: Server;
let received: string[] = [];
let tare: Tare;
let api: Listening;
let remote: Tare;
beforeAll(async () => {
  store = await openDuckDbStore('duckdb::memory:');
  await fillStore(store);
  if (missing === null) mails = await startSmtp('starttls');
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      received.push(body);
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/${SECRET}`;
  const clock = { nowMs: () => nowMs };
  const recipients = [
    { kind: 'webhook', name: 'bus', url, secret: SECRET },
    { kind: 'webhook', name: 'dead', url: `http://127.0.0.1:${await closedPort()}/${SECRET}` },
    {
      kind: 'email',
      name: 'finance',
      host: '127.0.0.1',
      port: mails?.port ?? 1,
      ca: mails?.ca ?? '',
      username: 'tare',
      password: 'päss',
      from: 'Tare <tare@example.com>',
      to: ['finance@example.com'],
    },
  ] as const;
  tare = scheduledTare({
    store,
    clock,
    notifiers: recipients.map((one) =>
      createNotifier({ ...one } as Parameters<typeof createNotifier>[0], MINUTE_MS),
    ),
    reports: [
      reportSetting({ timeZone: 'Europe/Berlin', formats: ['pdf', 'csv'], to: ['bus', 'finance'] }),
      reportSetting({ name: 'search', kind: 'showback', team: 'search', to: ['bus'] }),
      reportSetting({ name: 'bill', kind: 'chargeback', to: ['bus', 'dead'] }),
    ],
    publicUrl: 'https://tare.example.com',
  });
  const hono = createApi(tare, {
    clock,
    access: { localTokenHash: hashToken('local'), tokenHashes: [], isLoopback: true },
    searchPrices: () => ({ at: '', rows: [] }),
    dashboardDirectory: null,
    isReady: () => true,
    onBug: (error) => console.error('BUG', error),
  });
  api = await listen(hono.fetch, '127.0.0.1', 0);
  remote = connectTare({ url: api.url, token: 'local' });
});
afterAll(async () => {
  await api.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await mails?.stop();
  await tare.close();
});
beforeEach(() => {
  received = [];
});

describe('what is scheduled', () => {
  it('is listed with its next time and its recipients, without their secrets', async () => {
    const { rows } = await tare.reportSchedule();
    expect(rows[0]).toEqual({
      name: 'board',
      kind: 'board',
      team: null,
      by: null,
      at: '0 8 1 * *',
      timeZone: 'Europe/Berlin',
      formats: ['pdf', 'csv'],
      recipients: [
        { name: 'bus', kind: 'webhook', last: null },
        { name: 'finance', kind: 'email', last: null },
      ],
      next: '2026-11-01T07:00:00Z',
      last: null,
    });
    expect(rows[1]).toMatchObject({ team: 'search', by: null });
    expect(rows[2]).toMatchObject({ team: null, by: 'team' });
    expect(JSON.stringify(rows)).not.toMatch(/s3cret|päss|127\.0\.0\.1/);
  });

  it('is the same over HTTP', async () => {
    expect(await remote.reportSchedule()).toEqual(await tare.reportSchedule());
  });
});

describe('by hand', () => {
  it('is shown by a dry run, which sends and keeps nothing', async () => {
    nowMs = NOVEMBER + HOUR_MS;
    const shown = await remote.sendReport({ name: 'search', isDryRun: true }, SIGNAL);
    expect(shown).toMatchObject({
      name: 'search',
      isDryRun: true,
      title: 'GPU and ML cost of search, October 2026',
      link: 'https://tare.example.com/api/v1/documents/showback?format=html&from=2026-10&team=search',
      recipients: [{ name: 'bus', kind: 'webhook', state: 'planned', reason: null }],
    });
    expect(received).toEqual([]);
    expect(await store.notices(0)).toEqual([]);
  });

  it('is sent to everybody it is for, and who is away is said', async () => {
    const sent = await remote.sendReport({ name: 'bill', isDryRun: false }, SIGNAL);
    expect(sent.recipients).toEqual([
      { name: 'bus', kind: 'webhook', state: 'sent', reason: null },
      { name: 'dead', kind: 'webhook', state: 'failed', reason: expect.stringContaining('ECONNREFUSED') },
    ]);
    expect(JSON.stringify(sent)).not.toContain(SECRET);
    const { report } = JSON.parse(received[0]!);
    expect(report).toMatchObject({ kind: 'chargeback', dueAt: null, isLate: false });
    expect(report.figures[0]).toMatchObject({ label: 'Total' });
    const row = (await tare.reportSchedule()).rows[2]!;
    expect(row.last).toBe('2026-11-01T01:00:00Z');
    expect(row.recipients.map(({ last }) => [last!.state, last!.dueAt])).toEqual([
      ['sent', null],
      ['givenUp', null],
    ]);
    // It was given up: the outbox does not try it again.
    nowMs += HOUR_MS;
    await tare.sendAlerts({ test: false, recipient: null }, SIGNAL);
    expect(received).toHaveLength(1);
  });

  it.skipIf(missing !== null)(`comes as a mail with its files${missing ? ` (${missing})` : ''}`, async () => {
    const sent = await tare.sendReport({ name: 'board', isDryRun: false }, SIGNAL);
    expect(sent.recipients.map(({ state }) => state)).toEqual(['sent', 'sent']);
    const [mail] = await mails!.mails(1);
    expect(mail).toMatchObject({
      subject: `Tare: ${sent.title}`,
      text: expect.stringContaining(sent.sentence),
      files: [
        { name: 'tare-board-2026-10.pdf', type: 'application/pdf' },
        { name: 'tare-board-2026-10.csv', type: 'text/csv' },
      ],
      defects: [],
    });
    expect(mail!.html).toContain(sent.figures[0]!.value);
    expect(Buffer.from(mail!.files[0]!.base64, 'base64').subarray(0, 5).toString()).toBe('%PDF-');
    expect(mail!.files.map(({ base64 }) => Buffer.from(base64, 'base64').length)).toEqual(
      sent.files.map(({ bytes }) => bytes),
    );
  });

  it('is not what nobody scheduled', async () => {
    const asked = remote.sendReport({ name: 'bord', isDryRun: true }, SIGNAL);
    await expect(asked).rejects.toMatchObject({
      code: 'TARE-4060',
      remedy: expect.stringContaining('board'),
    });
  });

  it('is for the command line of the machine alone', async () => {
    const response = await fetch(`${api.url}/api/v1/documents/schedule/send`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'board', isDryRun: false }),
    });
    expect(response.status).toBe(403);
    expect(received).toEqual([]);
  });
});

/** Nobody listens there. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? address!.port : 0;
}
