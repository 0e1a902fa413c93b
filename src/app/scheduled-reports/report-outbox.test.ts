import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onEveryEngine } from '../../../test/support/on-every-engine.ts';
import { fillStore, reportSetting, scheduledWatch } from '../../../test/support/scheduled-fleet.ts';
import { type Receiver, startReceiver } from '../../../test/support/start-receiver.ts';
import { DAY_MS, formatInstant, HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import { createNotifier } from '../../notifiers/create-notifier.ts';
import type { Store } from '../../ports/store.ts';
import { renderReport } from '../../reports/documents/render-report.ts';
import { openDuckDbStore } from '../../stores/duckdb/duckdb-store.ts';
import type { AlertWatch, NotifierFor } from '../alerts/alert-watch.ts';
import { reportOfNotice } from './report-notice.ts';
import { createReportOutbox } from './report-outbox.ts';
import type { ReportSetting } from './report-setting.ts';

/** A real receiver on loopback, a real store with a real fleet, and a clock that goes as the test says. */

const NOVEMBER = Date.UTC(2026, 10);
const EIGHT = NOVEMBER + 8 * HOUR_MS;
const SIGNAL = new AbortController().signal;

describe('reports that are due', () => {
  let nowMs: number;
  let store: Store;
  let server: Receiver;
  let url: string;
  let received: { path: string; body: string }[];
  let behaviour: 'takes' | 'refuses' | 'drops';

  beforeEach(async () => {
    nowMs = NOVEMBER - DAY_MS;
    received = [];
    behaviour = 'takes';
    store = await openDuckDbStore('duckdb::memory:');
    await fillStore(store);
    server = await startReceiver(({ path, body }, response) => {
      if (behaviour === 'refuses') return void response.writeHead(503).end();
      received.push({ path, body });
      if (behaviour === 'drops') return void response.socket?.destroy();
      response.end('ok');
    });
    url = server.url;
  });
  afterEach(async () => {
    await server.stop();
    await store.close();
  });

  const clock = { nowMs: () => nowMs };
  const slack = () => createNotifier({ kind: 'slack', url: `${url}/slack` }, MINUTE_MS);
  const webhook = (more: object = {}) =>
    createNotifier({ kind: 'webhook', url: `${url}/hook`, ...more }, MINUTE_MS);

  /** A process that has just started. */
  function started(
    reports: readonly ReportSetting[],
    notifiers: readonly NotifierFor[] = [webhook()],
  ): AlertWatch {
    return scheduledWatch({ store, clock, notifiers, reports });
  }

  async function passes(one: AlertWatch, count: number, everyMs = MINUTE_MS): Promise<void> {
    for (let pass = 0; pass < count; pass++) {
      await one.pass(SIGNAL);
      nowMs += everyMs;
    }
  }
  const hooks = () => received.filter(({ path }) => path === '/hook').map(({ body }) => JSON.parse(body));
  const titles = () => hooks().map(({ report }) => report.title);

  it('leave when they are due, once for each recipient, with the document of the month before', async () => {
    const one = started([reportSetting({ to: ['webhook', 'slack'] })], [webhook(), slack()]);
    await passes(one, 1);
    nowMs = EIGHT - 2 * MINUTE_MS;
    await passes(one, 2);
    expect(received).toEqual([]);
    await passes(one, 10);
    expect(received.map(({ path }) => path).toSorted()).toEqual(['/hook', '/slack']);
    const [{ report }] = hooks();
    expect(report).toMatchObject({
      name: 'board',
      kind: 'board',
      title: 'GPU and ML spend, October 2026',
      dueAt: '2026-11-01T08:00:00Z',
      isLate: false,
      notes: [],
      document: { kind: 'board', from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z', isComplete: true },
      files: [{ name: 'tare-board-2026-10.csv', type: 'text/csv; charset=utf-8' }],
    });
    expect(report.sentence).toBe(report.document.sentence);
    expect(Buffer.from(report.files[0].base64, 'base64').toString()).toContain(
      report.document.total.totalCost,
    );
  });

  it('leave again the month after', async () => {
    const one = started([reportSetting()]);
    await passes(one, 70, DAY_MS / 2);
    expect(titles()).toEqual(['GPU and ML spend, October 2026', 'GPU and ML spend, November 2026']);
  });

  it('do not leave again when Tare starts again', async () => {
    await passes(started([reportSetting()]), 1);
    nowMs = EIGHT;
    await passes(started([reportSetting()]), 1);
    await passes(started([reportSetting()]), 3);
    expect(hooks()).toHaveLength(1);
  });

  it('that came while Tare was not running leave once, the newest alone, and say that they are late', async () => {
    const daily = reportSetting({ at: '0 8 * * *' });
    await passes(started([daily]), 1);
    nowMs = EIGHT + 9 * DAY_MS + 2 * HOUR_MS;
    await passes(started([daily]), 5);
    expect(hooks()).toHaveLength(1);
    expect(hooks()[0].report).toMatchObject({
      dueAt: '2026-11-10T08:00:00Z',
      isLate: true,
      notes: ['It was due at 2026-11-10 08:00 UTC, and is late.'],
    });
  });

  it('that came before anybody asked for them do not leave', async () => {
    nowMs = EIGHT + HOUR_MS;
    await passes(started([reportSetting()]), 3);
    expect(hooks()).toEqual([]);
    // Nor to somebody who is named later, nor again at an hour that has passed when the time is moved.
    await passes(started([reportSetting({ at: '0 7 1 * *' })]), 3);
    expect(hooks()).toEqual([]);
  });

  it('wait for a recipient who is down for an hour, and leave once', async () => {
    const one = started([reportSetting({ to: ['webhook', 'slack'] })], [webhook(), slack()]);
    await passes(one, 1);
    nowMs = EIGHT;
    behaviour = 'refuses';
    await passes(one, 60);
    expect(received).toEqual([]);
    behaviour = 'takes';
    await passes(one, 60);
    expect(received.map(({ path }) => path).toSorted()).toEqual(['/hook', '/slack']);
    expect(hooks()[0].report).toMatchObject({ dueAt: '2026-11-01T08:00:00Z', isLate: true });
  });

  it('have the same id when they are sent again to somebody who counts an id once', async () => {
    const one = started([reportSetting()]);
    await passes(one, 1);
    nowMs = EIGHT;
    behaviour = 'drops';
    await passes(one, 1);
    behaviour = 'refuses';
    await passes(one, 3);
    behaviour = 'takes';
    await passes(one, 30);
    const ids = hooks().map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('are not sent again to somebody who cannot tell, and the next one says so', async () => {
    const daily = reportSetting({ at: '0 8 * * *', to: ['slack'] });
    const one = started([daily], [slack()]);
    await passes(one, 1);
    nowMs = EIGHT;
    behaviour = 'drops';
    await passes(one, 2);
    behaviour = 'takes';
    await passes(one, 30);
    expect(received).toHaveLength(1);
    nowMs = EIGHT + DAY_MS;
    await passes(one, 2);
    expect(received).toHaveLength(2);
    expect(JSON.parse(received[1]!.body).text).toContain('It was about: the report board of 2026-11-01');
  });

  it('wait until the month is over in UTC, where the calendar on the wall is ahead', async () => {
    const auckland = reportSetting({ timeZone: 'Pacific/Auckland', at: '0 8 1 * *' });
    nowMs = NOVEMBER - 2 * DAY_MS;
    const one = started([auckland]);
    await passes(one, 1);
    // Eight in the morning of 1 November in Auckland.
    nowMs = Date.parse('2026-10-31T19:00:00Z');
    await passes(one, 4, HOUR_MS);
    expect(hooks()).toEqual([]);
    nowMs = NOVEMBER;
    await passes(one, 2);
    expect(hooks()).toMatchObject([
      { report: { dueAt: '2026-10-31T19:00:00Z', isLate: false, title: 'GPU and ML spend, October 2026' } },
    ]);
  });

  it('that are asked for no more are given up, and those that cannot be made say why', async () => {
    const january = Date.UTC(2027, 1, 1, 8);
    const gone = reportSetting({ name: 'gone' });
    const both = started([reportSetting(), gone]);
    nowMs = january - DAY_MS;
    await passes(both, 1);
    nowMs = january;
    const passed = await both.pass(SIGNAL);
    // The ledger ends with November: there is no January to report of.
    expect(passed.failures).toHaveLength(2);
    expect(passed.failures[0]!.reason).toContain('there is nothing to report of January 2027');
    nowMs += 5 * MINUTE_MS;
    await passes(started([reportSetting()]), 1);
    const notices = await store.notices(0);
    expect(notices.map(({ alertId, state }) => [alertId, state])).toEqual([
      ['due/board@2027-02-01T08:00:00Z', 'waiting'],
      ['due/gone@2027-02-01T08:00:00Z', 'givenUp'],
    ]);
    expect(hooks()).toEqual([]);
  });
});

/** What is noted is in the store, of either engine; making documents is tested above and asks what other contracts ask. */
onEveryEngine('a schedule over changes of the clock', (engine) => {
  it('notes each day of the calendar once, also when Tare starts again each time', async () => {
    const store = await engine.open();
    const reports = [reportSetting({ at: '30 2 * * *', timeZone: 'Europe/Berlin', name: "o'brien @ \\ co" })];
    const started = () =>
      createReportOutbox({
        store,
        reports,
        reportDocument: () => Promise.reject(new Error('nothing is sent here')),
        renderDocument: renderReport,
        publicUrl: null,
      });
    const noted: string[] = [];
    const untilMs = Date.parse('2026-10-27T12:00:00Z');
    for (let atMs = Date.parse('2026-10-23T12:00:00Z'); atMs < untilMs; atMs += 90 * MINUTE_MS) {
      const missing = await started().missing(atMs);
      const sent = missing.map((one) => ({ ...one, state: 'sent' as const }));
      if (sent.length > 0) await store.saveAlerting({ notices: sent });
      // Alerts and digests of the past are removed; that a report was sent is remembered.
      await store.pruneAlerting(atMs + DAY_MS);
      noted.push(...missing.map((one) => formatInstant(reportOfNotice(one)!.atMs)));
    }
    await store.close();
    expect(noted).toEqual([
      '2026-10-24T00:30:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
      '2026-10-27T01:30:00Z',
    ]);
  });
});
