import { z } from 'zod';
import { HARDWARE_SORTS } from '../../app/tare.ts';
import { leversQuery, savingRange } from './levers.ts';
import { limit } from './requests.ts';
import { generated, instant, money } from './results.ts';

/** Schemas of kinds of GPU side by side, in the shapes of src/app/results/hardware.ts. */

export const hardwareQuery = leversQuery.extend({
  workload: z.string().optional().meta({ description: 'Nothing but this one.', example: 'ranker' }),
  sort: z.enum(HARDWARE_SORTS).optional().meta({ description: 'Default: saving, the largest first.' }),
  limit,
  offset: z.coerce.number().int().min(0).optional(),
  throughput: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({
      description:
        '`workload@GPU=amount`: work a second on a kind of GPU, from a profile; 0 where it does not run; repeatable.',
      example: 'ranker@H100-SXM5-80GB=1450',
    }),
});

const speed = z.object({
  low: z.number(),
  expected: z.number(),
  high: z.number(),
  source: z.string(),
  isMeasured: z.boolean(),
});
const p99Ms = z.object({ expected: z.number(), worst: z.number() });

const hardwareOption = z
  .object({
    gpuModel: z.string(),
    isCurrent: z.boolean(),
    isCheapest: z.boolean(),
    isProposed: z.boolean(),
    memoryGib: z.number().nullable(),
    fits: z.boolean().nullable(),
    speed: speed.nullable().describe('Against the present kind.'),
    perGpuHour: money.nullable(),
    priceSource: z.string().nullable(),
    priceReference: z.string().nullable(),
    cost: money.nullable().describe('By the month.'),
    costPerRun: money.nullable(),
    costPer1kRequests: money.nullable(),
    costPer1mTokens: money.nullable(),
    busyP99: z.number().nullable(),
    p99Ms: p99Ms.nullable(),
    isLatencyMet: z.boolean().nullable(),
    saving: money.nullable(),
    refusal: z.string().nullable(),
    why: z.string().nullable(),
  })
  .meta({ id: 'HardwareOption' });

const hardwareTarget = z
  .object({
    workload: z.string(),
    kind: z.string(),
    owner: z.string(),
    gpuModel: z.string(),
    provider: z.string(),
    region: z.string().nullable(),
    gpuHours: z.number(),
    unpricedGpuHours: z.number(),
    heldCost: money.describe('By the month.'),
    periodCost: money,
    runs: z.number().nullable(),
    requests: z.number().nullable(),
    tokens: z.number().nullable(),
    memoryGib: z.number().nullable(),
    busyP99: z.number().nullable(),
    samples: z.number().nullable(),
    p99Ms: z.number().nullable(),
    limitMs: z.number().nullable(),
    options: z.array(hardwareOption),
    proposed: z.string().nullable(),
    lever: z.string().nullable(),
    toMeasure: z.string().nullable(),
    aloneSaving: savingRange.nullable(),
  })
  .meta({ id: 'HardwareTarget' });

export const hardwareReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    period: z.object({ from: instant, to: instant, days: z.number(), hoursPerMonth: z.number() }),
    sentence: z.string(),
    rows: z.array(hardwareTarget),
    offset: z.number(),
    nextOffset: z.number().nullable(),
    total: z.object({
      targets: z.number(),
      changes: z.number(),
      trials: z.number(),
      heldCost: money,
      aloneSaving: money,
    }),
    missing: z.array(z.object({ workload: z.string(), gpuModel: z.string(), reason: z.string() })),
    prices: z.array(
      z.object({
        gpuModel: z.string(),
        provider: z.string(),
        lifecycle: z.string(),
        term: z.string().nullable(),
        perGpuHour: money,
        region: z.string(),
        instanceType: z.string().nullable(),
        offers: z.number(),
        from: z.string(),
        source: z.string(),
        checked: z.string(),
        confidence: z.enum(['published', 'approximate']),
      }),
    ),
    generated,
  })
  .meta({ id: 'HardwareReport' });
