import { z } from 'zod';
import { instant, money } from './results.ts';

const percent = z.number().nullable();
const use = {
  boughtCost: money.describe('Used and unused, to the last digit.'),
  usedCost: money.nullable().describe('null where nobody says what was used.'),
  unusedCost: money.nullable(),
  utilisationPercent: percent.describe('Used ÷ bought.'),
};
const coverage = {
  eligibleGpuHours: z.number().describe('Bought on demand or under a commitment.'),
  committedGpuHours: z.number(),
  coveragePercent: percent,
};
const span = z.object({
  day: z.string().describe('A day, or a month such as 2026-10.'),
  ...use,
  ...coverage,
});

const heldFigures = z
  .object({
    ...use,
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    region: z.string().nullable(),
    pool: z.string().nullable(),
    source: z.enum(['bill', 'declared', 'both']),
    kind: z
      .enum(['resource', 'spend'])
      .nullable()
      .describe('To so much of something, or to so much money; null where nobody says.'),
    type: z.string().nullable(),
    gpuModels: z.array(z.string()),
    gpus: z.number().nullable(),
    boughtGpuHours: z.number().nullable(),
    usedGpuHours: z.number(),
    quantity: z.object({ used: money, unused: money, unit: z.string() }).nullable(),
    start: instant.nullable(),
    end: instant.nullable().describe('null: nobody says when it ends.'),
    daysLeft: z.number().nullable(),
    state: z.enum(['ahead', 'running', 'ends_soon', 'ended', 'no_end_known']),
    unusedPerMonth: money.nullable(),
  })
  .meta({ id: 'HeldCommitment' });

export const commitmentReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    sentence: z.string(),
    rows: z.array(heldFigures),
    total: z.object({ ...use, ...coverage }),
    coverage: z.array(z.object({ provider: z.string(), gpuModel: z.string(), ...coverage })),
    days: z.array(span),
    months: z.array(span),
  })
  .meta({ id: 'CommitmentReport' });
