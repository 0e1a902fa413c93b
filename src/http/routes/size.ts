import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { z } from 'zod';
import type { SizeReport } from '../../app/results/size.ts';
import { sizeFleet } from '../../app/size-fleet.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers } from '../openapi-document.ts';
import { sizeBody, sizeQuery, sizeReport } from '../schemas/size.ts';
import type { PriceSearch } from './prices.ts';
import { validate } from './validate.ts';

/** By GET for a link, by POST for a form: the same question and answer. */
export function sizeRoutes(search: PriceSearch, clock: Clock): Hono {
  const describe = (operationId: string) =>
    describeRoute({
      operationId,
      tags: ['prices'],
      summary: 'What a fleet would cost, and how much of it would be waste',
      responses: answers(sizeReport, 'Cost, idle cost, and what each lever alone would do.'),
    });
  return new Hono()
    .get('/size', describe('sizeFleet'), validate('query', sizeQuery), (context) =>
      context.json(size(context.req.valid('query'), search, clock)),
    )
    .post('/size', describe('sizeFleetByForm'), validate('json', sizeBody), (context) =>
      context.json(size(context.req.valid('json'), search, clock)),
    );
}

function size(question: z.infer<typeof sizeBody>, search: PriceSearch, clock: Clock): SizeReport {
  const { gpuModel, provider, region, price } = question;
  const query = { words: [], lifecycle: null, atMs: clock.nowMs() };
  const { rows } =
    gpuModel === undefined
      ? { rows: [] }
      : search({ ...query, gpu: gpuModel, provider: provider ?? null, region: region ?? null });
  return sizeFleet(
    {
      gpus: question.gpus,
      gpuModel: gpuModel ?? null,
      lifecycle: question.lifecycle,
      utilization: String(question.utilization),
      hoursPerMonth: String(question.hoursPerMonth),
      perGpuHour: price ?? null,
      targetUtilization: String(question.targetUtilization),
      currency: question.currency,
    },
    rows,
  );
}
