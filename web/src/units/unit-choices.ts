import type { InferenceReport } from '../../../src/app/results/inference.ts';
import { formatCount } from '../format/quantity.ts';
import type { Grouping, UnitsFilter, UnitsState } from './units-state.ts';
import { FILTERS, writeUnitsState } from './units-state.ts';

export const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  endpoint: 'endpoint',
  model: 'model',
  prompt: 'prompt',
  promptVersion: 'prompt version',
  step: 'step',
  agent: 'agent',
  team: 'team',
  environment: 'environment',
  serving: 'own or API',
  provider: 'provider',
};

export type FilterChoice = Readonly<{ value: string; label: string }>;

/** Values of one filter with their requests in the window; the one in the address is among them even when nothing has it. */
export function filterChoices(
  choices: InferenceReport | null,
  name: UnitsFilter,
  chosen: string | null,
): readonly FilterChoice[] {
  const counts = new Map<string, number>();
  for (const row of choices?.rows ?? []) {
    const value = String(row[name]);
    counts.set(value, (counts.get(value) ?? 0) + row.requests);
  }
  if (chosen !== null && !counts.has(chosen)) counts.set(chosen, 0);
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([value, requests]) => ({
      value,
      label: choices === null ? value : `${value} (${formatCount(requests)})`,
    }));
}

/** A group leads to what it is made of: the page filtered by it, and no longer grouped by it alone. `null` where there is no such filter. */
export function groupAddress(state: UnitsState, grouping: Grouping, value: string): string | null {
  const filter = FILTERS.find((name) => name === grouping);
  if (filter === undefined) return null;
  const by = state.by.filter((name) => name !== grouping);
  return `/units${writeUnitsState({ ...state, by: by.length > 0 ? by : NEXT[filter], [filter]: value })}`;
}

const NEXT: Readonly<Record<UnitsFilter, readonly Grouping[]>> = {
  endpoint: ['model'],
  model: ['endpoint'],
  team: ['endpoint', 'model'],
  environment: ['endpoint', 'model'],
};

export function groupWords(grouping: Grouping, value: string): string {
  if (grouping === 'serving') return value === 'api' ? 'API' : 'own servers';
  return value === 'none' ? '(none)' : value;
}

export function isFiltered(state: UnitsState): boolean {
  return FILTERS.some((name) => state[name] !== null);
}
