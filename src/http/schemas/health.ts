import { z } from 'zod';
import { coverageReport, fraction, hours, instant, money, warning } from './results.ts';

const { coverage, reconciliation, byDay, unpriced, freshness, serving } = coverageReport.shape;

const problem = z.object({
  id: z.string().describe('Stays the same while the problem does.'),
  status: z.enum(['failing', 'look']).describe('failing: figures are wrong. look: something is missing.'),
  title: z.string(),
  remedy: z.string(),
  command: z.string().nullable().describe('Does it, or shows what to do it with.'),
});

const calendarRow = z.object({
  name: z.string(),
  measure: z.enum(['cost', 'gpuHours', 'time']),
  fractions: z.array(fraction).describe('One for each day.'),
});

const source = z.object({
  kind: z.string(),
  datasets: z.number(),
  facts: z.number(),
  rowsRead: z.number(),
  rowsRejected: z.number(),
  newest: instant.nullable(),
  importedAt: instant,
  lagSeconds: z.number().nullable(),
  intervalSeconds: z
    .number()
    .nullable()
    .describe('Between one dataset and the next; null with fewer than three.'),
  state: z.enum(['current', 'late', 'unknown']).describe('late: silent for more than twice its interval.'),
});

const rejectGroup = z.object({
  kind: z.string(),
  file: z.string(),
  line: z.number().nullable().describe('The first of these rows.'),
  column: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  count: z.number(),
  command: z.string(),
});

const importRecord = z.object({
  dataset: z.string(),
  kind: z.string(),
  importedAt: instant,
  facts: z.number(),
  rowsRead: z.number(),
  rowsRejected: z.number(),
  warnings: z.number(),
  from: instant.nullable(),
  to: instant.nullable(),
});

export const healthReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    sentence: z.string(),
    problems: z.array(problem),
    reconciliation: reconciliation.extend({
      estimatedBefore: money.describe('What the GPU time that is billed now was estimated at.'),
      billedOfEstimated: money,
      trueUpFraction: fraction,
    }),
    byDay,
    services: z.array(
      z.object({
        service: z.string().nullable().describe('null: what nobody owns, spread by the ledger.'),
        use: z.enum(['gpu', 'direct', 'shared']),
        bill: money,
        ledger: money,
        difference: money,
      }),
    ),
    coverage,
    billExplained: fraction.describe('Share of the cost that a bill explains.'),
    pricedBy: z.array(
      z.object({
        source: z.enum(['bill', 'contract', 'priceBook', 'ownership']),
        cost: money,
        fraction,
      }),
    ),
    calendar: z.object({ days: z.array(z.string()), rows: z.array(calendarRow) }),
    freshness,
    sources: z.array(source),
    rejects: z.array(rejectGroup),
    rejectsNotListed: z.number(),
    unpriced: z.array(
      unpriced.element.extend({
        costAtRisk: money
          .nullable()
          .describe('At the middle of the listed prices; null where none is listed.'),
        command: z.string(),
      }),
    ),
    imports: z.array(importRecord).describe('Newest first.'),
    importsNotListed: z.number(),
    contradictory: z.array(
      z.object({
        device: z.string(),
        node: z.string(),
        pool: z.string(),
        gpuModel: z.string(),
        contradictoryGpuHours: hours,
        gpuHours: hours,
        command: z.string(),
      }),
    ),
    serving,
    warnings: z.array(warning),
  })
  .meta({ id: 'HealthReport' });
