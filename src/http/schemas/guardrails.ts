import { z } from 'zod';
import { MEASURES } from '../../app/anomalies/report-anomalies.ts';
import { VERDICTS } from '../../domain/governance/anomalies/judgement.ts';
import { BUDGET_PERIODS } from '../../domain/governance/budgets/budget.ts';
import { money } from './results.ts';

/** What `/anomalies`, `/forecast` and `/alerts` are asked and answer; a test holds the answers to `src/app/results`. */

const instant = z.string().describe('ISO 8601 instant, UTC.');
const warnings = z.array(z.object({ code: z.string(), message: z.string(), count: z.number() }));

export const anomalyQuery = z.object({
  from: z.string().optional().meta({ example: '2026-10' }),
  to: z.string().optional(),
  by: z
    .string()
    .optional()
    .meta({ description: 'Owner dimensions, and endpoint; default: team.', example: 'team,model' }),
  measures: z
    .string()
    .optional()
    .meta({ description: 'Of cost, tare and unitCost; default: all.', example: 'cost' }),
});

const cause = z.enum(['price', 'volume', 'mix', 'utilisation', 'newResource', 'charges']);

const precision = z.object({
  judged: z.number(),
  acknowledged: z.number(),
  expected: z.number(),
  falseAlarms: z.number(),
  precision: z.number().nullable().describe('Share of the judged that were no false alarms.'),
});

const anomalyRow = z
  .object({
    id: z.string(),
    measure: z.enum(MEASURES as ['cost', 'tare', 'unitCost']),
    dimension: z.string(),
    owner: z.string(),
    from: instant,
    to: instant,
    isOngoing: z.boolean(),
    isNewLevel: z.boolean(),
    actual: money,
    expected: money,
    excess: money.describe('The sum of the causes, to the last digit.'),
    excessFraction: z.number().nullable(),
    cause,
    causes: z.record(cause, money),
    resources: z.array(z.object({ resource: z.string(), excess: money })),
    within: z.string().nullable().describe('The anomaly of the cost of the same owner that it is a part of.'),
    verdict: z.enum(VERDICTS).nullable(),
    note: z.string().nullable(),
    judgedBy: z.string().nullable(),
    message: z.string(),
  })
  .meta({ id: 'AnomalyRow' });

export const anomalyReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    dataUntil: instant.nullable(),
    by: z.array(z.string()),
    rows: z.array(anomalyRow),
    series: z.object({ judged: z.number(), tooShort: z.array(z.string()) }),
    precision,
    warnings,
  })
  .meta({ id: 'AnomalyReport' });

export const judgementBody = z.object({
  id: z.string().meta({ example: 'cost/team/search@2026-10-14T09' }),
  verdict: z.enum(VERDICTS),
  note: z.string().nullable().default(null),
  by: z.string().nullable().default(null),
});

export const judgement = z
  .object({
    measure: z.enum(MEASURES as ['cost', 'tare', 'unitCost']),
    dimension: z.string(),
    owner: z.string(),
    fromMs: z.number(),
    toMs: z.number(),
    verdict: z.enum(VERDICTS),
    note: z.string().nullable(),
    by: z.string().nullable(),
    atMs: z.number(),
  })
  .meta({ id: 'AnomalyJudgement' });

export const forecastQuery = z.object({
  by: z
    .string()
    .optional()
    .meta({ description: 'One dimension; none: everything together.', example: 'team' }),
  period: z.enum(BUDGET_PERIODS).optional().meta({ description: 'Default: monthly.' }),
  at: z.string().optional().meta({ description: 'Instant; default: now.' }),
});

const range = z.object({ low: money, expected: money, high: money, days: z.number() });
const past = z.object({
  forecasts: z.number(),
  within: z.number().nullable().describe('Share of the outcomes that lay within the range; it says 0.8.'),
  medianError: z.number().nullable(),
  widenedBy: z.number(),
});

const forecastRow = z
  .object({
    owner: z.string().nullable(),
    spent: money,
    forecast: range.nullable().describe('At the end of the period; the bounds hold 80 % of the outcomes.'),
    next: range.extend({ from: instant, to: instant }).nullable(),
    growthPerMonth: z.number(),
    past,
  })
  .meta({ id: 'ForecastRow' });

export const forecastReport = z
  .object({
    currency: z.string(),
    at: instant,
    dataUntil: instant.nullable(),
    by: z.string().nullable(),
    period: z.enum(BUDGET_PERIODS),
    from: instant,
    to: instant,
    rows: z.array(forecastRow),
    total: forecastRow.nullable(),
    past,
    warnings,
  })
  .meta({ id: 'ForecastReport' });

const told = z.object({
  recipient: z.string(),
  event: z.string(),
  state: z.enum(['planned', 'waiting', 'sending', 'sent', 'uncertain', 'givenUp']),
  reason: z.string().nullable(),
});

export const alertReport = z
  .object({
    at: instant,
    rows: z.array(
      z
        .object({
          id: z.string(),
          kind: z.string(),
          severity: z.enum(['critical', 'warning', 'info']),
          owner: z.record(z.string(), z.string()),
          title: z.string(),
          text: z.string(),
          startedAt: instant,
          endedAt: instant.nullable(),
          isNew: z.boolean(),
          told: z.array(told),
        })
        .meta({ id: 'AlertRow' }),
    ),
    recipients: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        severities: z.array(z.string()),
        wantsDigest: z.boolean(),
        waiting: z.number(),
        lastFailure: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'AlertReport' });

export const sendAlertsBody = z.object({
  test: z.boolean().default(false),
  recipient: z.string().nullable().default(null),
});

export const alertSending = z
  .object({
    begun: z.number(),
    ended: z.number(),
    messages: z.number(),
    failures: z.array(z.object({ recipient: z.string(), reason: z.string() })),
  })
  .meta({ id: 'AlertSending' });
