import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readWindow } from '../../app/read-request.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { type AccessEnvironment, requireOwner } from '../access.ts';
import { answers, PROGRESS_TYPE } from '../openapi-document.ts';
import { collectBody, importBody } from '../schemas/requests.ts';
import { buildResult, collectResult, doctorReport, importResult } from '../schemas/results.ts';
import { answerWithProgress } from './answer-with-progress.ts';
import { validate } from './validate.ts';

const TAGS = ['actions'];

/**
 * What changes the store, for the command line of this machine alone. With `Accept: application/x-ndjson` the answer is a line
 * for each step (`{"progress": …}`) and a last one (`{"result": …}` or `{"problem": …}`).
 */
export function actionRoutes(tare: Tare, clock: Clock): Hono<AccessEnvironment> {
  const routes = new Hono<AccessEnvironment>();
  routes.use('/import', requireOwner);
  routes.use('/collect', requireOwner);
  routes.use('/build', requireOwner);
  routes.use('/doctor', requireOwner);

  routes.post(
    '/import',
    describeRoute({
      operationId: 'importFiles',
      tags: TAGS,
      summary: 'Facts from files on the machine of the server',
      responses: answers(importResult, 'What was read, kept and rejected.', [PROGRESS_TYPE]),
    }),
    validate('json', importBody),
    (context) => {
      const request = context.req.valid('json');
      return answerWithProgress(context, (progress, signal) => tare.importFiles(request, progress, signal));
    },
  );

  routes.post(
    '/collect',
    describeRoute({
      operationId: 'collect',
      tags: TAGS,
      summary: 'One pass over the configured sources',
      responses: answers(collectResult, 'What each source brought.', [PROGRESS_TYPE]),
    }),
    validate('json', collectBody),
    (context) => {
      const { from, to, sources } = context.req.valid('json');
      const window = from === undefined && to === undefined ? null : readWindow(from, to, clock.nowMs());
      return answerWithProgress(context, (progress, signal) =>
        tare.collect({ window, sources }, progress, signal),
      );
    },
  );

  routes.post(
    '/build',
    describeRoute({
      operationId: 'buildLedger',
      tags: TAGS,
      summary: 'Brings the ledger up to date',
      responses: answers(buildResult, 'Hours and rows built.', [PROGRESS_TYPE]),
    }),
    (context) => answerWithProgress(context, (progress, signal) => tare.buildLedger(progress, signal)),
  );

  routes.get(
    '/doctor',
    describeRoute({
      operationId: 'doctor',
      tags: TAGS,
      summary: 'Whether everything the ledger needs is there',
      responses: answers(doctorReport, 'Findings, each with what to do.'),
    }),
    async (context) => context.json(await tare.doctor(context.req.raw.signal)),
  );
  return routes;
}
