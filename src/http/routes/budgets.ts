import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readInstant } from '../../app/read-request.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers } from '../openapi-document.ts';
import { budgetQuery, budgetReport } from '../schemas/budgets.ts';
import { validate } from './validate.ts';

export function budgetRoutes(tare: Tare, clock: Clock): Hono {
  return new Hono().get(
    '/budgets',
    describeRoute({
      operationId: 'reportBudgets',
      tags: ['guardrails'],
      summary: 'What is spent of each budget, what is expected by the end of its period, and which one binds',
      responses: answers(budgetReport, 'Budgets, widest first.'),
    }),
    validate('query', budgetQuery),
    async (context) => {
      const { at } = context.req.valid('query');
      return context.json(await tare.reportBudgets(at === undefined ? null : readInstant(at, clock.nowMs())));
    },
  );
}
