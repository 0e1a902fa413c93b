import { z } from 'zod';
import { figures, funnelStep, ledgerFigures } from './results.ts';

const bounds = { from: z.string(), to: z.string() };

export const fleetReport = z
  .object({
    currency: z.string(),
    ...bounds,
    sentence: z.string(),
    by: z.enum(['node', 'device']),
    columns: z.array(z.object(bounds)).describe('Hours, days or weeks, oldest first; ends are exclusive.'),
    rows: z.array(
      z.object({
        name: z.string(),
        pool: z.string(),
        gpuModel: z.string(),
        figures: ledgerFigures,
        cells: z
          .array(z.array(z.number()).nullable())
          .describe(
            'For each column GPU-hours unobserved, unallocated, idle, underused, lost, productive; null where nothing was paid for.',
          ),
      }),
    ),
    rest: z
      .object({ ...figures, rows: z.number() })
      .nullable()
      .describe('What `top` left out.'),
    pools: z.array(
      z.object({
        pool: z.string(),
        gpuModels: z.array(z.string()),
        rows: z.number(),
        figures: ledgerFigures,
        funnel: z.array(funnelStep),
      }),
    ),
    total: ledgerFigures,
  })
  .meta({ id: 'FleetReport' });
