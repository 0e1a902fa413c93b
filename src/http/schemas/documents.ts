import { z } from 'zod';
import { DOCUMENT_FORMATS } from '../../reports/documents/document-formats.ts';
import { budgetRow } from './budgets.ts';
import { savingRange } from './levers.ts';
import { from, to } from './requests.ts';
import {
  coverage,
  coverageReport,
  figures,
  figuresBefore,
  fraction,
  generated,
  instant,
  ledgerFigures,
  money,
  reconciliation,
  warning,
} from './results.ts';
import { takenReport } from './verification.ts';

/** What `/documents/KIND` is asked and answers; a test holds the answers to `src/app/results/documents.ts`. */

export const documentQuery = z.object({
  format: z
    .enum(DOCUMENT_FORMATS)
    .optional()
    .meta({ description: 'What the document is made into; default: json.', example: 'pdf' }),
  from: from.meta({
    description:
      'ISO instant, 2026-10, 2026-10-14, month, or 7d, 24h, 4w back from now. Default: the last whole month that has data.',
    example: '2026-10',
  }),
  to,
  team: z.string().optional().meta({ description: 'Of a showback, which needs it.', example: 'search' }),
  by: z.string().optional().meta({
    description: 'What a chargeback statement is split by; default: team.',
    example: 'tag:cost-centre',
  }),
});

const head = {
  currency: z.string(),
  from: instant,
  to: instant,
  windowName: z.string(),
  asOf: instant.describe('Until when the window is known: the date of the document.'),
  isComplete: z.boolean(),
  generated,
  sentence: z.string(),
  coverage,
  reconciliation,
  warnings: z.array(warning),
};

const netFraction = fraction.describe('Productive ÷ gross; null without GPU time.');
const previous = z
  .object({
    ...figures,
    from: instant,
    to: instant,
    windowName: z.string(),
    netFraction,
    isComplete: z.boolean(),
    change: money.nullable().describe('null where the time before is not wholly known.'),
  })
  .nullable()
  .describe('The month before a month, as much time before anything else.');
const month = z.object({
  ...figures,
  month: z.string(),
  from: instant,
  to: instant,
  isComplete: z.boolean(),
  netFraction,
});
const forecast = z.object({
  month: z.string(),
  low: money,
  expected: money,
  high: money,
  days: z.number(),
});
const decision = z.object({
  id: z.string(),
  lever: z.string(),
  target: z.string(),
  owner: z.string(),
  action: z.string(),
  risk: z.enum(['low', 'medium', 'high']),
  needsQuality: z.boolean(),
  note: z.string().nullable(),
  saving: money.describe('By the month, in the plan.'),
  aloneSaving: savingRange,
});
const decisions = {
  days: z.number(),
  decisions: z.array(decision),
  others: z.object({ rows: z.number(), saving: money }).nullable(),
};

const board = {
  ...head,
  total: ledgerFigures,
  netFraction,
  previous,
  budget: budgetRow.nullable(),
  months: z.array(month),
  forecast: z.array(forecast),
  products: z.object({
    rows: z.array(
      z.object({
        endpoint: z.string(),
        serving: z.string().nullable(),
        requests: z.number(),
        unpricedRequests: z.number(),
        cost: money.nullable(),
        costPer1kRequests: money.nullable(),
        costPer1mTokens: money.nullable(),
        costPer1kBefore: money.nullable(),
        changeFraction: z.number().nullable(),
        marginPer1k: money.nullable(),
        isLosingMoney: z.boolean(),
      }),
    ),
    rest: z.object({ rows: z.number(), requests: z.number(), cost: money.nullable() }).nullable(),
    before: z.object({ from: instant, to: instant }).nullable(),
  }),
  plan: z.object({
    sentence: z.string(),
    bill: money,
    billAfter: money,
    saving: savingRange,
    ...decisions,
  }),
  savings: z.object({
    sentence: z.string(),
    changes: z.number(),
    compared: z.number(),
    promised: money.nullable(),
    realised: money.nullable(),
    drift: money.nullable(),
  }),
};

export const boardPage = z.object({ kind: z.literal('board'), ...board }).meta({ id: 'BoardPage' });

export const monthlyReview = z
  .object({
    kind: z.literal('review'),
    ...board,
    changes: z.object({
      previous: z.object({ ...figuresBefore, from: instant, to: instant }).nullable(),
      teams: z.array(z.object({ ...figuresBefore, team: z.string(), now: money })),
    }),
    taken: takenReport.shape.rows,
    health: z.object({
      freshness: coverageReport.shape.freshness,
      unpriced: coverageReport.shape.unpriced,
      serving: coverageReport.shape.serving,
      sources: z.array(
        z.object({
          kind: z.string(),
          datasets: z.number(),
          facts: z.number(),
          newest: instant.nullable(),
          rowsRejected: z.number(),
        }),
      ),
    }),
  })
  .meta({ id: 'MonthlyReview' });

const sharedRule = z.enum(['proportional', 'even', 'none']);

export const teamShowback = z
  .object({
    kind: z.literal('showback'),
    ...head,
    team: z.string(),
    total: ledgerFigures,
    netFraction,
    previous,
    platform: ledgerFigures,
    platformFraction: fraction.describe('Cost of the team ÷ cost of everybody.'),
    budget: budgetRow.nullable(),
    months: z.array(month),
    days: z.array(z.object({ ...figures, day: z.string() })).describe('Empty for long windows.'),
    workloads: z.array(z.object({ ...figures, workload: z.string() })),
    restOfWorkloads: z.object({ ...figures, rows: z.number() }).nullable(),
    shared: z.object({
      rule: sharedRule,
      amount: money,
      total: money,
      fraction,
      services: z.array(z.string()),
    }),
    plan: z.object({ saving: money, ...decisions }),
    forecast: z.array(forecast),
  })
  .meta({ id: 'TeamShowback' });

const chargebackFigures = {
  ...figures,
  pricedBy: coverage.shape.pricedBy.nullable().describe('Share of its GPU-hours by price source.'),
  costBy: z.object({ bill: money, contract: money, priceBook: money, ownership: money }),
};

export const chargebackStatement = z
  .object({
    kind: z.literal('chargeback'),
    ...head,
    number: z.string(),
    by: z.string(),
    rows: z.array(z.object({ ...chargebackFigures, owner: z.string(), isUnassigned: z.boolean() })),
    total: z.object(chargebackFigures),
    sharedRule,
    agreement: z.object({ bill: money, estimated: money, difference: money, total: money }),
  })
  .meta({ id: 'ChargebackStatement' });

export const reportDocument = z.discriminatedUnion('kind', [
  boardPage,
  teamShowback,
  chargebackStatement,
  monthlyReview,
]);
