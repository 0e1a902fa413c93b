import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { describeRoute } from 'hono-openapi';
import { readWindow } from '../../app/read-request.ts';
import { readCadenceRequest, readRunsRequest } from '../../app/read-run-requests.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { renderCsv } from '../../reports/csv.ts';
import { runsTable } from '../../reports/runs-table.ts';
import { answers, CSV_TYPE, JSON_TYPE } from '../openapi-document.ts';
import { cadenceQuery, runsQuery } from '../schemas/requests.ts';
import { cadenceReport, runReceipt, runsReport } from '../schemas/runs.ts';
import { validate } from './validate.ts';

const TAGS = ['runs'];
const PAGE_ROWS = 100;

/** Training runs: the list in pages, one run's receipt, and how often to retrain. */
export function runRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();

  routes.get(
    '/runs',
    describeRoute({
      operationId: 'reportRuns',
      tags: TAGS,
      summary: 'What training runs cost, a page at a time, or by groups',
      responses: answers(runsReport, 'Runs of the window.', [CSV_TYPE]),
    }),
    validate('query', runsQuery),
    async (context) => {
      const { from, to, filter, limit, offset, ...words } = context.req.valid('query');
      const request = readRunsRequest(
        {
          ...words,
          filter: [filter ?? []].flat(),
          limit: limit === 'all' ? null : (limit ?? PAGE_ROWS),
          offset: offset ?? 0,
        },
        readWindow(from, to, clock.nowMs()),
      );
      const report = await tare.reportRuns(request);
      context.header('Vary', 'Accept', { append: true });
      const type = accepts(context, {
        header: 'Accept',
        supports: [JSON_TYPE, CSV_TYPE],
        default: JSON_TYPE,
      });
      if (type !== CSV_TYPE) return context.json(report);
      return context.body(renderCsv(runsTable(report)), 200, {
        'Content-Type': `${CSV_TYPE}; charset=utf-8`,
      });
    },
  );

  routes.get(
    '/cadence',
    describeRoute({
      operationId: 'runsCadence',
      tags: TAGS,
      summary: 'How often to retrain a model',
      responses: answers(cadenceReport, 'Cost of each interval, and the best one.'),
    }),
    validate('query', cadenceQuery),
    async (context) => {
      const { from, to, filter, ...words } = context.req.valid('query');
      const hasWindow = from !== undefined || to !== undefined;
      const window = hasWindow ? readWindow(from, to, clock.nowMs()) : null;
      return context.json(
        await tare.runsCadence(readCadenceRequest({ ...words, filter: [filter ?? []].flat() }, window)),
      );
    },
  );

  routes.get(
    // An id may hold slashes: `wandb:team/project/x1`.
    '/runs/:runId{.+}',
    describeRoute({
      operationId: 'explainRun',
      tags: TAGS,
      summary: 'The receipt of one run, with its hours',
      responses: answers(runReceipt, 'Lines, attempts, charges and timeline.'),
    }),
    async (context) => context.json(await tare.explainRun(context.req.param('runId'))),
  );
  return routes;
}
