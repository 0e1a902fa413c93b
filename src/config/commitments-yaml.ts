import { z } from 'zod';
import type { DeclaredCommitment } from '../domain/commitments/held-commitment.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { parseInstant } from '../domain/time/window.ts';
import { PPM } from '../domain/units/gpu-time.ts';
import type { YamlPath } from './yaml-document.ts';
import { decimalText } from './yaml-values.ts';

const day = z
  .string()
  .refine((text) => parseInstant(text) !== undefined, 'expected a day such as 2026-10-01');

export const commitment = z
  .strictObject({
    id: z.string().min(1).describe('As the bill names it (CommitmentDiscountId), or a name of your own.'),
    name: z.string().min(1).optional().describe('What people call it; default: the end of the id.'),
    provider: z.string().min(1),
    region: z.string().min(1).optional().describe('Absent: every region.'),
    pool: z.string().min(1).optional().describe('Absent: every pool.'),
    gpuModel: z.string().min(1).optional().describe('In any spelling. Needed with gpus.'),
    gpus: z.int().positive().optional().describe('GPUs that are committed to; or perHour instead.'),
    perGpuHour: decimalText.optional().describe('Price of each of them, used or not.'),
    perHour: decimalText.optional().describe('Money that is committed to, an hour.'),
    rate: decimalText
      .optional()
      .describe('With perHour: price of what it covers ÷ price on demand, such as 0.63.'),
    from: day.describe('First day.'),
    to: day.optional().describe('Day it ends before. Absent: no end is known.'),
  })
  .describe('A commitment that is held: a reservation, a savings plan, a committed use discount.');

export type CommitmentConfig = z.infer<typeof commitment>;

type Mistake = Readonly<{ path: YamlPath; message: string; remedy: string }>;

/** What a commitment cannot say by the shape of its fields alone. */
export function checkCommitments(commitments: readonly CommitmentConfig[]): Mistake | undefined {
  const ids = new Set<string>();
  for (const [index, one] of commitments.entries()) {
    const path: YamlPath = ['commitments', index];
    const found = mistakeOf(one) ?? (ids.has(one.id.toLowerCase()) ? TWICE(one.id) : undefined);
    if (found) return { path, ...found };
    ids.add(one.id.toLowerCase());
  }
  return undefined;
}

const TWICE = (id: string) => ({
  message: `two commitments are called "${id}"`,
  remedy: 'write each once; one that was renewed has a name of its own',
});

function mistakeOf({
  id,
  gpuModel,
  gpus,
  perGpuHour,
  perHour,
  rate,
  from,
  to,
}: CommitmentConfig): Omit<Mistake, 'path'> | undefined {
  const isOfGpus = gpus !== undefined || perGpuHour !== undefined;
  if (isOfGpus === (perHour !== undefined))
    return {
      message: `commitment "${id}" says ${isOfGpus ? 'both how many GPUs and' : 'neither how many GPUs nor'} how much money it is for`,
      remedy: 'write gpus, gpuModel and perGpuHour, or perHour',
    };
  if (isOfGpus && (gpus === undefined || perGpuHour === undefined || gpuModel === undefined))
    return {
      message: `commitment "${id}" is for GPUs and does not say how many, which, and at what price`,
      remedy: 'write all of gpus, gpuModel and perGpuHour',
    };
  if (rate !== undefined && (isOfGpus || !(Number(rate) > 0 && Number(rate) <= 1)))
    return {
      message: `the rate of commitment "${id}" is ${isOfGpus ? 'of no use beside gpus' : `${rate}, and not above 0 and at most 1`}`,
      remedy: 'beside perHour, write what covered hours cost ÷ their price on demand, such as 0.63',
    };
  if (to !== undefined && parseInstant(to)! <= parseInstant(from)!)
    return { message: `commitment "${id}" ends before it begins`, remedy: 'write a to after from' };
  return undefined;
}

export function toCommitment(one: CommitmentConfig): DeclaredCommitment {
  const { id, name, provider, region, pool, gpuModel, gpus, perGpuHour, perHour, rate, from, to } = one;
  return {
    id,
    name: name ?? null,
    provider,
    region: region ?? null,
    pool: pool ?? null,
    gpuModel: gpuModel ?? null,
    terms:
      gpus === undefined
        ? {
            kind: 'spend',
            perHourPicos: parsePicos(perHour!)!.picos,
            ratePpm: rate === undefined ? null : BigInt(Math.round(Number(rate) * PPM)),
          }
        : { kind: 'resource', gpus, perGpuHourPicos: parsePicos(perGpuHour!)!.picos },
    fromMs: parseInstant(from)!,
    toMs: to === undefined ? null : parseInstant(to)!,
  };
}
