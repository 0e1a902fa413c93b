import { z } from 'zod';
import { from, to } from './requests.ts';
import { instant, money } from './results.ts';

export const VERIFICATION_UNITS = ['requests', 'productive', 'gpu-hours', 'hours', 'runs'] as const;
const texts = z.union([z.string(), z.array(z.string())]).optional();

export const verifyQuery = z.object({
  change: z.string().min(1).meta({
    description: '`endpoint:NAME`, `run:NAME`, `team:NAME` or another dimension, or a lever of a plan.',
    example: 'endpoint:chat',
  }),
  at: z
    .string()
    .optional()
    .meta({ description: 'When it was made; default: as it was recorded.', example: '2026-10-14T09:00Z' }),
  from: from.describe('Where the comparison starts; default: four weeks before the change.'),
  to: to.describe('Where it ends; default: four weeks after the change.'),
  confidence: z.coerce.number().gt(0.5).lt(1).optional().meta({ description: 'Default: 0.95.' }),
  tolerance: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'Share by which latency and quality may get worse; default: 0.' }),
  unit: z.enum(VERIFICATION_UNITS).optional(),
  lowerIsBetter: texts.meta({ description: 'Scores and metrics of which less is better; repeatable.' }),
  metrics: texts.meta({ description: 'Of runs: metrics that count as quality; repeatable.' }),
});

const range = z
  .object({ low: money, expected: money, high: money })
  .meta({ id: 'EstimateRange', description: 'By the month of 730 hours, with the ends of its interval.' });

const side = z.object({ from: instant, to: instant, blocks: z.number() });
const judgement = z.enum(['better', 'worse', 'no_difference', 'not_enough_data']);
const verdict = z.enum(['saved', 'no_difference', 'degraded', 'not_enough_data']);
const promiseState = z.enum(['exceeded', 'kept', 'short', 'not_shown', 'lost', 'too_early']);

export const verificationReport = z
  .object({
    currency: z.string(),
    change: z.string(),
    subject: z.object({ dimension: z.string(), values: z.array(z.string()) }),
    at: instant,
    before: side,
    after: side,
    unit: z.enum(VERIFICATION_UNITS),
    confidence: z.number(),
    confidenceOfEach: z.number().describe('Of each interval, so that the verdict holds over all of them.'),
    verdict,
    sentence: z.string(),
    saving: range.nullable(),
    savedSoFar: money.nullable(),
    measures: z.array(
      z
        .object({
          name: z.string(),
          kind: z.enum(['cost', 'latency', 'quality']),
          worseIs: z.enum(['higher', 'lower']),
          unit: z.string(),
          expected: z.number().nullable().describe('After the change, had it not been made.'),
          actual: z.number().nullable(),
          changePercent: z.object({ low: z.number(), expected: z.number(), high: z.number() }).nullable(),
          judgement,
          blocksBefore: z.number(),
          blocksAfter: z.number(),
          isWeekMatched: z.boolean(),
          autocorrelation: z.number().nullable(),
        })
        .meta({ id: 'VerifiedMeasure' }),
    ),
    load: z
      .object({ before: z.number(), after: z.number(), changePercent: z.number().nullable() })
      .nullable()
      .describe('Units a day.'),
    promise: z
      .object({
        promised: money,
        realised: range.nullable(),
        drift: money.nullable().describe('Realised − promised.'),
        state: promiseState,
        takenBy: z.string().nullable(),
      })
      .nullable(),
    skipped: z.array(z.object({ reason: z.string(), blocks: z.number() })),
    notes: z.array(z.string()),
  })
  .meta({ id: 'VerificationReport' });

export const takeBody = z.object({
  change: z.string().min(1).meta({ example: 'scale-to-zero/search-staging' }),
  at: z.string().optional().meta({ description: 'Default: now.' }),
  takenBy: z.string().nullable().optional(),
  promised: z
    .string()
    .nullable()
    .optional()
    .meta({ description: 'By the month; default: as the plan of the four weeks before has it.' }),
});

export const takenRecord = z
  .object({
    change: z.string(),
    at: instant,
    takenBy: z.string().nullable(),
    promised: range.nullable(),
    currency: z.string(),
    isNew: z.boolean(),
  })
  .meta({ id: 'TakenRecord' });

export const takenReport = z
  .object({
    currency: z.string(),
    sentence: z.string(),
    rows: z.array(
      z
        .object({
          change: z.string(),
          lever: z.string(),
          target: z.string(),
          owner: z.string(),
          at: instant,
          takenBy: z.string().nullable(),
          promised: money.nullable(),
          realised: range.nullable(),
          drift: money.nullable(),
          state: z.enum([...promiseState.options, 'no_promise']),
          verdict,
          sentence: z.string(),
        })
        .meta({ id: 'TakenRow' }),
    ),
    total: z.object({ promised: money, realised: money, drift: money }),
  })
  .meta({ id: 'TakenReport' });
