import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readSlos } from '../../app/read-levers-request.ts';
import { readWindow } from '../../app/read-request.ts';
import { DEFAULT_LEVER_SEED, type Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers } from '../openapi-document.ts';
import { leversQuery, leversReport } from '../schemas/levers.ts';
import { validate } from './validate.ts';

/** What to change, replayed on the ledger. */
export function leverRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();
  routes.get(
    '/levers',
    describeRoute({
      operationId: 'levers',
      tags: ['levers'],
      summary: 'What to change, and what each change would have saved',
      responses: answers(
        leversReport,
        'The plan: each lever alone and in place, with evidence and the change to make.',
      ),
    }),
    validate('query', leversQuery),
    async (context) => {
      const { from, to, seed = DEFAULT_LEVER_SEED, slo = [] } = context.req.valid('query');
      const window = readWindow(from, to, clock.nowMs());
      return context.json(await tare.planSavings({ window, seed, sloMs: readSlos([slo].flat()) }));
    },
  );
  return routes;
}
