import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  alertmanagerIsMissing,
  type RunningAlertmanager,
  startAlertmanager,
} from '../../../test/support/start-alertmanager.ts';
import { createAlertWatch } from '../../app/alerts/alert-watch.ts';
import type { AlertSignal } from '../../domain/governance/alerts/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import { openDuckDbStore } from '../../stores/duckdb/duckdb-store.ts';
import { createNotifier } from '../create-notifier.ts';

const SIGNAL = new AbortController().signal;
const missing = alertmanagerIsMissing();

describe.skipIf(missing !== null)(`a real Alertmanager${missing === null ? '' : ` (${missing})`}`, () => {
  let alertmanager: RunningAlertmanager;
  let receiver: Server;
  const forwarded: { status: string; alerts: { status: string; labels: Record<string, string> }[] }[] = [];
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        forwarded.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    alertmanager = await startAlertmanager(
      `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    );
  });
  afterAll(async () => {
    await alertmanager.stop();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  it('holds what goes on, hears of it again, and forwards its beginning and its end once', async () => {
    const store = await openDuckDbStore('duckdb::memory:');
    let ahead = 0;
    let wrong: AlertSignal[] = [burning('search'), burning('ads')];
    const watch = createAlertWatch({
      store,
      clock: { nowMs: () => Date.now() + ahead },
      notifiers: [
        createNotifier(
          { kind: 'alertmanager', url: `${alertmanager.url}/`, labels: { cluster: 'prod' } },
          MINUTE_MS,
        ),
      ],
      signals: async () => wrong,
      digest: async () => ({ title: '', sections: [] }),
    });
    expect(await watch.pass(SIGNAL)).toMatchObject({ begun: 2, messages: 1, failures: [] });
    const held = await alertmanager.alerts();
    expect(held.map(({ labels }) => labels).toSorted((a, b) => (a['team']! < b['team']! ? -1 : 1))).toEqual([
      label('ads'),
      label('search'),
    ]);
    expect(held[0]!.annotations['summary']).toContain('is burning fast');
    const firstEnd = Math.min(...held.map(({ endsAt }) => Date.parse(endsAt)));
    expect(firstEnd).toBeGreaterThan(Date.now() + 14 * MINUTE_MS);

    // With nothing new, it hears of them all the same: it would take them for over otherwise.
    ahead = 5 * MINUTE_MS;
    expect(await watch.pass(SIGNAL)).toMatchObject({ messages: 0, failures: [] });
    const later = Math.min(...(await alertmanager.alerts()).map(({ endsAt }) => Date.parse(endsAt)));
    expect(later - firstEnd).toBeGreaterThan(4 * MINUTE_MS);

    await until(() => forwarded.flatMap(({ alerts }) => alerts).length === 2);
    ahead = 0;
    wrong = [burning('ads')];
    await watch.pass(SIGNAL);
    ahead = HOUR_MS + MINUTE_MS;
    expect(await watch.pass(SIGNAL)).toMatchObject({ ended: 1, messages: 1 });
    await until(() => forwarded.flatMap(({ alerts }) => alerts).some(({ status }) => status === 'resolved'));
    const over = forwarded.flatMap(({ alerts }) => alerts).filter(({ status }) => status === 'resolved');
    expect(over.map(({ labels }) => labels['team'])).toEqual(['search']);
    expect((await alertmanager.alerts()).map(({ labels }) => labels['team'])).toEqual(['ads']);
    await store.close();
  });

  it('takes a test', async () => {
    const { notifier } = createNotifier({ kind: 'alertmanager', url: alertmanager.url }, MINUTE_MS);
    const sent = await notifier.send({ id: 'test', atMs: Date.now(), kind: 'test' }, SIGNAL);
    expect(sent).toMatchObject({ kind: 'delivered' });
    expect((await alertmanager.alerts()).map(({ labels }) => labels['alertname'])).toContain('TareTest');
  });
});

function burning(name: string): AlertSignal {
  return {
    key: `fastBurn/${name}`,
    kind: 'fastBurn',
    severity: 'critical',
    owner: { team: name },
    title: `The budget ${name} is burning fast`,
    text: 'four times too fast',
  };
}

function label(team: string) {
  return {
    alertname: 'TareFastBurn',
    cluster: 'prod',
    severity: 'critical',
    tare_key: `fastBurn/${team}`,
    team,
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !isTrue(); attempt++) await sleep(100);
  expect(isTrue()).toBe(true);
}
