import { formatInstant } from '../../domain/time/window.ts';
import { postOnce } from '../../outside/post-once.ts';
import type { Message, Notifier } from '../../ports/notifier.ts';

export type PagerDutySettings = Readonly<{ name: string; routingKey: string; url: string }>;

export const PAGERDUTY_URL = 'https://events.pagerduty.com';

/** PagerDuty, Events API v2: one event for each notice. It opens one incident for each `dedup_key`, however often that comes. */
export function createPagerDutyNotifier({ name, routingKey, url }: PagerDutySettings): Notifier {
  return {
    name,
    kind: 'pagerduty',
    isRepeatable: true,
    isGrouping: false,
    keepsNothing: false,
    send(message, signal) {
      const event = pagerDutyEvent(message, routingKey);
      if (event === null) return Promise.resolve({ kind: 'delivered' });
      return postOnce(
        {
          url: `${url.replace(/\/+$/, '')}/v2/enqueue`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(event),
        },
        signal,
      );
    },
  };
}

const MOST_OF_SUMMARY = 1_024;
const MOST_OF_KEY = 255;

/** `null` for what nobody is paged for: a digest. */
export function pagerDutyEvent(message: Message, routingKey: string): object | null {
  if (message.kind === 'digest' || message.kind === 'report') return null;
  if (message.kind === 'test') return testEvent(message, routingKey);
  const [notice] = message.notices;
  if (notice === undefined) return null;
  const { id, kind, severity, owner, title, text, startMs } = notice.alert;
  const head = { routing_key: routingKey, dedup_key: id.slice(-MOST_OF_KEY) };
  if (notice.event === 'resolved') return { ...head, event_action: 'resolve' };
  return {
    ...head,
    event_action: 'trigger',
    client: 'Tare',
    payload: {
      summary: title.slice(0, MOST_OF_SUMMARY),
      source: 'tare',
      severity,
      timestamp: formatInstant(startMs),
      class: kind,
      group: Object.values(owner).join(', ') || 'everything',
      custom_details: { text, ...owner },
    },
  };
}

function testEvent({ id, atMs }: Message, routingKey: string): object {
  return {
    routing_key: routingKey,
    dedup_key: id.slice(-MOST_OF_KEY),
    event_action: 'trigger',
    client: 'Tare',
    payload: { summary: 'A test of Tare', source: 'tare', severity: 'info', timestamp: formatInstant(atMs) },
  };
}
