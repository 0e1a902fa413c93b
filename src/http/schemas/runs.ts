import { z } from 'zod';
import { RUN_STATES } from '../../domain/facts/facts.ts';
import { fraction, generated, hours, instant, ledgerBuckets, money, warning } from './results.ts';

/** Schemas of what the API answers about training runs, in the shapes of src/app/results/runs.ts. */

const state = z.enum(RUN_STATES);
const maybeInstant = instant.nullable();
const maybeHours = z.number().nullable();

const runMoney = {
  cost: money.nullable().describe('gpuCost + direct + shared; null when nothing is known.'),
  gpuCost: money.nullable(),
  productiveCost: money.nullable(),
  underusedCost: money.nullable(),
  idleCost: money.nullable(),
  lostCost: money.nullable(),
  unobservedCost: money.nullable(),
  direct: money.describe('Charges that carry the tag of the run.'),
  shared: money.describe('Shared costs that its GPU time bears.'),
  estimatedCost: money.describe('Part of cost that no bill covers yet.'),
  trueUp: money.describe('Billed now − estimated before.'),
  isEstimated: z.boolean(),
};

export const runRow = z
  .object({
    runId: z.string(),
    name: z.string(),
    team: z.string(),
    model: z.string(),
    environment: z.string(),
    experiment: z.string().nullable(),
    state,
    stateDetail: z.string().nullable(),
    parentRunId: z.string().nullable(),
    attempts: z.number(),
    lostAttempts: z.number(),
    checkpoints: z.number(),
    queue: z.string().nullable(),
    queuedAt: maybeInstant,
    startedAt: maybeInstant,
    endedAt: maybeInstant,
    waitHours: maybeHours.describe('From queued to started; it costs nothing.'),
    durationHours: maybeHours,
    gpuModels: z.array(z.string()),
    gpuHours: maybeHours,
    gpuHoursByBucket: ledgerBuckets.hours.nullable(),
    unpricedGpuHours: hours,
    priceSource: z.string().nullable(),
    ...runMoney,
    parameters: z.record(z.string(), z.string()),
    metrics: z.record(z.string(), z.number()),
    duplicateOf: z.string().nullable().describe('The earlier run that did the same work.'),
    quality: z.number().nullable().describe('Value of the metric that was asked for.'),
    costPerPoint: money.nullable(),
    isOnFrontier: z.boolean().nullable().describe('No run of the model was as good for less.'),
    notes: z.array(z.string()),
  })
  .meta({ id: 'Run', description: 'One training run, with everything it cost.' });

const sums = {
  runs: z.number(),
  attempts: z.number(),
  lostAttempts: z.number(),
  gpuHours: hours,
  gpuHoursByBucket: ledgerBuckets.hours,
  unpricedGpuHours: hours,
  waitHours: z.number(),
  unknownRuns: z.number().describe('Runs whose cost is unknown, and missing in the sums.'),
  ...runMoney,
  failed: z.object({ runs: z.number(), gpuHours: hours, cost: money.nullable() }),
  duplicates: z.object({ runs: z.number(), cost: money.nullable() }),
};
const runSums = z.object(sums).meta({ id: 'RunSums' });
const runGroup = z.looseObject(sums).meta({
  id: 'RunGroup',
  description: 'Sums of runs, beside one text for each dimension of `by`.',
});

export const runsReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    by: z.array(z.string()),
    sentence: z.string(),
    metric: z
      .object({ name: z.string(), direction: z.enum(['max', 'min']), baseline: z.number().nullable() })
      .nullable(),
    rows: z.array(z.union([runRow, runGroup])).describe('Runs; with `by`, groups of them.'),
    offset: z.number(),
    nextOffset: z.number().nullable().describe('Where the next page begins; null on the last one.'),
    total: runSums,
    generated,
    warnings: z.array(warning),
  })
  .meta({
    id: 'RunsReport',
    description: 'Runs that were waiting or going on in the window. Each figure is of the whole run.',
  });

export const runReceipt = z
  .object({
    currency: z.string(),
    title: z.string(),
    run: runRow,
    lines: z.array(
      z.object({
        attempt: z.number(),
        gpuModel: z.string(),
        lifecycle: z.string(),
        priceSource: z.string(),
        priceReference: z.string().nullable(),
        deviceHours: z.number().nullable().describe('Hours of such a GPU while it was held.'),
        share: fraction.describe('The part of the device that was the run’s.'),
        gpuHours: hours,
        unitPrice: money.nullable().describe('Of a GPU-hour.'),
        amount: money.nullable(),
        gpuHoursByBucket: ledgerBuckets.hours,
        costByBucket: ledgerBuckets.cost.nullable(),
        shared: money,
        isEstimated: z.boolean(),
      }),
    ),
    attempts: z.array(
      z.object({
        attempt: z.number(),
        state,
        stateDetail: z.string().nullable(),
        queue: z.string().nullable(),
        queuedAt: maybeInstant,
        startedAt: maybeInstant,
        endedAt: maybeInstant,
        waitHours: maybeHours,
        workload: z.string().nullable(),
        gpuHours: maybeHours,
        ...runMoney,
        lastCheckpointAt: maybeInstant,
        lost: z.string().nullable().describe('What was lost and since when, in words.'),
        source: z.string(),
      }),
    ),
    charges: z.array(z.object({ description: z.string().nullable(), amount: money, source: z.string() })),
    sharedWith: z.array(z.string()).describe('Runs that name the same workloads.'),
    timeline: z.array(
      z.object({
        hour: instant,
        attempt: z.number(),
        gpuHours: hours,
        gpuHoursByBucket: ledgerBuckets.hours,
        cost: money.nullable(),
        activity: fraction,
        powerWatts: z.number().nullable(),
      }),
    ),
    generated,
  })
  .meta({
    id: 'RunReceipt',
    description: 'Quantity × price × share of each line; amounts, direct and shared add up to the run.',
  });

const range = z.object({ low: money, high: money }).nullable();

export const cadenceReport = z
  .object({
    currency: z.string(),
    model: z.string(),
    sentence: z.string(),
    inputs: z.object({
      costPerRun: money,
      costBasis: z.enum(['measured', 'stated']),
      runs: z.number(),
      modelsMade: z.number(),
      costSpread: money.nullable(),
      decayPerDay: z.number(),
      decayKind: z.enum(['linear', 'exponential', 'points']),
      decayBasis: z.enum(['measured', 'stated']),
      decayMeasurements: z.number(),
      valuePerPointDay: money,
    }),
    rows: z.array(
      z.object({
        cadence: z.enum(['daily', 'weekly', 'monthly', 'best']),
        days: z.number(),
        trainingPerMonth: money,
        lossPerMonth: money,
        totalPerMonth: money,
        moreThanBest: money,
        range,
      }),
    ),
    bestDays: z.number().nullable(),
    bestDaysRange: z.object({ low: z.number(), high: z.number() }).nullable(),
    notes: z.array(z.string()),
  })
  .meta({ id: 'CadenceReport', description: 'How often to retrain. Estimates, rounded to cents.' });
