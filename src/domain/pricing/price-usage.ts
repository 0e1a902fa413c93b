import { divideHalfEven } from '../money/divide-half-even.ts';
import { PICOS_PER_UNIT, type Picos, parsePicos } from '../money/picos.ts';
import type { CallUsage } from './call-price.ts';
import {
  COMMON_PER,
  contains,
  type Direction,
  directionOf,
  type UsageUnit,
  unitOfPrice,
  unitOfUsage,
} from './usage-units.ts';

/** Price key (`input_mtok`, `cache_read_mtok`, `web_searches_kcount`) → price of its unit. */
export type UsageRates = Readonly<Record<string, UsageRate>>;

export type UsageRate = Readonly<{
  picos: Picos;
  /** Above so many input tokens, all of them cost this: a cliff, not a ramp. Lowest first. */
  tiers: readonly Readonly<{ above: number; picos: Picos }>[];
}>;

export type UsageCost =
  | Readonly<{ kind: 'cost'; picos: Readonly<Record<Direction, Picos>> }>
  | Readonly<{ kind: 'inconsistent'; message: string }>;

/**
 * Prices what a call used. Every unit used lands in exactly one price: that of the narrowest priced unit it belongs to, so
 * `leaf(U) = usage(U) − Σ leaf(priced units within U)`. A leaf below zero (more cached tokens than tokens) is inconsistent, and neither
 * clamped nor priced.
 *
 * Exact to the pico; each direction is rounded once, half to even.
 */
export function priceUsage(rates: UsageRates, usage: CallUsage): UsageCost {
  const priced = Object.entries(rates).flatMap(([key, rate]) => {
    const unit = unitOfPrice(key);
    return unit ? [{ unit, rate }] : [];
  });
  const units = priced.map(({ unit }) => unit);
  const leaves = leavesOf(units, { requests: 1, ...usage });
  if ('message' in leaves) return { kind: 'inconsistent', message: leaves.message };

  const sums: Record<Direction, bigint> = { input: 0n, output: 0n, other: 0n };
  for (const { unit, rate } of priced) {
    const perUnit = rateAt(rate, usage['input_tokens'] ?? 0);
    sums[directionOf(unit)] += perUnit * leaves.get(unit.usageKey)! * (COMMON_PER / unit.per);
  }
  const round = (sum: bigint) => divideHalfEven(sum, COMMON_PER * PICOS_PER_UNIT);
  return {
    kind: 'cost',
    picos: { input: round(sums.input), output: round(sums.output), other: round(sums.other) },
  };
}

function rateAt({ picos, tiers }: UsageRate, inputTokens: number): Picos {
  return tiers.findLast(({ above }) => inputTokens > above)?.picos ?? picos;
}

type Leaves = ReadonlyMap<string, bigint> | Readonly<{ message: string }>;

/** By usage key, scaled like money because seconds come in fractions. Narrow units first, so that wide ones can subtract them. */
function leavesOf(units: readonly UsageUnit[], usage: CallUsage): Leaves {
  const leaves = new Map<string, bigint>();
  for (const unit of units.toSorted((a, b) => b.words.size - a.words.size)) {
    const amount = amountOf(unit, usage);
    if (typeof amount === 'string') return { message: amount };
    const inner = units.filter((other) => contains(unit, other));
    const leaf = inner.reduce((rest, other) => rest - leaves.get(other.usageKey)!, amount);
    if (leaf < 0n) return { message: describeNegative(unit, inner, usage) };
    leaves.set(unit.usageKey, leaf);
  }
  return leaves;
}

/** What was reported of a unit; zero when neither it nor anything within it was. A text says why it cannot be told. */
function amountOf(unit: UsageUnit, usage: CallUsage): bigint | string {
  const reported = usage[unit.usageKey];
  if (reported !== undefined) return scaled(unit.usageKey, reported);
  const others = Object.entries(usage)
    .filter(([, amount]) => amount > 0)
    .map(([key]) => unitOfUsage(key));
  const within = others.find((other) => contains(unit, other));
  if (within) return `${within.usageKey} is reported and ${unit.usageKey}, which contains it, is not`;
  const overlap = overlapWithin(unit, others);
  return overlap === undefined ? 0n : overlap;
}

/** Cached tokens and audio tokens are both there: how many are cached audio has to be said where that has a price of its own. */
function overlapWithin(unit: UsageUnit, others: readonly UsageUnit[]): string | undefined {
  for (const [index, a] of others.entries()) {
    for (const b of others.slice(index + 1)) {
      if (a.family !== unit.family || b.family !== unit.family || contains(a, b) || contains(b, a)) continue;
      const union = new Set([...a.words, ...b.words]);
      if (union.size !== unit.words.size || ![...unit.words].every((word) => union.has(word))) continue;
      return `${a.usageKey} and ${b.usageKey} are reported and ${unit.usageKey}, what is both, is not`;
    }
  }
  return undefined;
}

function scaled(key: string, amount: number): bigint | string {
  if (Number.isSafeInteger(amount) && amount >= 0) return BigInt(amount) * PICOS_PER_UNIT;
  const parsed = amount >= 0 && Number.isFinite(amount) ? parsePicos(String(amount)) : undefined;
  return parsed?.picos ?? `${key} is ${amount}; expected a count`;
}

function describeNegative(unit: UsageUnit, inner: readonly UsageUnit[], usage: CallUsage): string {
  const parts = inner.filter(({ usageKey }) => (usage[usageKey] ?? 0) > 0);
  const named = parts.map(({ usageKey }) => `${usageKey} ${usage[usageKey]}`).join(' and ');
  return `${named} do not fit into ${unit.usageKey} ${usage[unit.usageKey] ?? 0}`;
}
