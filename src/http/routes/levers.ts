import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readSlos } from '../../app/read-levers-request.ts';
import { readWindow } from '../../app/read-request.ts';
import type { LeverDetail } from '../../app/results/levers.ts';
import { DEFAULT_LEVER_SEED, type Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { renderChange } from '../../reports/change-text.ts';
import { answers } from '../openapi-document.ts';
import { leverQuery, leversQuery, leversReport, leverWithFiles } from '../schemas/levers.ts';
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
  routes.get(
    '/lever',
    describeRoute({
      operationId: 'lever',
      tags: ['levers'],
      summary: 'One lever of the plan: the hours it cuts, and the change to make',
      responses: answers(leverWithFiles, 'What was replayed, day by day and node by node, and the files.'),
    }),
    validate('query', leverQuery),
    async (context) => {
      const { from, to, seed = DEFAULT_LEVER_SEED, slo = [], id } = context.req.valid('query');
      const window = readWindow(from, to, clock.nowMs());
      const detail = await tare.explainLever({ window, seed, sloMs: readSlos([slo].flat()), id });
      return context.json({ ...detail, files: filesOf(detail) });
    },
  );
  return routes;
}

/** The text of each file is that of the command line. */
function filesOf({ row, currency }: LeverDetail): readonly Readonly<{ file: string; text: string }>[] {
  return row.changes.map((change) => ({ file: change.file, text: renderChange(row, change, currency) }));
}
