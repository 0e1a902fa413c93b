import type { Overview } from '../../../src/app/results/results.ts';
import { formatInstant, formatShortInstant } from '../format/dates.ts';
import { formatAge, formatPercent } from '../format/quantity.ts';

export type FreshnessState = 'current' | 'late' | 'missing';

export type FactFreshness = Readonly<{
  fact: Overview['health']['freshness'][number]['fact'];
  state: FreshnessState;
  newest: string;
  age: string;
}>;

export type Freshness = Readonly<{
  state: FreshnessState;
  /** `Fresh to 31 Oct 23:00Z`; what is late or missing, by name, otherwise. */
  text: string;
  facts: readonly FactFreshness[];
}>;

const HOUR = 3_600;
/**
 * Twice the usual interval of what is read again and again: the ledger's hour for usage, and for charges the day of a bill, which
 * arrives a day after the day it bills. Capacity and allocations are intervals that stay open for weeks, so that an old one is no
 * sign of trouble; they can only be missing.
 */
const LATE_AFTER_SECONDS: Readonly<Partial<Record<FactFreshness['fact'], number>>> = {
  usage: 2 * HOUR,
  charges: 72 * HOUR,
};

export function viewFreshness(freshness: Overview['health']['freshness']): Freshness {
  const facts = freshness.map(({ fact, newest, ageSeconds }) => ({
    fact,
    state: stateOf(fact, newest, ageSeconds),
    newest: newest === null ? 'none' : formatInstant(newest),
    age: formatAge(ageSeconds),
  }));
  const missing = named(facts, 'missing');
  const late = named(facts, 'late');
  if (missing !== '') return { state: 'missing', text: `No ${missing} yet`, facts };
  if (late !== '') return { state: 'late', text: `Late: ${late}`, facts };
  return { state: 'current', text: `Fresh to ${freshTo(freshness)}`, facts };
}

function stateOf(
  fact: FactFreshness['fact'],
  newest: string | null,
  ageSeconds: number | null,
): FreshnessState {
  if (newest === null) return 'missing';
  const limit = LATE_AFTER_SECONDS[fact];
  return limit !== undefined && ageSeconds !== null && ageSeconds > limit ? 'late' : 'current';
}

function named(facts: readonly FactFreshness[], state: FreshnessState): string {
  const names = facts.filter((fact) => fact.state === state).map(({ fact }) => fact);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function freshTo(freshness: Overview['health']['freshness']): string {
  const usage = freshness.find(({ fact }) => fact === 'usage') ?? freshness[0];
  return usage?.newest ? formatShortInstant(usage.newest) : 'now';
}

/** What busy and useful rest on: `basis: SM active 71 %, engine active 24 %, GPU_UTIL 5 %`. */
export function basisText(basis: Overview['health']['coverage']['basis']): string {
  const parts = [
    ['SM active', basis.smActive],
    ['engine active', basis.engineActive],
    ['GPU_UTIL', basis.gpuUtil],
  ] as const;
  const used = parts.filter(([, share]) => share > 0);
  if (used.length === 0) return 'basis: nothing was measured';
  return `basis: ${used.map(([name, share]) => `${name} ${formatPercent(share)}`).join(', ')} of held and measured time`;
}
