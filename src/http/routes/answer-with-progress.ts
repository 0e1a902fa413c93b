import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import type { Progress, ProgressEvent } from '../../app/tare.ts';
import { PROGRESS_TYPE } from '../openapi-document.ts';
import { toProblem } from '../problem.ts';

const PROGRESS_EVERY_MS = 100;

type Work = (progress: Progress, signal: AbortSignal) => Promise<object>;

/**
 * The answer of work that takes its time. With `Accept: application/x-ndjson` it is a line for each step (`{"progress": …}`) and a last one
 * (`{"result": …}` or `{"problem": …}`). Who leaves stops it.
 */
export async function answerWithProgress(context: Context, work: Work): Promise<Response> {
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
