import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { SENT_REPORT } from '../../test/support/sent-report.ts';
import type { RecipientYaml } from '../config/notify-yaml.ts';
import type { Alert } from '../domain/governance/alerts/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../domain/time/window.ts';
import type { Message } from '../ports/notifier.ts';
import { alertmanagerBody } from './alertmanager/alertmanager-notifier.ts';
import { createNotifier } from './create-notifier.ts';
import { pagerDutyEvent } from './pagerduty/pagerduty-notifier.ts';
import { slackBody } from './slack/slack-notifier.ts';
import { cloudEvent, webhookBody } from './webhook/webhook-notifier.ts';

const NOW = Date.UTC(2026, 9, 14, 9);
const SIGNAL = new AbortController().signal;

const ALERT: Alert = {
  id: 'fastBurn/search@2026-10-14T08:00:00Z',
  key: 'fastBurn/search',
  kind: 'fastBurn',
  severity: 'critical',
  owner: { team: 'search' },
  title: 'The budget <search> & co is burning fast',
  text: '4 times too fast',
  startMs: NOW - HOUR_MS,
  missingSinceMs: null,
  endMs: null,
};
const OVER: Alert = { ...ALERT, endMs: NOW };

function alerts(
  event: 'firing' | 'resolved',
  more: Partial<Extract<Message, { kind: 'alerts' }>> = {},
): Message {
  const alert = event === 'firing' ? ALERT : OVER;
  return { id: 'm1', atMs: NOW, kind: 'alerts', notices: [{ event, alert }], open: [], unsure: [], ...more };
}
const DIGEST: Message = {
  id: 'd1',
  atMs: NOW,
  kind: 'digest',
  digest: { title: 'Tare: the week', sections: [{ heading: 'Spent', lines: ['Everything: $1.00'] }] },
};
const TEST: Message = { id: 't1', atMs: NOW, kind: 'test' };

let server: Server;
let url: string;
let answer: { status: number; headers?: Record<string, string> };
let seen: { url: string; headers: IncomingHttpHeaders; body: string }[];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      seen.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
beforeEach(() => {
  seen = [];
  answer = { status: 200 };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('what is sent', () => {
  it('to Slack is Block Kit, with everything escaped', () => {
    const { text, blocks } = slackBody(alerts('firing'));
    expect(text).toContain('&lt;search&gt; &amp; co');
    expect(blocks).toEqual([
      {
        type: 'header',
        text: { type: 'plain_text', text: 'Tare: The budget <search> & co is burning fast' },
      },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: ':red_circle: *critical: The budget &lt;search&gt; &amp; co is burning fast*\n4 times too fast\nsince 2026-10-14 08:00 UTC',
        },
      },
    ]);
  });

  it('to Slack is never more than it takes', () => {
    const many = Array.from({ length: 80 }, () => ({
      event: 'firing' as const,
      alert: { ...ALERT, text: 'x'.repeat(5_000) },
    }));
    const { text, blocks } = slackBody({ ...alerts('firing'), notices: many } as Message);
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(blocks.at(-1))).toContain('and 35 more');
    expect(text.length).toBeLessThanOrEqual(3_200);
    for (const block of blocks) expect(JSON.stringify(block).length).toBeLessThan(3_200);
  });

  it('to a webhook is JSON with times', () => {
    expect(webhookBody(alerts('resolved', { unsure: ['The budget ads'] }))).toMatchObject({
      type: 'alerts',
      at: '2026-10-14T09:00:00Z',
      alerts: [
        {
          event: 'resolved',
          key: 'fastBurn/search',
          startedAt: '2026-10-14T08:00:00Z',
          endedAt: '2026-10-14T09:00:00Z',
          owner: { team: 'search' },
        },
      ],
      mayBeMissing: ['The budget ads'],
    });
  });

  it.each([
    [alerts('firing'), 'dev.tare.alert.firing', 'fastBurn/search'],
    [alerts('resolved'), 'dev.tare.alert.resolved', 'fastBurn/search'],
    [DIGEST, 'dev.tare.digest', undefined],
    [TEST, 'dev.tare.test', undefined],
  ])('as a CloudEvent has all that version 1.0 wants', (message, type, subject) => {
    const event = cloudEvent(message, '/tare') as Record<string, unknown>;
    expect(event).toMatchObject({
      specversion: '1.0',
      source: '/tare',
      type,
      time: '2026-10-14T09:00:00Z',
      datacontenttype: 'application/json',
    });
    expect(event['id']).toMatch(/^tare_[0-9a-f]{32}$/);
    expect(event['subject']).toBe(subject);
    // Attribute names of version 1.0: lower case letters and digits.
    for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]+$/);
  });

  it('to PagerDuty opens an incident and resolves the same', () => {
    const opened = pagerDutyEvent(alerts('firing'), 'key');
    expect(opened).toMatchObject({
      routing_key: 'key',
      event_action: 'trigger',
      dedup_key: ALERT.id,
      payload: { severity: 'critical', source: 'tare', timestamp: '2026-10-14T08:00:00Z' },
    });
    expect(pagerDutyEvent(alerts('resolved'), 'key')).toEqual({
      routing_key: 'key',
      event_action: 'resolve',
      dedup_key: ALERT.id,
    });
    expect(pagerDutyEvent(DIGEST, 'key')).toBeNull();
  });

  it('to Alertmanager is all that goes on, and what is over', () => {
    const body = alertmanagerBody(alerts('resolved', { open: [{ ...ALERT, id: 'b', key: 'b' }] }), {
      labels: { cluster: 'a' },
      everyMs: 10 * MINUTE_MS,
    });
    expect(body.map(({ labels, endsAt }) => [labels['tare_key'], endsAt])).toEqual([
      ['b', '2026-10-14T09:50:00Z'],
      ['fastBurn/search', '2026-10-14T09:00:00Z'],
    ]);
  });
});

describe('how it is sent', () => {
  const webhook = (more: object = {}) =>
    createNotifier({ kind: 'webhook', url: `${url}/hook`, ...more } as RecipientYaml, MINUTE_MS).notifier;

  test.each([
    ['a text', 'a secret', Buffer.from('a secret')],
    ['base64', 'whsec_c2VjcmV0', Buffer.from('secret')],
  ])('signed by a secret that is %s, so that the receiver can check it', async (_, secret, key) => {
    expect(await webhook({ secret }).send(alerts('firing'), SIGNAL)).toMatchObject({ kind: 'delivered' });
    const [{ headers, body }] = seen as [(typeof seen)[number]];
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(headers['webhook-timestamp']).toBe(String(NOW / 1000));
    expect(headers['webhook-id']).toBe(JSON.parse(body).id);
  });

  it('with headers of its own and without a signature', async () => {
    await webhook({ headers: { authorization: 'Bearer x' } }).send(TEST, SIGNAL);
    expect(seen[0]!.headers).toMatchObject({ authorization: 'Bearer x' });
    expect(seen[0]!.headers['webhook-signature']).toBeUndefined();
  });

  test.each([
    ['cloudevents', {}, '/', 'application/cloudevents+json; charset=utf-8'],
    ['slack', {}, '/', 'application/json'],
    ['pagerduty', { routingKey: 'k' }, '/v2/enqueue', 'application/json'],
    ['alertmanager', {}, '/api/v2/alerts', 'application/json'],
  ])('by %s to its place', async (kind, more, path, type) => {
    const { notifier } = createNotifier({ kind, url: `${url}/`, ...more } as RecipientYaml, MINUTE_MS);
    expect(await notifier.send(alerts('firing'), SIGNAL)).toMatchObject({ kind: 'delivered' });
    expect(seen[0]).toMatchObject({ url: path, headers: { 'content-type': type } });
  });

  test.each([
    [{ status: 404 }, { kind: 'failed', reason: 'answered 404', retryAfterMs: null }],
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { kind: 'failed', reason: 'answered 429', retryAfterMs: 30_000 },
    ],
    [{ status: 500 }, { kind: 'failed', reason: 'answered 500', retryAfterMs: null }],
    [
      { status: 302, headers: { location: '/login' } },
      { kind: 'failed', reason: 'answered 302' },
    ],
    [{ status: 504 }, { kind: 'uncertain', reason: 'answered 504' }],
  ])('and an answer of %j is known for what it is', async (given, outcome) => {
    answer = given as typeof answer;
    expect(await webhook().send(TEST, SIGNAL)).toMatchObject(outcome);
  });

  it('certainly not, where nobody listens', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const { notifier } = createNotifier({ kind: 'slack', url: `http://127.0.0.1:${port}/s3cret` }, MINUTE_MS);
    const sent = await notifier.send(TEST, SIGNAL);
    expect(sent).toMatchObject({ kind: 'failed', reason: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(sent)).not.toContain('s3cret');
  });
});

test.each([
  [
    { kind: 'pagerduty', routingKey: 'k' },
    { name: 'pagerduty', severities: ['critical'], wantsDigest: false },
  ],
  [
    { kind: 'slack', name: 'search', url: 'x', team: ['search', 'ads'], digest: 'weekly' },
    { name: 'search', owners: { team: ['search', 'ads'] }, wantsDigest: true, mostPerHour: 30 },
  ],
] as const)('a recipient of tare.yaml: %j', (yaml, recipient) => {
  expect(createNotifier(yaml as unknown as RecipientYaml, MINUTE_MS)).toMatchObject(recipient);
});

describe('a report', () => {
  const REPORT: Message = { id: 'r1', atMs: NOW, kind: 'report', report: SENT_REPORT, unsure: [] };

  it('is blocks in Slack: the sentence, the figures side by side, a link', () => {
    const { text, blocks } = slackBody(REPORT);
    expect(text).toContain('&lt;nobody&gt;');
    expect(blocks).toEqual([
      { type: 'header', text: { type: 'plain_text', text: 'Tare: GPU and ML spend, October 2026' } },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: expect.stringContaining('may &amp; &lt;nobody&gt;') },
      },
      {
        type: 'section',
        fields: [
          { type: 'mrkdwn', text: '*Spent*\n$140,000.00\n+$2 on September' },
          { type: 'mrkdwn', text: '*Budget*\n–' },
        ],
      },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: '<https://tare.example.com/x?a=1&amp;b=2|GPU and ML spend, October 2026>',
        },
      },
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: 'It was due at 2026-11-01 08:00 UTC, and is late.' }],
      },
    ]);
  });

  it('says to who cannot tell a repeated message that one may be missing', () => {
    const { blocks } = slackBody({ ...REPORT, unsure: ['the report board of 2026-10-01'] } as Message);
    expect(JSON.stringify(blocks.at(-1))).toContain('It was about: the report board of 2026-10-01');
  });

  it.each([
    ['webhook', (body: { report: object }) => body.report],
    ['cloudevents', (body: { data: object }) => body.data],
  ] as const)('is JSON with its files in base64 by %s, signed', async (kind, reportOf) => {
    const secret = 'whsec_c2VjcmV0';
    const { notifier } = createNotifier({ kind, url, secret }, MINUTE_MS);
    expect(await notifier.send(REPORT, SIGNAL)).toMatchObject({ kind: 'delivered' });
    const [{ body, headers }] = seen as [(typeof seen)[number]];
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', 'secret').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(reportOf(JSON.parse(body))).toEqual({
      name: 'board',
      kind: 'board',
      title: SENT_REPORT.title,
      sentence: SENT_REPORT.sentence,
      figures: SENT_REPORT.figures,
      notes: SENT_REPORT.notes,
      dueAt: '2026-11-01T08:00:00Z',
      isLate: true,
      link: SENT_REPORT.link,
      document: SENT_REPORT.document,
      files: [
        {
          name: 'tare-board-2026-10.csv',
          type: 'text/csv; charset=utf-8',
          bytes: 5,
          base64: Buffer.from('a,ä\n').toString('base64'),
        },
      ],
    });
  });

  it('is a CloudEvent of its own type', () => {
    expect(cloudEvent(REPORT, '/tare')).toMatchObject({
      specversion: '1.0',
      type: 'dev.tare.report',
      subject: 'report/board',
      source: '/tare',
    });
  });

  it('is nothing for those who take no documents', () => {
    expect(pagerDutyEvent(REPORT, 'k')).toBeNull();
    expect(alertmanagerBody(REPORT, { labels: {}, everyMs: MINUTE_MS })).toEqual([]);
  });
});
