import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { describeRoute } from 'hono-openapi';
import { readWindow } from '../../app/read-request.ts';
import type { Progress, ProgressEvent, Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { type AccessEnvironment, requireOwner } from '../access.ts';
import { answers, PROGRESS_TYPE } from '../openapi-document.ts';
import { toProblem } from '../problem.ts';
import { collectBody, importBody } from '../schemas/requests.ts';
import { buildResult, collectResult, doctorReport, importResult } from '../schemas/results.ts';
import { validate } from './validate.ts';

const TAGS = ['actions'];
const PROGRESS_EVERY_MS = 100;

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
      return answer(context, (progress, signal) => tare.importFiles(request, progress, signal));
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
      return answer(context, (progress, signal) => tare.collect({ window, sources }, progress, signal));
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
    (context) => answer(context, (progress, signal) => tare.buildLedger(progress, signal)),
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

type Work = (progress: Progress, signal: AbortSignal) => Promise<object>;

async function answer(context: Context, work: Work): Promise<Response> {
  const wantsProgress = context.req.header('accept')?.includes(PROGRESS_TYPE) ?? false;
  if (!wantsProgress) return context.json(await work(() => {}, context.req.raw.signal));

  context.header('Content-Type', PROGRESS_TYPE);
  return stream(context, async (output) => {
    const stopped = new AbortController();
    output.onAbort(() => stopped.abort());
    const write = (line: object) => output.write(`${JSON.stringify(line)}\n`);
    const progress = paced((event) => void write({ progress: event }));
    try {
      await write({
        result: await work(progress, AbortSignal.any([stopped.signal, context.req.raw.signal])),
      });
    } catch (error) {
      await write({ problem: toProblem(error) });
    }
  });
}

/** Lets through what a person can follow; the first and the last step of a task always. */
function paced(progress: Progress): Progress {
  let lastMs = 0;
  return (event: ProgressEvent) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < PROGRESS_EVERY_MS && event.done !== event.total) return;
    lastMs = nowMs;
    progress(event);
  };
}
