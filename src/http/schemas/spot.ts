import { z } from 'zod';
import { SPOT_SIDES } from '../../app/read-spot-request.ts';
import { SPOT_GRAINS, SPOT_VERDICTS } from '../../app/results/spot.ts';
import { SPOT_SORTS } from '../../app/tare.ts';
import { savingRange } from './levers.ts';
import { from, limit, to } from './requests.ts';
import { generated, instant, money } from './results.ts';

/** Schemas of which work could have run on spot, in the shapes of src/app/results/spot.ts. */

export const spotQuery = z.object({
  from,
  to,
  by: z.enum(SPOT_GRAINS).optional().meta({ description: 'What a row is; default: run.' }),
  only: z.enum(SPOT_SIDES).optional().meta({ description: 'Default: both.' }),
  workload: z.string().optional().meta({ description: 'Nothing but this one.', example: 'ranker' }),
  sort: z.enum(SPOT_SORTS).optional().meta({ description: 'Default: saved, the largest first.' }),
  limit,
  offset: z.coerce.number().int().min(0).optional(),
  deadline: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({
      description: '`workload=hours`: when runs have to be done, from their start; repeatable.',
      example: 'ranker=48',
    }),
  spotPrice: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({
      description: '`GPU=price`: what a GPU-hour would cost on spot, instead of what is known; repeatable.',
      example: 'H100-SXM5-80GB=2.10',
    }),
  seed: z.coerce.number().int().min(0).optional().meta({
    description: 'How history is resampled for the ranges; default: 42.',
  }),
});

const hours = z.number().nullable();
const seconds = z.number().nullable();

const spotRow = z
  .object({
    runId: z.string().nullable(),
    workload: z.string(),
    team: z.string(),
    kind: z.string(),
    pool: z.string(),
    gpuModel: z.string(),
    runs: z.number(),
    verdict: z.enum(SPOT_VERDICTS),
    why: z.string(),
    lever: z.string().nullable(),
    gpuHours: z.number(),
    unpricedGpuHours: z.number(),
    heldCost: money,
    spotCost: money.nullable().describe('An estimate; `null` for what could not.'),
    saved: money.nullable(),
    aloneSaving: savingRange.nullable(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    durationHours: hours,
    spotHours: hours,
    spotEndsAt: instant.nullable(),
    deadlineHours: hours,
    slackHours: hours,
    checkpoints: z.number(),
    checkpointSeconds: seconds,
    intervalSeconds: seconds,
    plannedIntervalSeconds: seconds,
    interruptions: z.number().nullable(),
    lostSecondsNow: seconds,
    lostSecondsPlanned: seconds,
  })
  .meta({ id: 'SpotRow' });

const spotPool = z
  .object({
    id: z.string(),
    target: z.string(),
    gpuModel: z.string(),
    provider: z.string().nullable(),
    region: z.string().nullable(),
    workloads: z.number(),
    onDemandPerGpuHour: money.nullable(),
    spotPerGpuHour: money,
    priceSource: z.string(),
    priceReference: z.string().nullable(),
    hoursBetweenPreemptions: z.number(),
    preemptionsSeen: z.number(),
    isMeasured: z.boolean(),
    nodesPerJob: z.number(),
    checkpointSeconds: z.number(),
    checkpointsMeasured: z.number(),
    restartSeconds: z.number(),
    youngSeconds: z.number(),
    dalySeconds: z.number(),
    wastedPercent: z.number(),
    heldCost: money,
    spotCost: money,
    saved: money,
    aloneSaving: savingRange,
  })
  .meta({ id: 'SpotPool' });

export const spotReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    period: z.object({ from: instant, to: instant, days: z.number(), hoursPerMonth: z.number() }),
    sentence: z.string(),
    by: z.enum(SPOT_GRAINS),
    rows: z.array(spotRow),
    offset: z.number(),
    nextOffset: z.number().nullable(),
    total: z.object({
      rows: z.number(),
      could: z.number(),
      gpuHours: z.number(),
      heldCost: money,
      couldCost: money,
      spotCost: money,
      saved: money,
      aloneSaving: savingRange,
    }),
    pools: z.array(spotPool),
    refused: z.array(
      z.object({
        verdict: z.enum(SPOT_VERDICTS),
        why: z.string(),
        workloads: z.array(z.string()),
        runs: z.number(),
        gpuHours: z.number(),
        heldCost: money,
      }),
    ),
    generated,
  })
  .meta({ id: 'SpotReport' });
