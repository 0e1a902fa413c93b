import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readInstant } from '../../app/read-request.ts';
import type { Tare } from '../../app/tare.ts';
import { readVerifyRequest } from '../../app/verify/read-verify-request.ts';
import type { Clock } from '../../ports/clock.ts';
import { type AccessEnvironment, requireOwner } from '../access.ts';
import { answers } from '../openapi-document.ts';
import {
  takeBody,
  takenRecord,
  takenReport,
  verificationReport,
  verifyQuery,
} from '../schemas/verification.ts';
import { validate } from './validate.ts';

const TAGS = ['levers'];

/** Whether changes did what they promised. */
export function verificationRoutes(tare: Tare, clock: Clock): Hono<AccessEnvironment> {
  const routes = new Hono<AccessEnvironment>();
  routes.get(
    '/verify',
    describeRoute({
      operationId: 'verifySaving',
      tags: TAGS,
      summary: 'Before a change against after it',
      responses: answers(verificationReport, 'Saved, no difference shown, or degraded, with intervals.'),
    }),
    validate('query', verifyQuery),
    async (context) => {
      const { lowerIsBetter, metrics, ...words } = context.req.valid('query');
      const lists = { lowerIsBetter: listOf(lowerIsBetter), metrics: listOf(metrics) };
      return context.json(await tare.verifySaving(readVerifyRequest({ ...words, ...lists }, clock.nowMs())));
    },
  );
  routes.get(
    '/levers/taken',
    describeRoute({
      operationId: 'takenLevers',
      tags: TAGS,
      summary: 'Changes that were made: promised, realised, drift',
      responses: answers(takenReport, 'Every recorded change, with what became of it.'),
    }),
    async (context) => context.json(await tare.reportTaken()),
  );
  routes.use('/levers/take', requireOwner);
  routes.post(
    '/levers/take',
    describeRoute({
      operationId: 'takeLever',
      tags: TAGS,
      summary: 'Records that a change was made',
      responses: answers(takenRecord, 'The record; the same again changes nothing.'),
    }),
    validate('json', takeBody),
    async (context) => {
      const { change, at, takenBy = null, promised = null } = context.req.valid('json');
      const atMs = readInstant(at, clock.nowMs());
      return context.json(await tare.takeLever({ changeId: change, atMs, takenBy, promised }));
    },
  );
  return routes;
}

function listOf(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : [texts].flat();
}
