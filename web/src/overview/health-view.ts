import type { Overview } from '../../../src/app/results/results.ts';
import { formatInstant, formatShortInstant } from '../format/dates.ts';
import { formatAge, formatPercent } from '../format/quantity.ts';

export type FreshnessState = Overview['health']['freshness'][number]['state'];

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

export function viewFreshness(freshness: Overview['health']['freshness']): Freshness {
  const facts = freshness.map(({ fact, newest, ageSeconds, state }) => ({
    fact,
    state,
    newest: newest === null ? 'none' : formatInstant(newest),
    age: formatAge(ageSeconds),
  }));
  const missing = named(facts, 'missing');
  const late = named(facts, 'late');
  if (missing !== '') return { state: 'missing', text: `No ${missing} yet`, facts };
  if (late !== '') return { state: 'late', text: `Late: ${late}`, facts };
  return { state: 'current', text: `Fresh to ${freshTo(freshness)}`, facts };
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
