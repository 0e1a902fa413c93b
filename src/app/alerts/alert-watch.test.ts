import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../../../test/support/start-receiver.ts';
import type { AlertSignal } from '../../domain/governance/alerts/alert.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import { createNotifier } from '../../notifiers/create-notifier.ts';
import type { Store } from '../../ports/store.ts';
import { openDuckDbStore } from '../../stores/duckdb/duckdb-store.ts';
import { type AlertWatch, createAlertWatch, type NotifierFor } from './alert-watch.ts';

/** A real receiver on loopback, a real store, and a clock that goes as the test says. */

const MONDAY = Date.UTC(2026, 9, 12);
const SIGNAL = new AbortController().signal;

let nowMs: number;
let store: Store;
let server: Receiver;
let url: string;
/** What the receiver got, in order; and what it does with the next one. */
let received: { path: string; body: string }[];
/** Messages that came, whatever it did with them. */
let asked: number;
let behaviour: 'takes' | 'refuses' | 'drops';
let wrong: AlertSignal[];

beforeEach(async () => {
  nowMs = MONDAY + 12 * DAY_MS;
  received = [];
  asked = 0;
  behaviour = 'takes';
  wrong = [];
  store = await openDuckDbStore('duckdb::memory:');
  server = await startReceiver(({ path, body }, response) => {
    asked += 1;
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

function watch(notifiers: readonly NotifierFor[]): AlertWatch {
  return createAlertWatch({
    store,
    clock: { nowMs: () => nowMs },
    notifiers,
    signals: async () => wrong,
    digest: async (mondayMs) => ({
      title: `the week before ${new Date(mondayMs).toISOString().slice(0, 10)}`,
      sections: [],
    }),
  });
}

const slack = (more: object = {}) =>
  createNotifier({ kind: 'slack', url: `${url}/slack`, ...more }, MINUTE_MS);
const webhook = (more: object = {}) =>
  createNotifier({ kind: 'webhook', url: `${url}/hook`, ...more }, MINUTE_MS);

function burning(name: string, given: Partial<AlertSignal> = {}): AlertSignal {
  return {
    key: `fastBurn/${name}`,
    kind: 'fastBurn',
    severity: 'critical',
    owner: { team: name },
    title: `The budget ${name} is burning fast`,
    text: 'four times too fast',
    ...given,
  };
}

const stateOf = async (recipient: string) =>
  (await store.notices(0)).filter((one) => one.recipient === recipient).map(({ state }) => state);
const bodies = (path: string) =>
  received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body));

/** Passes every minute, as `tare up` does. */
async function minutes(one: AlertWatch, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    await one.pass(SIGNAL);
    nowMs += MINUTE_MS;
  }
}

describe('alerts are told', () => {
  it('once, however often is looked', async () => {
    wrong = [burning('search')];
    await minutes(watch([slack(), webhook()]), 30);
    expect(received.map(({ path }) => path).toSorted()).toEqual(['/hook', '/slack']);
  });

  it('in one message, what began together', async () => {
    wrong = ['a', 'b', 'c'].map((name) => burning(name));
    await minutes(watch([slack()]), 2);
    expect(bodies('/slack')).toHaveLength(1);
    expect(bodies('/slack')[0].blocks).toHaveLength(4);
  });

  it('as over, when it is', async () => {
    const one = watch([webhook()]);
    wrong = [burning('search')];
    await minutes(one, 5);
    wrong = [];
    await minutes(one, 70);
    expect(bodies('/hook').map(({ alerts }) => alerts[0].event)).toEqual(['firing', 'resolved']);
    expect(await store.alerts(0)).toMatchObject([{ endMs: MONDAY + 12 * DAY_MS + 5 * MINUTE_MS }]);
  });

  it('to those that they are for', async () => {
    wrong = [burning('search'), burning('ads', { severity: 'info' })];
    await minutes(watch([webhook({ team: 'ads' }), slack({ severities: ['critical'] })]), 2);
    expect(bodies('/hook')[0].alerts.map(({ key }: { key: string }) => key)).toEqual(['fastBurn/ads']);
    expect(bodies('/slack')[0].text).toContain('search');
  });

  it('to someone who is named later, if they go on', async () => {
    wrong = [burning('search')];
    await minutes(watch([slack()]), 2);
    await minutes(watch([slack(), webhook()]), 2);
    expect(received.map(({ path }) => path)).toEqual(['/slack', '/hook']);
  });

  it('no more often than allowed, and the rest later', async () => {
    const events = createNotifier({ kind: 'cloudevents', url: `${url}/events`, mostPerHour: 3 }, MINUTE_MS);
    const one = watch([events]);
    wrong = Array.from({ length: 7 }, (_, index) => burning(`team-${index}`));
    await minutes(one, 30);
    expect(received).toHaveLength(3);
    await minutes(one, 150);
    expect(new Set(received.map(({ body }) => JSON.parse(body).subject)).size).toBe(7);
    expect(received).toHaveLength(7);
  });
});

describe('while a receiver is down for an hour', () => {
  it('nothing is lost and nothing is told twice', async () => {
    const one = watch([slack(), webhook()]);
    behaviour = 'refuses';
    wrong = [burning('before')];
    await minutes(one, 20);
    wrong = [burning('before'), burning('during')];
    await minutes(one, 20);
    wrong = [burning('during')];
    await minutes(one, 20);
    expect(received).toEqual([]);
    behaviour = 'takes';
    await minutes(one, 90);
    for (const path of ['/hook', '/slack']) {
      const text = received
        .filter((message) => message.path === path)
        .map(({ body }) => body)
        .join();
      expect(text.match(/The budget before is burning fast/g)!.length).toBeGreaterThan(0);
    }
    const told = bodies('/hook').flatMap(({ alerts }) =>
      alerts.map(({ event, key }: { event: string; key: string }) => `${event} ${key}`),
    );
    expect(told.toSorted()).toEqual([
      'firing fastBurn/before',
      'firing fastBurn/during',
      'resolved fastBurn/before',
    ]);
    expect(await stateOf('slack')).toEqual(['sent', 'sent', 'sent']);
  });

  it('others are told at once', async () => {
    const dead = createNotifier({ kind: 'webhook', name: 'dead', url: 'http://127.0.0.1:1/' }, MINUTE_MS);
    wrong = [burning('search')];
    const passed = await watch([dead, slack()]).pass(SIGNAL);
    expect(passed).toMatchObject({ begun: 1, messages: 1, failures: [{ recipient: 'dead' }] });
    expect(bodies('/slack')).toHaveLength(1);
  });

  it('it is asked less and less often', async () => {
    behaviour = 'refuses';
    wrong = [burning('search')];
    await minutes(watch([webhook()]), 60);
    expect(asked).toBeLessThan(10);
    expect(asked).toBeGreaterThan(5);
  });
});

describe('when a message left and no answer came', () => {
  it('it is sent again under the same id to who can tell', async () => {
    const one = watch([webhook()]);
    behaviour = 'drops';
    wrong = [burning('search')];
    await minutes(one, 1);
    behaviour = 'takes';
    wrong = [burning('search'), burning('ads')];
    await minutes(one, 5);
    const ids = bodies('/hook').map(({ id }) => id);
    expect(ids.filter((id) => id === ids[0])).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    const byId = new Map(bodies('/hook').map((body) => [body.id, body]));
    const told = [...byId.values()].flatMap(({ alerts }) => alerts.map(({ key }: { key: string }) => key));
    expect(told.toSorted()).toEqual(['fastBurn/ads', 'fastBurn/search']);
  });

  it('it is not sent again to who cannot, and the next message says so', async () => {
    const one = watch([slack()]);
    behaviour = 'drops';
    wrong = [burning('search')];
    await minutes(one, 1);
    behaviour = 'takes';
    await minutes(one, 30);
    expect(received).toHaveLength(1);
    expect(await stateOf('slack')).toEqual(['uncertain']);
    wrong = [burning('search'), burning('ads')];
    await minutes(one, 2);
    expect(received).toHaveLength(2);
    expect(bodies('/slack')[1].text).toContain('It was about: The budget search is burning fast');
    wrong = [...wrong, burning('research')];
    await minutes(one, 2);
    expect(bodies('/slack')[2].text).not.toContain('may not have arrived');
  });
});

describe('the weekly digest', () => {
  it('is sent on Monday at nine, once, to who wants it', async () => {
    const one = watch([slack({ digest: 'weekly' }), webhook()]);
    nowMs = MONDAY + 8 * HOUR_MS;
    await minutes(one, 59);
    expect(received).toEqual([]);
    await minutes(one, 180);
    expect(bodies('/slack').map(({ text }) => text.trim())).toEqual(['the week before 2026-10-12']);
    expect(bodies('/hook')).toEqual([]);
  });

  it('is not sent days late', async () => {
    nowMs = MONDAY + 4 * DAY_MS;
    await minutes(watch([slack({ digest: 'weekly' })]), 2);
    expect(received).toEqual([]);
  });
});
