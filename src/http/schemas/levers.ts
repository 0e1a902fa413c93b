import { z } from 'zod';
import { from, to } from './requests.ts';
import { generated, instant, money } from './results.ts';

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

export const savingRange = z.object({ low: money, expected: money, high: money }).meta({
  id: 'SavingRange',
  description: 'By the month of 730 hours; 10th percentile, replay, 90th percentile.',
});

const leverRow = z
  .object({
    id: z.string(),
    lever: z.string(),
    target: z.string(),
    owner: z.string(),
    aloneSaving: savingRange,
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
  .meta({ id: 'LeverRow' });

export const leversReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    period: z.object({ from: instant, to: instant, days: z.number(), hoursPerMonth: z.number() }),
    sentence: z.string(),
    rows: z.array(leverRow),
    planSaving: savingRange,
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
    generated,
  })
  .meta({ id: 'LeversReport' });

export const leverQuery = leversQuery.extend({
  id: z.string().min(1).meta({ description: 'As the plan names it.', example: 'reclaim/notebook-chen' }),
});

const leverPart = {
  gpuHours: z.number(),
  cost: money,
  saved: money.describe('By the change alone, in the period; not by the month.'),
  idleByCause: z.record(z.string(), z.number()).describe('GPU-hours that did nothing.'),
};

export const leverDetail = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    period: leversReport.shape.period,
    place: z.number(),
    levers: z.number(),
    row: leverRow,
    days: z.array(z.object({ ...leverPart, day: z.string() })),
    nodes: z.array(z.object({ ...leverPart, node: z.string(), gpuModel: z.string() })),
    total: z.object(leverPart),
  })
  .meta({ id: 'LeverDetail' });

/** What the server adds for those who cannot write files of their own. */
export const leverWithFiles = leverDetail
  .extend({
    files: z
      .array(z.object({ file: z.string(), text: z.string() }))
      .describe('The change to make, as `tare levers --emit` writes it.'),
  })
  .meta({ id: 'LeverWithFiles' });
