import { z } from 'zod';
import { MODEL_LEVERS } from '../../domain/levers/model-levers.ts';
import { savingRange } from './levers.ts';
import { from, to } from './requests.ts';
import { instant, money } from './results.ts';

const seed = z.coerce.number().int().min(0).optional();
const percent = z.coerce.number().min(0).max(100);
const survival = z.coerce
  .number()
  .min(0)
  .max(1)
  .optional()
  .meta({ description: 'Chance that demand of today is still there a year later; default: 0.8.' });
const flag = z.enum(['true', 'false']).optional();
const texts = z.union([z.string(), z.array(z.string())]).optional();

export const planQuery = z.object({
  from,
  to,
  seed,
  noSpot: flag,
  maxCommittedPercent: percent
    .optional()
    .meta({ description: 'Of the GPU-hours of each market, what is committed already included.' }),
  noQualityRisk: flag.meta({ description: 'Nothing that changes what a model answers.' }),
  exclude: texts.meta({ description: 'Ids or names of levers; repeatable.', example: 'commit' }),
  only: texts.meta({ description: 'Nothing but these levers; repeatable.' }),
  slo: texts.meta({
    description: '`endpoint=ms`: what 99 % of its requests are promised; repeatable.',
    example: 'embedder=40',
  }),
  survivalPerYear: survival,
  growth: z
    .string()
    .optional()
    .meta({ description: 'What demand does each month: `3%`, `-1.5%` or `history`.', example: '3%' }),
});

const share = z.number().min(0).max(1);
export const modelEvidence = z
  .object({
    lever: z.enum(MODEL_LEVERS),
    endpoint: z.string().min(1),
    share: share.describe('Of the requests or of their work.'),
    costFactor: z.number().min(0).describe('Cost of one of them with the change ÷ without it.'),
    qualityBefore: z.number().nullable(),
    qualityAfter: z.number().nullable(),
    tolerance: share.describe('Share of the quality that may be lost.'),
    keepsAnswers: z.boolean(),
    source: z.string(),
  })
  .meta({ id: 'ModelEvidence' });

export const planBody = z.object({
  from,
  to,
  seed: z.number().int().min(0).optional(),
  limits: z
    .object({
      noSpot: z.boolean(),
      maxCommittedPercent: z.number().min(0).max(100).nullable(),
      noQualityRisk: z.boolean(),
      exclude: z.array(z.string()),
      only: z.array(z.string()),
    })
    .partial()
    .optional(),
  evidence: z.array(modelEvidence).optional(),
  slo: z.array(z.string()).optional(),
  survivalPerYear: z.number().min(0).max(1).optional(),
  growth: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('stated'), perMonth: z.number().min(-0.5).max(0.5) }),
      z.object({ kind: z.literal('history') }),
    ])
    .nullable()
    .optional()
    .describe('A share of demand each month of 730 hours, or what the ledger shows; default: none.'),
});

const term = z.enum(['1y', '3y']);
const optional = z.number().nullable();

const planRow = z
  .object({
    id: z.string(),
    lever: z.string(),
    stage: z.enum(['model', 'runtime', 'infrastructure', 'rate']),
    target: z.string(),
    owner: z.string(),
    aloneSaving: savingRange,
    inPlanSaving: money.describe('On what the rows above leave over.'),
    billAfter: money,
    targetCost: money,
    note: z.string().nullable(),
    risk: z.enum(['low', 'medium', 'high']),
    needsQuality: z.boolean(),
    evidence: z.object({ rows: z.number(), gpuHours: z.number(), facts: z.array(z.string()) }),
    assumptions: z.array(z.string()),
    action: z.string(),
    changes: z.array(
      z.object({ file: z.string(), comment: z.string(), document: z.record(z.string(), z.unknown()) }),
    ),
    purchase: z
      .object({
        provider: z.string(),
        gpuModel: z.string(),
        units: z.number(),
        term,
        perGpuHour: money,
        onDemandPerGpuHour: money,
        perMonth: money,
      })
      .nullable(),
  })
  .meta({ id: 'PlanRow' });

const commitment = z
  .object({
    provider: z.string(),
    gpuModel: z.string(),
    term,
    rate: z.number(),
    perGpuHour: money,
    onDemandPerGpuHour: money,
    meanGpus: z.number(),
    level: z.number(),
    levelAlone: z.number(),
    backtest: z.object({
      level: z.number(),
      claimedPercent: optional,
      realisedPercent: optional,
      oraclePercent: optional,
      oracleLevel: optional,
      kept: optional,
      hoursBelowLevelPercent: z.number(),
      weeksAtALossPercent: optional,
      hoursUnusedPercent: optional.describe('Of the hours that it was judged on.'),
      costUnusedPercent: optional.describe('Of what the level costs there, what bought nothing.'),
    }),
    unusedPerMonth: money,
    stack: z.array(z.object({ term: z.string(), rate: z.number(), units: z.number() })),
    coveragePercent: optional,
    held: z.object({ gpuHours: z.number(), usePercent: optional, coveragePercent: optional }),
  })
  .meta({ id: 'CommitmentFigures' });

const renewal = z
  .object({
    at: instant,
    provider: z.string(),
    gpuModel: z.string(),
    ending: z.array(z.string()),
    beginning: z.array(z.string()),
    freedGpus: z.number(),
    units: z.number().describe('To commit to then.'),
    term,
    perGpuHour: money,
    onDemandPerGpuHour: money,
    onDemandPerMonth: money,
    renewedPerMonth: money,
    savesPerMonth: money,
  })
  .meta({ id: 'Renewal' });

export const billPlan = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    period: z.object({ from: instant, to: instant, days: z.number(), hoursPerMonth: z.number() }),
    sentence: z.string(),
    growth: z
      .object({
        percentPerMonth: z.number(),
        source: z.enum(['stated', 'history']),
        months: z.number(),
        factor: z.number(),
        billBefore: money,
        adds: money.describe('bill.total − billBefore.'),
      })
      .nullable()
      .describe('What demand is taken to do; null: it stays.'),
    bill: z.object({ gpu: money, api: money, total: money }),
    rows: z.array(planRow),
    planSaving: savingRange,
    billAfter: money.describe('bill.total − planSaving.expected.'),
    limits: z.object({
      noSpot: z.boolean(),
      maxCommittedPercent: z.number().nullable(),
      noQualityRisk: z.boolean(),
      exclude: z.array(z.string()),
      only: z.array(z.string()),
    }),
    leftOut: z.array(
      z.object({
        id: z.string(),
        lever: z.string(),
        target: z.string(),
        aloneSaving: money,
        reason: z.string(),
      }),
    ),
    experiments: z.array(
      z.object({
        lever: z.string(),
        target: z.string(),
        mightSave: money.nullable(),
        toMeasure: z.string(),
      }),
    ),
    commitments: z.array(commitment),
    spend: z.array(
      z.object({
        provider: z.string(),
        gpuModels: z.array(z.string()),
        perHour: money,
        savingsPercent: z.number().nullable(),
        saving: money,
      }),
    ),
    renewals: z.array(renewal),
    spendRenewals: z.array(
      z.object({
        at: instant,
        provider: z.string(),
        ending: z.array(z.string()),
        gpuModels: z.array(z.string()),
        perHour: money,
        savesPerMonth: money,
      }),
    ),
    missing: z.array(z.object({ lever: z.string(), target: z.string().nullable(), reason: z.string() })),
    weighed: z.number(),
  })
  .meta({ id: 'BillPlan' });
