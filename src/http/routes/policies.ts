import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readWindow } from '../../app/read-request.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers } from '../openapi-document.ts';
import * as schemas from '../schemas/policies.ts';
import { validate } from './validate.ts';

const TAGS = ['guardrails'];

/** Policies: those in force, what a text of others says, and what they would have stopped. None of these writes anything. */
export function policyRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();
  routes.get(
    '/policies',
    describeRoute({
      operationId: 'reportPolicies',
      tags: TAGS,
      summary: 'The policies in force, and the rules and words that others can be written with',
      responses: answers(schemas.policiesReport, 'Policies in the order of tare.yaml.'),
    }),
    async (context) => context.json(await tare.reportPolicies()),
  );
  routes.post(
    '/policies/read',
    describeRoute({
      operationId: 'readPolicies',
      tags: TAGS,
      summary:
        'What a text of policies says, what is wrong with it and where, and how it differs from what is in force',
      responses: answers(schemas.policyReadingReport, 'Mistakes with line and column, from 1.'),
    }),
    validate('json', schemas.readPoliciesBody),
    async (context) => context.json(await tare.readPolicies(context.req.valid('json').text)),
  );
  routes.post(
    '/policies/preview',
    describeRoute({
      operationId: 'previewPolicies',
      tags: TAGS,
      summary: 'What policies would have stopped of the launches that really happened',
      responses: answers(schemas.policyPreview, 'One row for each policy; none while the text has mistakes.'),
    }),
    validate('json', schemas.previewBody),
    async (context) => {
      const { text = null, from, to, top = null } = context.req.valid('json');
      const isAsked = Boolean(from ?? to);
      const window = isAsked ? readWindow(from ?? undefined, to ?? undefined, clock.nowMs()) : null;
      return context.json(await tare.previewPolicies({ text, window, top }));
    },
  );
  return routes;
}
