import type { Alert } from '../../domain/governance/alerts/alert.ts';
import { formatInstant, MINUTE_MS } from '../../domain/time/window.ts';
import { postOnce } from '../../outside/post-once.ts';
import type { Message, Notifier } from '../../ports/notifier.ts';

export type AlertmanagerSettings = Readonly<{
  name: string;
  /** Without `/api/v2/alerts`. */
  url: string;
  headers: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  /** Time between two passes: an alert that is not heard of for several is over for Alertmanager. */
  everyMs: number;
}>;

const PASSES = 5;
const SHORTEST_MS = 15 * MINUTE_MS;

/** Alertmanager v2. It groups, silences and forwards by itself, and forgets an alert that is not sent again. */
export function createAlertmanagerNotifier(settings: AlertmanagerSettings): Notifier {
  const { name, url, headers } = settings;
  return {
    name,
    kind: 'alertmanager',
    isRepeatable: true,
    isGrouping: true,
    keepsNothing: true,
    send(message, signal) {
      const alerts = alertmanagerBody(message, settings);
      if (alerts.length === 0) return Promise.resolve({ kind: 'delivered' });
      return postOnce(
        {
          url: `${url.replace(/\/+$/, '')}/api/v2/alerts`,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(alerts),
        },
        signal,
      );
    },
  };
}

export type PostedAlert = Readonly<{
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  startsAt: string;
  endsAt: string;
}>;

/** All that goes on, and what is over. A digest is nothing for it. */
export function alertmanagerBody(
  message: Message,
  { labels, everyMs }: Pick<AlertmanagerSettings, 'labels' | 'everyMs'>,
): readonly PostedAlert[] {
  const untilMs = message.atMs + Math.max(SHORTEST_MS, PASSES * everyMs);
  if (message.kind === 'test')
    return [
      {
        labels: { ...labels, alertname: 'TareTest', severity: 'info' },
        annotations: { summary: 'A test of Tare' },
        startsAt: formatInstant(message.atMs),
        endsAt: formatInstant(message.atMs + MINUTE_MS),
      },
    ];
  if (message.kind === 'digest' || message.kind === 'report') return [];
  const told = message.notices.map(({ alert }) => alert);
  const all = new Map([...message.open, ...told].map((alert) => [alert.id, alert]));
  return [...all.values()].map((alert) => toPosted(alert, labels, alert.endMs ?? untilMs));
}

function toPosted(
  { key, kind, severity, owner, title, text, startMs }: Alert,
  labels: Readonly<Record<string, string>>,
  endMs: number,
): PostedAlert {
  const ofOwner = Object.entries(owner).map(([dimension, value]) => [labelName(dimension), value]);
  return {
    labels: {
      ...labels,
      ...Object.fromEntries(ofOwner),
      alertname: `Tare${kind[0]!.toUpperCase()}${kind.slice(1)}`,
      severity,
      // Tells two alerts of one kind and owner apart.
      tare_key: key,
    },
    annotations: { summary: title, description: text },
    startsAt: formatInstant(startMs),
    endsAt: formatInstant(endMs),
  };
}

function labelName(dimension: string): string {
  const name = dimension.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^[a-zA-Z_]/.test(name) ? name : `_${name}`;
}
