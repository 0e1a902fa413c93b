import { z } from 'zod';
import { LIFECYCLES, WORKLOAD_KINDS } from '../domain/facts/facts.ts';
import { type BUDGET_PERIODS, UNITS } from '../domain/governance/budgets/budget.ts';
import { decimalText, duration } from './yaml-values.ts';

/** The shapes of `budgets`, `policies` and `check` in `tare.yaml`. */

const tags = z.record(z.string(), z.string().min(1)).optional();
const amount = (period: string) => decimalText.optional().describe(`What may be spent ${period}.`);

export const budget = z
  .strictObject({
    name: z.string().min(1),
    team: z.string().min(1).optional(),
    model: z.string().min(1).optional(),
    environment: z.string().min(1).optional(),
    tags: tags.describe('Own owner dimensions and the value that each must have.'),
    daily: amount('in a day, in UTC'),
    weekly: amount('from Monday to Sunday'),
    monthly: amount('in a calendar month'),
    quarterly: amount('in a quarter of the calendar'),
    yearly: amount('in a calendar year'),
    warn: z.number().min(0).max(1).optional().describe('Share of the budget at which to warn; default 0.8.'),
    of: z
      .enum(['total', 'tare', 'unit-cost'])
      .optional()
      .describe(
        'What counts: total (default); tare: the GPU cost that did no useful work; unit-cost: what an endpoint costs per unit, on average over the period.',
      ),
    endpoint: z.string().min(1).optional().describe('Of unit-cost: the endpoint.'),
    per: z.enum(UNITS).optional().describe('Of unit-cost: what the amount is for; default 1k-inferences.'),
    soft: z.boolean().optional().describe('true: shown, and tare check warns instead of refusing.'),
  } satisfies Record<(typeof BUDGET_PERIODS)[number], z.ZodType> & Record<string, z.ZodType>)
  .describe('One of daily, weekly, monthly, quarterly and yearly. Without an owner it is for everything.');

const names = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .optional()
  .meta({ description: 'One or several; absent: any.' });

const common = {
  name: z.string().min(1).optional().describe('As messages call it; default: the rule.'),
  team: names,
  model: names,
  environment: names,
  tags: z.record(z.string(), z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).optional(),
  kind: z
    .union([z.enum(WORKLOAD_KINDS), z.array(z.enum(WORKLOAD_KINDS)).min(1)])
    .optional()
    .describe('Only launches of this kind.'),
  severity: z.enum(['error', 'warning']).optional().describe('A warning stops nothing; default error.'),
  message: z.string().min(1).optional().describe('Instead of the message of the rule.'),
  fix: z.string().min(1).optional().describe('What to do, instead of the advice of the rule.'),
};

const texts = z.array(z.string().min(1)).min(1);

export const policy = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z.literal('allowed-gpu'),
    ...common,
    models: texts.describe('As anyone spells them; A100 allows every kind of it.'),
  }),
  z.strictObject({
    rule: z.literal('max-gpus'),
    ...common,
    gpus: z.number().positive().optional().describe('Of a launch, with all of its copies.'),
    perNode: z.number().positive().optional().describe('Of one node or pod.'),
  }),
  z.strictObject({
    rule: z.literal('allowed-lifecycle'),
    ...common,
    lifecycles: z.array(z.enum(LIFECYCLES)).min(1),
  }),
  z.strictObject({ rule: z.literal('allowed-region'), ...common, regions: texts.describe('May hold *.') }),
  z.strictObject({ rule: z.literal('require-spot'), ...common }),
  z.strictObject({ rule: z.literal('forbid-spot'), ...common }),
  z.strictObject({ rule: z.literal('require-autoscaling'), ...common }),
  z.strictObject({ rule: z.literal('require-scale-to-zero'), ...common }),
  z.strictObject({
    rule: z.literal('max-idle'),
    ...common,
    for: duration.describe('The longest that it may be idle before something stops it.'),
  }),
  z.strictObject({
    rule: z.literal('max-hours'),
    ...common,
    for: duration.describe('The longest time limit that a run may have.'),
  }),
  z.strictObject({
    rule: z.literal('required-tags'),
    ...common,
    required: texts.describe('Labels, tags or owner dimensions that must be there.'),
  }),
  z.strictObject({
    rule: z.literal('oversized-gpu'),
    ...common,
    headroom: z
      .number()
      .min(0)
      .max(10)
      .optional()
      .describe('Memory on top of the weights, as a share of them; default 0.3.'),
  }),
  z.strictObject({
    rule: z.literal('max-cost'),
    ...common,
    perRun: decimalText.optional(),
    perHour: decimalText.optional(),
    perMonth: decimalText.optional().describe('Of what runs until it is stopped, with the most copies.'),
  }),
  z.strictObject({
    rule: z.literal('expression'),
    ...common,
    deny: z.string().min(1).describe('A launch of which this is true is a violation.'),
  }),
]);

export const check = z
  .strictObject({
    assume: z
      .strictObject({
        provider: z.string().min(1).optional(),
        region: z.string().min(1).optional(),
        lifecycle: z.enum(LIFECYCLES).optional(),
        gpuModel: z.string().min(1).optional(),
        instanceType: z.string().min(1).optional(),
      })
      .optional()
      .describe('What is taken for granted where a manifest does not say it, to price the launch.'),
  })
  .describe('Of tare check.');

export type BudgetYaml = z.infer<typeof budget>;
export type PolicyYaml = z.infer<typeof policy>;
