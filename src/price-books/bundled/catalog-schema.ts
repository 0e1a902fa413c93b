import { z } from 'zod';
import { parsePicos } from '../../domain/money/picos.ts';
import { parseInstant } from '../../domain/time/window.ts';

// One row of each kind of file in catalog/. A message goes on after the value: `"98,32" is no price; …`.

const day = z
  .string()
  .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseInstant(text) !== undefined, {
    message: 'is no day; write one that exists, such as 2025-06-01',
  });
const words = z.string().min(1, { message: 'is empty' });
const amount = z
  .string({ message: 'is not in quotes; write prices as text, such as "98.32"' })
  .refine(isPrice, {
    message: 'is no price; write digits and a point, above zero, up to twelve decimals, such as "98.32"',
  });
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { message: 'is no currency code; write three capitals, such as USD' });
const count = z.union([
  z.number().int().positive(),
  z
    .string()
    .regex(/^1\/\d{1,2}$/, { message: 'is no count; write a whole number, or a slice such as 1/8' })
    .transform((slice) => 1 / Number(slice.slice(2))),
]);

const profileSchema = z.strictObject({
  profile: z.string().regex(/^\d+g\.\d+gb$/, { message: 'is no MIG profile, such as 1g.10gb' }),
  slices: z.number().int().positive(),
  memoryGib: z.number().positive(),
  maxInstances: z.number().int().positive(),
});

export const gpuSchema = z.strictObject({
  model: words,
  vendor: z.enum(['NVIDIA', 'AMD', 'Intel']),
  memoryGib: z.number().positive(),
  powerWatts: z.number().positive(),
  denseTflops16: z.number().positive().nullable(),
  memoryBandwidthGBs: z.number().positive(),
  migSlices: z.number().int().positive().nullable(),
  migProfiles: z.array(profileSchema),
  aliases: z.array(words),
  source: words,
  checked: day,
});

export const instanceSchema = z.strictObject({
  provider: words,
  instanceType: words,
  gpuModel: words,
  gpuCount: count,
  vcpus: z.number().int().positive().nullable().default(null),
  memoryGib: z.number().positive().nullable().default(null),
  source: words,
  checked: day,
});

export const priceSchema = z.strictObject({
  provider: words,
  region: words,
  instanceType: words.nullable().default(null),
  gpuModel: words.nullable().default(null),
  lifecycle: z.enum(['on_demand', 'spot', 'committed']),
  term: z.enum(['1y', '3y']).nullable().default(null),
  unit: z.enum(['instance-hour', 'gpu-hour']),
  amount,
  currency,
  from: day,
  to: day.nullable().default(null),
  source: words,
  checked: day,
  confidence: z.enum(['published', 'approximate']),
});

export type GpuRow = z.infer<typeof gpuSchema>;
export type InstanceRow = z.infer<typeof instanceSchema>;
export type PriceRow = z.infer<typeof priceSchema>;

function isPrice(text: string): boolean {
  const parsed = parsePicos(text);
  return /^[\d.]+$/.test(text) && parsed !== undefined && !parsed.isRounded && parsed.picos > 0n;
}
