import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readGrowth, readSlos } from '../../app/read-levers-request.ts';
import { readWindow } from '../../app/read-request.ts';
import { DEFAULT_LEVER_SEED, DEFAULT_SURVIVAL_PER_YEAR, NO_LIMITS, type Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers, PROGRESS_TYPE } from '../openapi-document.ts';
import { billPlan, planBody, planQuery } from '../schemas/plan.ts';
import { answerWithProgress } from './answer-with-progress.ts';
import { validate } from './validate.ts';

const ANSWER = answers(billPlan, 'From the bill to what is left of it, row by row.', [PROGRESS_TYPE]);

/** All levers together. Both routes read; the second takes what was measured of changes to models. */
export function planRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();
  routes.get(
    '/plan',
    describeRoute({
      operationId: 'plan',
      tags: ['levers'],
      summary: 'The best plan over all levers, within limits',
      responses: ANSWER,
    }),
    validate('query', planQuery),
    (context) => {
      const query = context.req.valid('query');
      const { seed = DEFAULT_LEVER_SEED, survivalPerYear = DEFAULT_SURVIVAL_PER_YEAR } = query;
      const request = {
        window: readWindow(query.from, query.to, clock.nowMs()),
        seed,
        sloMs: readSlos(listOf(query.slo)),
        survivalPerYear,
        evidence: [],
        growth: query.growth === undefined ? null : readGrowth(query.growth),
        limits: {
          noSpot: query.noSpot === 'true',
          maxCommittedPercent: query.maxCommittedPercent ?? null,
          noQualityRisk: query.noQualityRisk === 'true',
          exclude: listOf(query.exclude),
          only: listOf(query.only),
        },
      };
      return answerWithProgress(context, (progress, signal) => tare.planBill(request, progress, signal));
    },
  );
  routes.post(
    '/plan',
    describeRoute({
      operationId: 'planWithEvidence',
      tags: ['levers'],
      summary: 'The same, with what was measured of changes to models',
      responses: ANSWER,
    }),
    validate('json', planBody),
    (context) => {
      const body = context.req.valid('json');
      const { seed = DEFAULT_LEVER_SEED, survivalPerYear = DEFAULT_SURVIVAL_PER_YEAR } = body;
      const limits = { ...NO_LIMITS, ...definedOf(body.limits ?? {}) };
      const request = {
        window: readWindow(body.from, body.to, clock.nowMs()),
        seed,
        sloMs: readSlos(body.slo ?? []),
        survivalPerYear,
        evidence: body.evidence ?? [],
        growth: body.growth ?? null,
        limits,
      };
      return answerWithProgress(context, (progress, signal) => tare.planBill(request, progress, signal));
    },
  );
  return routes;
}

function listOf(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : [texts].flat();
}

type Defined<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

function definedOf<Values extends object>(values: Values): Defined<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<Values>;
}
