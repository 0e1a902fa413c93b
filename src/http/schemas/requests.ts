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

export const chargeQuery = ledgerQuery.omit({ filter: true });

export const explainQuery = z.object({
  row: z.string().meta({
    description: 'HOUR/DEVICE/WORKLOAD/BUCKET',
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
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem, with the code and the remedy that the CLI prints.',
  });
