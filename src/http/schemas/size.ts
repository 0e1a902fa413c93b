import { z } from 'zod';
import { LIFECYCLES } from '../../domain/facts/facts.ts';
import { money } from './results.ts';

/** What `/size` is asked and answers; a test holds the answer to `src/app/results/size.ts`. */

const fraction = z.coerce.number().min(0).max(1);
const price = z
  .string()
  .regex(/^(\d+\.?\d*|\.\d+)$/, 'expected an amount such as 2.50')
  .optional()
  .meta({ description: 'Of a GPU-hour; default: the middle of the list prices.', example: '2.50' });

const question = {
  gpus: z.coerce.number().int().min(1).meta({ example: 8 }),
  gpuModel: z.string().min(1).optional().meta({ description: 'As anyone spells it.', example: 'H100' }),
  utilization: fraction.meta({ description: 'Share of the time that they work.', example: 0.41 }),
  hoursPerMonth: z.coerce.number().positive().default(730),
  price,
  lifecycle: z.enum(LIFECYCLES).default('on_demand'),
  provider: z.string().optional(),
  region: z.string().optional(),
  targetUtilization: z.coerce
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe('What a smaller fleet could be run at.'),
  currency: z.string().default('USD'),
};

export const sizeQuery = z.object(question);
export const sizeBody = z.strictObject(question).meta({ id: 'SizeRequest' });

export const sizeReport = z
  .object({
    gpus: z.number(),
    gpuModel: z.string().nullable(),
    lifecycle: z.string(),
    utilization: z.number(),
    hoursPerMonth: z.number(),
    currency: z.string(),
    price: z.object({
      perGpuHour: money,
      kind: z.enum(['stated', 'listed']),
      listed: z
        .object({
          provider: z.string(),
          region: z.string(),
          instanceType: z.string().nullable(),
          source: z.string(),
          from: z.string(),
          checked: z.string(),
          lowest: money,
          highest: money,
          prices: z.number(),
        })
        .nullable()
        .describe('The middle one of the list prices that fit; null when the price was stated.'),
    }),
    hourlyCost: money,
    monthlyCost: money,
    monthlyUsefulCost: money,
    monthlyIdleCost: money,
    idlePercent: z.number(),
    costPerUsefulGpuHour: money.nullable(),
    levers: z
      .array(
        z.object({
          lever: z.enum(['fewer-gpus', 'scale-to-zero', 'commit-1y', 'commit-3y', 'spot']),
          gpus: z.number(),
          perGpuHour: money,
          monthlyCost: money,
          monthlySaving: money,
          assumption: z.string(),
        }),
      )
      .describe('Each alone; they do not add up.'),
  })
  .meta({ id: 'SizeReport' });
