import { z } from 'zod';
import { LIFECYCLES } from '../../domain/facts/facts.ts';

/** Schemas of what the API is asked. Dimensions, filters and windows are texts here and read as the CLI reads its flags. */

export const from = z.string().optional().meta({
  description:
    'ISO instant, 2026-10, 2026-10-14, month, or 7d, 24h, 4w back from now. Default: 30 days back.',
  example: '2026-10',
});
export const to = z.string().optional().meta({
  description: 'Exclusive end; default: the end of the month, day or year of `from`, or now.',
});

export const windowQuery = z.object({ from, to });

export const ledgerQuery = z.object({
  from,
  to,
  by: z
    .string()
    .optional()
    .meta({ description: 'Dimensions, comma separated; default: team.', example: 'team,gpuModel' }),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Rows to keep; the others are summed in `rest`.' }),
  filter: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: '`dimension=value`, repeatable.', example: 'team=search' }),
});

export const comparedLedgerQuery = ledgerQuery.extend({
  compare: z
    .literal('before')
    .optional()
    .meta({ description: 'Each group beside itself in the window of the same length before.' }),
});

export const limit = z
  .union([z.literal('all'), z.coerce.number().int().min(1).max(1_000)])
  .optional()
  .meta({ description: 'Rows of a page, or `all`; default: 100.' });
const number = z.coerce.number().optional();
const direction = z
  .enum(['max', 'min'])
  .optional()
  .meta({ description: 'Which way the metric is better; default: max.' });

export const runsQuery = z.object({
  from,
  to,
  by: z.string().optional().meta({
    description: 'Groups instead of runs: dimensions, comma separated.',
    example: 'team,state',
  }),
  filter: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: '`dimension=value`, repeatable.', example: 'state=failed' }),
  text: z
    .string()
    .optional()
    .meta({ description: 'Part of the name, the id or the experiment, in any case.', example: 'vision' }),
  sort: z.string().optional().meta({
    description: 'A column, with `-` or `+` in front for descending or ascending; default: cost.',
    example: '-startedAt',
  }),
  limit,
  offset: z.coerce.number().int().min(0).optional(),
  metric: z.string().optional().meta({ description: 'Judge runs by this metric.', example: 'accuracy' }),
  direction,
  baseline: number.meta({ description: 'From where points of quality count.' }),
});

export const cadenceQuery = z.object({
  from,
  to,
  filter: z.union([z.string(), z.array(z.string())]).optional(),
  model: z.string(),
  value: z.string().meta({ description: 'Worth of a point of quality on a day.', example: '100' }),
  cost: z.string().optional().meta({ description: 'Cost of a run, where it is not measured.' }),
  decay: number.meta({ description: 'Points lost a day.' }),
  decayLimit: number.meta({ description: 'The loss is never more than this.' }),
  decayPoints: z.string().optional().meta({ description: 'Measured losses.', example: '1=0.2,7=1.1' }),
  score: z.string().optional().meta({ description: 'Scores of the model over time, by name.' }),
  metric: z.string().optional().meta({ description: 'What a run reached, beside `metricBefore`.' }),
  metricBefore: z
    .string()
    .optional()
    .meta({ description: 'What the model that the run replaces still reached then.' }),
  direction,
  seed: z.coerce.number().int().min(0).optional(),
});

export const fleetQuery = ledgerQuery.extend({
  by: z.enum(['node', 'device']).optional().meta({ description: 'What a row is; default: node.' }),
});

export const chargeQuery = ledgerQuery.omit({ filter: true });

const list = z.union([z.string(), z.array(z.string())]).optional();

export const inferenceQuery = ledgerQuery.extend({
  by: z.string().optional().meta({
    description: 'Dimensions, comma separated; default: endpoint,model.',
    example: 'endpoint,promptVersion',
  }),
  filter: list.meta({ description: '`dimension=value`, repeatable.', example: 'endpoint=chat' }),
  basis: z.enum(['allocated', 'used']).optional().meta({ description: 'Default: allocated.' }),
  sloMs: z.coerce.number().positive().optional().meta({
    description: 'A request that takes longer is not good.',
    example: 2000,
  }),
  minQuality: list.meta({
    description: '`score=0.8` or `score<=0.1`, repeatable.',
    example: 'helpfulness=0.8',
  }),
  tokenWeight: z.string().optional().meta({
    description: 'input:output; default: measured times, or 1:2.5.',
    example: '1:5',
  }),
  apiPrice: z.string().optional().meta({
    description: 'input/output for a million tokens each, to compare with.',
    example: '3/15',
  }),
  against: list.meta({
    description:
      'PROVIDER/MODEL of an API to compare with by its published price, repeatable; `default` is a list of well-known ones.',
    example: 'openai/gpt-5-mini',
  }),
  throughput: list.meta({
    description:
      '`NAME=INPUT/OUTPUT@GPUSxMODEL`, tokens a second: a server that could answer paid calls; repeatable.',
    example: 'llama-70b=9500/1800@4xH100-SXM5-80GB',
  }),
  training: list.meta({
    description: '`NAME=COST/INFERENCES`, repeatable.',
    example: 'llama-8b=50000/100000000',
  }),
});

export const unitsQuery = inferenceQuery.omit({
  by: true,
  top: true,
  apiPrice: true,
  against: true,
  throughput: true,
});
export const endpointQuery = inferenceQuery.omit({ by: true, top: true, filter: true, basis: true });

export const explainQuery = z.object({
  row: z.string().meta({
    description: 'HOUR/DEVICE/WORKLOAD/BUCKET, or endpoint:NAME@WHEN, where WHEN is as `from` or FROM..TO.',
    example: '2026-10-14T09:00Z/gpu-7f3a/search-llm/idle',
  }),
});

export const priceQuery = z.object({
  words: z.string().optional().meta({
    description: 'Words that must all stand in the row, separated by blanks.',
    example: 'h100 spot',
  }),
  gpu: z.string().optional().meta({ description: 'A GPU as anyone spells it, or part of its name.' }),
  provider: z.string().optional(),
  region: z.string().optional(),
  lifecycle: z.enum(LIFECYCLES).optional(),
  at: z.string().optional().meta({ description: 'ISO instant; default: now.' }),
});

export const importBody = z
  .strictObject({
    kind: z.string().min(1),
    paths: z.array(z.string().min(1)).min(1).describe('On the machine of the server.'),
    map: z.record(z.string(), z.string()).default({}),
    set: z.record(z.string(), z.string()).default({}),
    fields: z.array(z.string()).nullable().default(null),
    isDryRun: z.boolean().default(false),
  })
  .meta({ id: 'ImportRequest' });

export const collectBody = z
  .strictObject({
    from: z.string().optional(),
    to: z.string().optional(),
    sources: z.array(z.string()).nullable().default(null),
  })
  .meta({ id: 'CollectRequest' });

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string().describe('Stable; see docs/reference/errors.md.'),
    remedy: z.string(),
    fields: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with each field of a form.'),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem, with the code and the remedy that the CLI prints.',
  });
