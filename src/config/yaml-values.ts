import { z } from 'zod';

/** Amounts are read as the file spells them and never pass through a float; `monthly: 1.10` and `monthly: "1.10"` are the same. */
export const decimalText = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'expected a decimal such as 1.08')
  .meta({ type: ['string', 'number'] });

export const duration = z.string().regex(/^\d+(s|m|h|d)$/, 'expected a duration such as 30s, 5m, 2h or 7d');

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration that the schema has let through. */
export function readDuration(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.at(-1)!]!;
}
