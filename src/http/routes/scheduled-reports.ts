import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { Tare } from '../../app/tare.ts';
import { type AccessEnvironment, requireOwner } from '../access.ts';
import { answers } from '../openapi-document.ts';
import * as schemas from '../schemas/scheduled-reports.ts';
import { validate } from './validate.ts';

const TAGS = ['documents'];

/** Documents that are sent by themselves. What is sent is for the command line of this machine alone. */
export function scheduledReportRoutes(tare: Tare): Hono<AccessEnvironment> {
  const routes = new Hono<AccessEnvironment>();
  routes.use('/documents/schedule/send', requireOwner);

  routes.get(
    '/documents/schedule',
    describeRoute({
      operationId: 'reportSchedule',
      tags: TAGS,
      summary: 'What is sent by itself: when, to whom, and what became of the last one',
      responses: answers(schemas.scheduledReports, 'Reports, in the order of tare.yaml.'),
    }),
    async (context) => context.json(await tare.reportSchedule()),
  );

  routes.post(
    '/documents/schedule/send',
    describeRoute({
      operationId: 'sendReport',
      tags: TAGS,
      summary: 'Makes a scheduled report now, and sends it to everybody it is for unless it is a dry run',
      responses: answers(schemas.reportSending, 'What was sent, and what became of it.'),
    }),
    validate('json', schemas.sendReportBody),
    async (context) => context.json(await tare.sendReport(context.req.valid('json'), context.req.raw.signal)),
  );
  return routes;
}
