import type { RecipientYaml } from '../config/notify-yaml.ts';
import { SEVERITIES } from '../domain/governance/alerts/alert.ts';
import type { Recipient } from '../domain/governance/alerts/notice.ts';
import type { Notifier } from '../ports/notifier.ts';
import { createAlertmanagerNotifier } from './alertmanager/alertmanager-notifier.ts';
import { createEmailNotifier } from './email/email-notifier.ts';
import { createPagerDutyNotifier, PAGERDUTY_URL } from './pagerduty/pagerduty-notifier.ts';
import { createSlackNotifier } from './slack/slack-notifier.ts';
import { createCloudEventsNotifier, createWebhookNotifier } from './webhook/webhook-notifier.ts';

const MOST_PER_HOUR = 30;
const OWNERS = ['team', 'model', 'environment'] as const;
const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;

/** A recipient of `tare.yaml`, and how it is reached. `everyMs` is the time between two passes. */
export function createNotifier(
  yaml: RecipientYaml,
  everyMs: number,
): Recipient & Readonly<{ notifier: Notifier }> {
  const { kind, name = kind, severities, mostPerHour = MOST_PER_HOUR } = yaml;
  return {
    name,
    severities: severities ?? (kind === 'pagerduty' ? ['critical'] : SEVERITIES),
    owners: Object.fromEntries(
      OWNERS.flatMap((dimension) => {
        const values = yaml[dimension];
        return values === undefined ? [] : [[dimension, [values].flat()]];
      }),
    ),
    mostPerHour,
    wantsDigest: 'digest' in yaml && yaml.digest === 'weekly',
    notifier: toNotifier(yaml, name, everyMs),
  };
}

function toNotifier(yaml: RecipientYaml, name: string, everyMs: number): Notifier {
  switch (yaml.kind) {
    case 'slack':
      return createSlackNotifier({ name, url: yaml.url });
    case 'webhook':
      return createWebhookNotifier(webhookSettings(yaml, name));
    case 'cloudevents':
      return createCloudEventsNotifier(webhookSettings(yaml, name), yaml.source ?? '/tare');
    case 'alertmanager':
      return createAlertmanagerNotifier({
        name,
        url: yaml.url,
        headers: yaml.headers ?? {},
        labels: yaml.labels ?? {},
        everyMs,
      });
    case 'pagerduty':
      return createPagerDutyNotifier({ name, routingKey: yaml.routingKey, url: yaml.url ?? PAGERDUTY_URL });
    case 'email':
      return toEmail(yaml, name);
    default:
      return yaml satisfies never;
  }
}

function webhookSettings(
  { url, secret, headers }: Extract<RecipientYaml, { kind: 'webhook' | 'cloudevents' }>,
  name: string,
) {
  return { name, url, secret: secret ?? null, headers: headers ?? {} };
}

function toEmail(yaml: Extract<RecipientYaml, { kind: 'email' }>, name: string): Notifier {
  const { host, tls: isTls = false, plain: allowsPlain = false, ca = null, username, password = '' } = yaml;
  return createEmailNotifier({
    name,
    from: yaml.from,
    to: yaml.to,
    server: {
      host,
      port: yaml.port ?? (isTls ? SMTPS_PORT : SUBMISSION_PORT),
      isTls,
      allowsPlain,
      ca,
      user: username === undefined ? null : { name: username, password },
    },
  });
}
