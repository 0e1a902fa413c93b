import { z } from 'zod';
import { BUDGET_PERIODS, UNITS } from '../../domain/governance/budgets/budget.ts';
import { money } from './results.ts';

/** What `/budgets` is asked and answers; a test holds the answer to `src/app/results/budgets.ts`. */

export const budgetQuery = z.object({
  at: z
    .string()
    .optional()
    .meta({ description: 'Instant that the periods lie around; default: now.', example: '2026-10-14' }),
});

const instant = z.string().describe('ISO 8601 instant, UTC.');
const rate = z.number().nullable().describe('1 spends the limit by the end of the period.');

export const budgetRow = z
  .object({
    name: z.string(),
    scope: z.record(z.string(), z.string()).describe('Owner dimension and value; empty for everything.'),
    period: z.enum(BUDGET_PERIODS),
    of: z.enum(['total', 'tare', 'unit-cost']),
    per: z.enum(UNITS).nullable().describe('What limit and spent are for, where they are no sums.'),
    isSoft: z.boolean(),
    from: instant,
    to: instant,
    limit: money,
    spent: money.nullable().describe('null: the ledger holds nothing of the period.'),
    usedFraction: z.number().nullable(),
    left: money.nullable(),
    warn: z.number(),
    forecast: z
      .object({ low: money, expected: money, high: money, days: z.number() })
      .nullable()
      .describe('At the end of the period; the bounds hold 80 % of the outcomes.'),
    state: z.enum(['over', 'heading_over', 'warn', 'fine', 'unknown']),
    within: z.array(z.string()).describe('Budgets that it lies within, widest first.'),
    binds: z.string().nullable().describe('Of itself and those, the one that stops spending first.'),
    burn: z.array(
      z.object({
        name: z.enum(['fast', 'slow']),
        long: rate,
        short: rate,
        threshold: z.number(),
        isBurning: z.boolean(),
      }),
    ),
    unpricedGpuHours: z.number(),
  })
  .meta({ id: 'BudgetRow' });

export const budgetReport = z
  .object({
    currency: z.string(),
    at: instant,
    dataUntil: instant.nullable(),
    rows: z.array(budgetRow),
    warnings: z.array(z.object({ code: z.string(), message: z.string(), count: z.number() })),
  })
  .meta({ id: 'BudgetReport' });
