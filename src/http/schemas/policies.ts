import { z } from 'zod';
import { instant, money } from './results.ts';

/** What the routes of policies are asked and answer; a test holds the answers to `src/app/results/policies.ts`. */

const text = z
  .string()
  .max(200_000)
  .describe('A list of policies in YAML, or a file that holds one under policies.');

export const readPoliciesBody = z.object({ text });

export const previewBody = z.object({
  text: text.nullable().optional().describe('null: the policies in force.'),
  from: z
    .string()
    .nullable()
    .optional()
    .describe('As everywhere; without it the last 30 days of the ledger.'),
  to: z.string().nullable().optional(),
  top: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .nullable()
    .optional()
    .describe('Launches in a list; default: 100.'),
});

const severity = z.enum(['error', 'warning']);
const word = z.object({ name: z.string(), meaning: z.string() });

const mistake = z
  .object({ line: z.number(), column: z.number(), message: z.string(), remedy: z.string() })
  .meta({ id: 'PolicyMistake' });

const entry = z
  .object({ name: z.string(), rule: z.string(), severity, line: z.number(), text: z.string() })
  .meta({ id: 'PolicyEntry' });

export const policiesReport = z
  .object({
    path: z.string().nullable(),
    text: z.string(),
    policies: z.array(entry),
    rules: z.array(
      z.object({ rule: z.string(), asks: z.string(), parameters: z.array(word), example: z.string() }),
    ),
    common: z.array(word),
    names: z.array(word),
    functions: z.array(word),
    dimensions: z.array(z.string()),
  })
  .meta({ id: 'PoliciesReport' });

export const policyReadingReport = z
  .object({
    policies: z.array(entry),
    mistakes: z.array(mistake),
    changes: z.array(
      z.object({
        change: z.enum(['added', 'removed', 'changed']),
        name: z.string(),
        rule: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'PolicyReadingReport' });

const figures = {
  launches: z.number(),
  gpuHours: z.number(),
  cost: money.describe('Of time that has a price.'),
  idleCost: money,
  unpricedGpuHours: z.number(),
};

const stoppedLaunch = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.string().nullable(),
    team: z.string().nullable(),
    environment: z.string().nullable(),
    receipt: z.object({ kind: z.enum(['run', 'endpoint', 'workload']), name: z.string() }),
    size: z.string(),
    lifecycles: z.array(z.string()),
    from: instant,
    to: instant.nullable().describe('null: it goes on.'),
    message: z.string(),
    fix: z.string(),
    gpuHours: z.number(),
    cost: money.nullable().describe('null: some of it has no price.'),
    idleCost: money.nullable(),
  })
  .meta({ id: 'StoppedLaunch' });

export const policyPreview = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    dataUntil: instant.nullable(),
    mistakes: z.array(mistake),
    launches: z.number(),
    rows: z.array(
      z
        .object({
          ...figures,
          policy: z.string(),
          rule: z.string(),
          severity,
          line: z.number(),
          outside: z.number(),
          judged: z.number(),
          kept: z.number(),
          stopped: z.number(),
          warned: z.number(),
          notJudged: z.number(),
          reasons: z.array(z.object({ why: z.string(), launches: z.number() })),
          byTeam: z.array(z.object({ team: z.string(), ...figures })),
          rows: z.array(stoppedLaunch),
          more: z.number(),
        })
        .meta({ id: 'PolicyPreviewRow' }),
    ),
    stopped: z.object(figures),
  })
  .meta({ id: 'PolicyPreview' });
