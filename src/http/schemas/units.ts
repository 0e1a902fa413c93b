import { z } from 'zod';
import { apiSpend, endpointFigures, inferenceFigures } from './inference.ts';
import { generated, instant, ledgerBuckets, money } from './results.ts';

/** Schemas of what serving cost over time and of an endpoint's receipt, in the shapes of src/app/results/units.ts. */

const measured = z.union([z.number(), money]).nullable();

const change = z
  .object({
    before: money,
    now: money,
    amount: money.describe('now − before, per 1,000 requests; the drivers add up to it.'),
    drivers: z.array(
      z.object({
        driver: z.string(),
        amount: money,
        meaning: z.string(),
        evidence: z
          .object({
            measure: z.string(),
            unit: z.enum(['money', 'fraction', 'number']),
            before: measured,
            now: measured,
          })
          .nullable(),
      }),
    ),
  })
  .nullable();

export const unitsReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    basis: z.enum(['allocated', 'used']),
    sentence: z.string(),
    comparison: z.string().nullable().describe('With the same time before.'),
    total: z.object(inferenceFigures),
    previous: z.object({ ...inferenceFigures, from: instant, to: instant }).nullable(),
    change: change.describe('From as much time before to this window.'),
    step: z.enum(['day', 'hour']),
    points: z.array(
      z.object({
        ...inferenceFigures,
        at: z.string(),
        drivers: z.record(z.string(), money).nullable().describe('Less the time before, by driver.'),
      }),
    ),
    generated,
  })
  .meta({ id: 'UnitsReport' });

export const endpointReceipt = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    endpoint: z.string(),
    serving: z.enum(['self_hosted', 'api']),
    row: z.string(),
    title: z.string(),
    lines: z.array(z.object({ figure: z.string(), what: z.string(), source: z.string() })),
    figures: z.object(inferenceFigures),
    devices: z.array(
      z.object({
        gpuModel: z.string(),
        lifecycle: z.string(),
        priceSource: z.string(),
        gpuHours: z.number(),
        perGpuHour: money.nullable(),
        amount: money.nullable(),
      }),
    ),
    direct: money,
    shared: money,
    gpuHoursByBucket: ledgerBuckets.hours.nullable(),
    costByBucket: ledgerBuckets.cost.nullable(),
    parts: z.array(
      z.object({
        by: z.string(),
        rows: z.array(z.looseObject({ ...inferenceFigures, value: z.string() })),
      }),
    ),
    size: endpointFigures.nullable(),
    apiSpend: z.array(apiSpend),
    generated,
  })
  .meta({ id: 'EndpointReceipt' });
