import { z } from 'zod';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';
import { type EpochMs, parseInstant } from '../../domain/time/window.ts';
import type { Reject } from '../../ports/source.ts';

/**
 * Machines the user owns, as `tare.yaml` describes them. Amounts are for one machine; numbers may be written as numbers or as texts.
 * What is left out costs nothing, except power: without `powerWatts` the board power of the catalogue stands in.
 */
export type OwnershipEntry = Readonly<{
  match: Readonly<{ gpuModel: string | null; node: string | null; pool: string | null }>;
  gpus: number;
  capitalPicos: Picos;
  residualPicos: Picos;
  yearsPicos: Picos;
  powerWattsPicos: Picos | null;
  averageDrawPicos: Picos;
  puePicos: Picos;
  tariffPicos: Picos;
  colocationPerMonthPicos: Picos;
  otherPerMonthPicos: Picos;
  supportPerYearPicos: Picos;
  /** `null`: the currency of the ledger. */
  currency: string | null;
  /** The day it was put into service: its life begins here. */
  fromMs: EpochMs;
  fromDay: string;
  toMs: EpochMs | null;
}>;

export type OwnershipEntries = Readonly<{ entries: readonly OwnershipEntry[]; rejects: readonly Reject[] }>;

/** Checks the entries of `tare.yaml`; `where` names the list: `tare.yaml:prices.owned`. */
export function parseOwnershipEntries(raw: readonly unknown[], where: string): OwnershipEntries {
  const entries: OwnershipEntry[] = [];
  const rejects: Reject[] = [];
  raw.forEach((value, index) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) entries.push(toEntry(parsed.data));
    else rejects.push(...parsed.error.issues.map((issue) => toReject(issue, `${where}[${index}]`)));
  });
  return { entries, rejects };
}

const written = z.union([z.string(), z.number()]).transform(String);

/** A decimal, scaled like money, within bounds that are stated in `expected`. */
function decimal(expected: string, isFine: (value: Picos) => boolean) {
  return written.transform((text, context) => {
    const parsed = parsePicos(text);
    if (parsed && !parsed.isRounded && isFine(parsed.picos)) return parsed.picos;
    context.addIssue({ code: 'custom', message: `\`${text}\` is wrong here; expected ${expected}` });
    return z.NEVER;
  });
}

const amount = decimal('an amount of money of at least 0, such as 250000.00', (value) => value >= 0n);
const positive = decimal('a number above 0', (value) => value > 0n);
const share = decimal('a share from 0 to 1, such as 0.8', (value) => value >= 0n && value <= PICOS_PER_UNIT);
const pue = decimal('a number of at least 1, such as 1.3', (value) => value >= PICOS_PER_UNIT);
const instant = z.string().refine((text) => parseInstant(text) !== undefined, {
  message: 'expected a day such as 2026-01-01',
});

const schema = z
  .strictObject({
    match: z
      .strictObject({
        gpuModel: z.string().min(1).optional(),
        node: z.string().min(1).optional(),
        pool: z.string().min(1).optional(),
      })
      .default({}),
    gpus: z.int().positive(),
    capital: amount,
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'expected three capitals such as USD')
      .optional(),
    years: positive,
    residual: amount.default(0n),
    powerWatts: positive.optional(),
    utilisationOfPower: share.default(PICOS_PER_UNIT),
    pue: pue.default(PICOS_PER_UNIT),
    tariff: amount,
    colocation: amount.default(0n),
    other: amount.default(0n),
    support: amount.default(0n),
    from: instant,
    to: instant.optional(),
  })
  .refine(({ residual, capital }) => residual <= PICOS_PER_UNIT || residual <= capital, {
    path: ['residual'],
    message: 'is more than the capital; expected an amount up to it, or a share of it up to 1',
  })
  .refine(({ from, to }) => to === undefined || parseInstant(to)! > parseInstant(from)!, {
    path: ['to'],
    message: 'ends before it begins; expected a day after `from`',
  });

type ParsedEntry = z.infer<typeof schema>;

function toEntry(entry: ParsedEntry): OwnershipEntry {
  return {
    match: {
      gpuModel: entry.match.gpuModel ?? null,
      node: entry.match.node ?? null,
      pool: entry.match.pool ?? null,
    },
    gpus: entry.gpus,
    capitalPicos: entry.capital,
    residualPicos: residualAmount(entry),
    yearsPicos: entry.years,
    powerWattsPicos: entry.powerWatts ?? null,
    averageDrawPicos: entry.utilisationOfPower,
    puePicos: entry.pue,
    tariffPicos: entry.tariff,
    colocationPerMonthPicos: entry.colocation,
    otherPerMonthPicos: entry.other,
    supportPerYearPicos: entry.support,
    currency: entry.currency ?? null,
    fromMs: parseInstant(entry.from)!,
    fromDay: entry.from.slice(0, 10),
    toMs: entry.to === undefined ? null : parseInstant(entry.to)!,
  };
}

/** Up to 1 it is a share of the capital, above an amount: no machine ends its life at one dollar or less without being worth nothing. */
function residualAmount({ residual, capital }: ParsedEntry): Picos {
  return residual <= PICOS_PER_UNIT ? divideHalfEven(capital * residual, PICOS_PER_UNIT) : residual;
}

function toReject(issue: z.core.$ZodIssue, where: string): Reject {
  const field = issue.path.join('.');
  const message =
    issue.code === 'unrecognized_keys'
      ? `unknown field ${issue.keys.join(', ')}; remove it or correct it`
      : issue.message;
  return { where: field === '' ? where : `${where}.${field}`, code: 'bad-owned-machine', message };
}
