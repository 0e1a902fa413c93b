import { z } from 'zod';
import { SEVERITIES } from '../domain/governance/alerts/alert.ts';
import { DAY_MS } from '../domain/time/window.ts';
import { decimalText, duration, readDuration } from './yaml-values.ts';

/** The shapes of `notify` and `anomalies` in `tare.yaml`. */

const secret = z
  .string()
  .min(1)
  .describe('A secret: ${ENVIRONMENT_VARIABLE} or file:PATH, never the text itself.');
const address = z.string().regex(/^https?:\/\/./, 'expected an http(s) address');
const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional();

const common = {
  name: z.string().min(1).optional().describe('Unique among the recipients; default is the kind.'),
  severities: z
    .array(z.enum(SEVERITIES))
    .min(1)
    .optional()
    .describe('What it is told of; default all, of pagerduty critical alone.'),
  team: names.describe('Only alerts of these teams, and those that are of no team.'),
  model: names,
  environment: names,
  mostPerHour: z.int().positive().optional().describe('Messages in an hour; what is more waits. Default 30.'),
};
const digest = z
  .enum(['weekly', 'none'])
  .optional()
  .describe('weekly: on Monday at nine (UTC), what the week before was like. Default none.');
const headers = z.record(z.string(), secret).optional().describe('Sent with every message.');
const signed = secret
  .optional()
  .describe('Messages are signed with it (HMAC-SHA256, as standardwebhooks.com has it).');

export const recipient = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('slack'),
    ...common,
    digest,
    url: secret.describe('The incoming webhook, which is a secret.'),
  }),
  z.strictObject({ kind: z.literal('webhook'), ...common, digest, url: address, secret: signed, headers }),
  z.strictObject({
    kind: z.literal('cloudevents'),
    ...common,
    digest,
    url: address,
    secret: signed,
    headers,
    source: z.string().min(1).optional().describe('Source of the events; default /tare.'),
  }),
  z.strictObject({
    kind: z.literal('alertmanager'),
    ...common,
    url: address.describe('Of Alertmanager, without /api/v2.'),
    headers,
    labels: z.record(z.string(), z.string()).optional().describe('Added to every alert.'),
  }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    ...common,
    routingKey: secret.describe('Integration key of a service, Events API v2.'),
    url: address
      .optional()
      .describe('Default https://events.pagerduty.com; of the EU: https://events.eu.pagerduty.com.'),
  }),
  z.strictObject({
    kind: z.literal('email'),
    ...common,
    digest,
    host: z.string().min(1).describe('SMTP server.'),
    port: z.int().min(1).max(65535).optional().describe('Default 587, with tls 465.'),
    tls: z.boolean().optional().describe('TLS from the first byte; default STARTTLS.'),
    plain: z.boolean().optional().describe('true: send in the open where the server has no STARTTLS.'),
    ca: z.string().min(1).optional().describe('file:PATH of the certificate of an authority of your own.'),
    username: z.string().min(1).optional(),
    password: secret.optional(),
    from: z.string().min(3),
    to: z.array(z.string().min(3)).min(1),
  }),
]);

export const anomalies = z
  .strictObject({
    by: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Dimensions whose figures are looked at for alerts; default team.'),
    minimum: decimalText
      .optional()
      .describe('Less than this amount too much is not worth a word; default 100.'),
    share: z
      .number()
      .min(0)
      .max(10)
      .optional()
      .describe('The same as a share of what is expected; default 0.2.'),
  })
  .describe('What is out of the ordinary.');

const LEAST_KEEP_DAYS = 8;

export const alerts = z
  .strictObject({
    keep: duration
      .refine((text) => readDuration(text) >= LEAST_KEEP_DAYS * DAY_MS, {
        message: `expected at least ${LEAST_KEEP_DAYS}d, as alerts of the last week are still looked at`,
      })
      .optional()
      .describe(
        'How long an alert is kept after it ended and everyone was told; default 90d. What goes on, or is not sent yet, is never removed.',
      ),
  })
  .describe('What is kept of alerts.');

export type AlertsYaml = z.infer<typeof alerts>;
export type RecipientYaml = z.infer<typeof recipient>;
export type AnomaliesYaml = z.infer<typeof anomalies>;
