import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { DEFAULT_IDLE_HOURS, type Tare } from '../../app/tare.ts';
import type { ActionRecord } from '../../ports/cluster.ts';
import { type AccessEnvironment, requireOwner } from '../access.ts';
import { answers } from '../openapi-document.ts';
import { actionLog, actionRecord, idleNowQuery, idleNowReport, kept } from '../schemas/actions.ts';
import { validate } from './validate.ts';

/** What stands still now, and what was done about it. The server changes no cluster: the command line does, and writes it down here. */
export function idleActionRoutes(tare: Tare): Hono<AccessEnvironment> {
  const routes = new Hono<AccessEnvironment>();
  routes.get(
    '/idle-now',
    describeRoute({
      operationId: 'idleNow',
      tags: ['actions'],
      summary: 'Holders that have stood still up to the end of the ledger',
      responses: answers(idleNowReport, 'The costliest first.'),
    }),
    validate('query', idleNowQuery),
    async (context) =>
      context.json(await tare.reportIdleNow(context.req.valid('query').hours ?? DEFAULT_IDLE_HOURS)),
  );
  routes.get(
    '/actions',
    describeRoute({
      operationId: 'actions',
      tags: ['actions'],
      summary: 'What was done to clusters: by whom, when, and how it was before',
      responses: answers(actionLog, 'The newest first.'),
    }),
    async (context) => context.json(await tare.actions()),
  );
  routes.post(
    '/actions',
    requireOwner,
    describeRoute({
      operationId: 'keepAction',
      tags: ['actions'],
      summary: 'Writes down an action, or what has become of it',
      responses: answers(kept, 'Its id.'),
    }),
    validate('json', actionRecord),
    async (context) => {
      const record = context.req.valid('json') as unknown as ActionRecord;
      await tare.keepAction(record);
      return context.json({ id: record.id });
    },
  );
  return routes;
}
