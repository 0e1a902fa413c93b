import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readAnomalyRequest, readForecastRequest } from '../../app/read-guardrail-requests.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { type AccessEnvironment, requireOwner } from '../access.ts';
import { answers } from '../openapi-document.ts';
import * as schemas from '../schemas/guardrails.ts';
import { validate } from './validate.ts';

const TAGS = ['guardrails'];

/** Anomalies, forecasts and alerts. What is said of an anomaly and what is sent is for the command line of this machine alone. */
export function guardrailRoutes(tare: Tare, clock: Clock): Hono<AccessEnvironment> {
  const routes = new Hono<AccessEnvironment>();
  routes.use('/anomalies/judgements', requireOwner);
  routes.use('/alerts/send', requireOwner);

  routes.get(
    '/anomalies',
    describeRoute({
      operationId: 'reportAnomalies',
      tags: TAGS,
      summary: 'What cost too much, by whom and why',
      responses: answers(schemas.anomalyReport, 'Anomalies, the newest first.'),
    }),
    validate('query', schemas.anomalyQuery),
    async (context) =>
      context.json(await tare.reportAnomalies(readAnomalyRequest(context.req.valid('query'), clock.nowMs()))),
  );

  routes.post(
    '/anomalies/judgements',
    describeRoute({
      operationId: 'judgeAnomaly',
      tags: TAGS,
      summary: 'Keeps what someone says of an anomaly',
      responses: answers(schemas.judgement, 'What is kept.'),
    }),
    validate('json', schemas.judgementBody),
    async (context) => context.json(await tare.judgeAnomaly(context.req.valid('json'))),
  );

  routes.get(
    '/forecast',
    describeRoute({
      operationId: 'reportForecast',
      tags: TAGS,
      summary: 'What owners will have spent at the end of the period, and how well such forecasts did before',
      responses: answers(schemas.forecastReport, 'Forecasts, the largest first.'),
    }),
    validate('query', schemas.forecastQuery),
    async (context) =>
      context.json(await tare.reportForecast(readForecastRequest(context.req.valid('query'), clock.nowMs()))),
  );

  routes.get(
    '/alerts',
    describeRoute({
      operationId: 'reportAlerts',
      tags: TAGS,
      summary: 'What is wrong now and was within a week, and who was told',
      responses: answers(schemas.alertReport, 'Alerts; what goes on comes first.'),
    }),
    async (context) => context.json(await tare.reportAlerts()),
  );

  routes.post(
    '/alerts/send',
    describeRoute({
      operationId: 'sendAlerts',
      tags: TAGS,
      summary: 'One look at what is wrong and one round of messages, or a test message',
      responses: answers(schemas.alertSending, 'What was sent, and what could not be.'),
    }),
    validate('json', schemas.sendAlertsBody),
    async (context) => context.json(await tare.sendAlerts(context.req.valid('json'), context.req.raw.signal)),
  );
  return routes;
}
