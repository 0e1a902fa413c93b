import { z } from 'zod';
import { from, to } from './requests.ts';
import { instant, money } from './results.ts';

export const leversQuery = z.object({
  from,
  to,
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'How history is resampled for the ranges; default: 42.' }),
  slo: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({
      description:
        '`endpoint=ms`: the latency that an endpoint promises to 99 % of its requests, repeatable.',
      example: 'embedder=40',
    }),
});

const range = z.object({ low: money, expected: money, high: money }).meta({
  id: 'SavingRange',
  description: 'By the month of 730 hours; 10th percentile, replay, 90th percentile.',
});

export const leversReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    period: z.object({ from: instant, to: instant, days: z.number(), hoursPerMonth: z.number() }),
    sentence: z.string(),
    rows: z.array(
      z
        .object({
          id: z.string(),
          lever: z.string(),
          target: z.string(),
          owner: z.string(),
          aloneSaving: range,
          inPlanSaving: money.describe('On what the levers above it leave over.'),
          targetCost: money,
          note: z.string().nullable(),
          risk: z.enum(['low', 'medium', 'high']),
          evidence: z.object({
            from: instant,
            to: instant,
            hours: z.number(),
            rows: z.number(),
            gpuHours: z.number(),
            gpuHoursSaved: z.number(),
            cause: z.string().nullable(),
            facts: z.array(z.string()),
          }),
          assumptions: z.array(z.string()),
          action: z.string(),
          changes: z.array(
            z.object({ file: z.string(), comment: z.string(), document: z.record(z.string(), z.unknown()) }),
          ),
        })
        .meta({ id: 'LeverRow' }),
    ),
    planSaving: range,
    gpuCost: money,
    missing: z.array(z.object({ lever: z.string(), target: z.string().nullable(), reason: z.string() })),
    whileOthersWaited: z
      .object({
        gpuHours: z.number(),
        cost: money,
        runs: z.number(),
        heldBackByQuota: z.object({ gpuHours: z.number(), cost: money }),
      })
      .nullable(),
  })
  .meta({ id: 'LeversReport' });
