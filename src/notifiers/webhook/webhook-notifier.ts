import { createHash } from 'node:crypto';
import type { Alert } from '../../domain/governance/alerts/alert.ts';
import { formatInstant } from '../../domain/time/window.ts';
import { postOnce } from '../../outside/post-once.ts';
import type { Message, Notifier } from '../../ports/notifier.ts';
import { reportBody } from './report-body.ts';
import { signedHeaders } from './sign.ts';

export type WebhookSettings = Readonly<{
  name: string;
  url: string;
  secret: string | null;
  headers: Readonly<Record<string, string>>;
}>;

/** Any server that takes JSON. The id stays the same when a message is sent again, so that the receiver can count it once. */
export function createWebhookNotifier({ name, url, secret, headers }: WebhookSettings): Notifier {
  return {
    name,
    kind: 'webhook',
    isRepeatable: true,
    isGrouping: true,
    keepsNothing: false,
    send(message, signal) {
      const body = JSON.stringify(webhookBody(message));
      const signed = signedHeaders(secret, shortId(message.id), message.atMs, body);
      const all = { ...headers, ...signed, 'content-type': 'application/json' };
      return postOnce({ url, headers: all, body }, signal);
    },
  };
}

/** The same as CloudEvents 1.0, one event for each notice, in structured mode. */
export function createCloudEventsNotifier(
  { name, url, secret, headers }: WebhookSettings,
  source: string,
): Notifier {
  return {
    name,
    kind: 'cloudevents',
    isRepeatable: true,
    isGrouping: false,
    keepsNothing: false,
    send(message, signal) {
      const body = JSON.stringify(cloudEvent(message, source));
      const signed = signedHeaders(secret, shortId(message.id), message.atMs, body);
      const all = { ...headers, ...signed, 'content-type': 'application/cloudevents+json; charset=utf-8' };
      return postOnce({ url, headers: all, body }, signal);
    },
  };
}

export function webhookBody(message: Message): object {
  const head = { id: shortId(message.id), at: formatInstant(message.atMs), type: message.kind };
  switch (message.kind) {
    case 'alerts':
      return {
        ...head,
        alerts: message.notices.map(({ event, alert }) => ({ event, ...alertData(alert) })),
        mayBeMissing: message.unsure,
      };
    case 'digest':
      return { ...head, digest: message.digest };
    case 'report':
      return { ...head, report: reportBody(message.report), mayBeMissing: message.unsure };
    case 'test':
      return head;
    default:
      return message satisfies never;
  }
}

export function cloudEvent(message: Message, source: string): object {
  const head = { specversion: '1.0', id: shortId(message.id), source, time: formatInstant(message.atMs) };
  const json = { datacontenttype: 'application/json' };
  if (message.kind === 'report') {
    const subject = `report/${message.report.name}`;
    return { ...head, ...json, type: 'dev.tare.report', subject, data: reportBody(message.report) };
  }
  if (message.kind !== 'alerts')
    return {
      ...head,
      ...json,
      type: `dev.tare.${message.kind}`,
      data: message.kind === 'digest' ? message.digest : {},
    };
  const [notice] = message.notices;
  return {
    ...head,
    ...json,
    type: `dev.tare.alert.${notice?.event ?? 'firing'}`,
    ...(notice && { subject: notice.alert.key, data: alertData(notice.alert) }),
  };
}

function alertData({ id, key, kind, severity, owner, title, text, startMs, endMs }: Alert): object {
  return {
    id,
    key,
    kind,
    severity,
    owner,
    title,
    text,
    startedAt: formatInstant(startMs),
    endedAt: endMs === null ? null : formatInstant(endMs),
  };
}

/** Ids hold names of budgets and owners, which may be anything; receivers want something short. */
function shortId(id: string): string {
  return `tare_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
