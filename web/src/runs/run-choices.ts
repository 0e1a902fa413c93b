import type { RunsReport } from '../../../src/app/results/runs.ts';
import { formatCount } from '../format/quantity.ts';
import { stateText } from './run-cells.ts';
import type { Grouping, RunsFilter } from './runs-state.ts';

export const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  team: 'team',
  model: 'model',
  experiment: 'experiment',
  state: 'state',
  environment: 'environment',
  queue: 'queue',
  gpuModel: 'GPU model',
  priceSource: 'price source',
  day: 'day of start',
};

export type FilterChoice = Readonly<{ value: string; label: string }>;

/** Values of one filter with the number of their runs in the window; the one in the address is among them even when nothing has it. */
export function filterChoices(
  choices: RunsReport | null,
  name: RunsFilter,
  state: Readonly<Record<RunsFilter, string | null>>,
): readonly FilterChoice[] {
  const counts = new Map<string, number>();
  for (const row of choices?.rows ?? []) {
    const { [name]: value, runs } = row as Readonly<Record<string, unknown>>;
    if (typeof value === 'string') counts.set(value, (counts.get(value) ?? 0) + Number(runs));
  }
  const chosen = state[name];
  if (chosen !== null && !counts.has(chosen)) counts.set(chosen, 0);
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([value, runs]) => ({ value, label: labelOf(name, value, choices === null ? null : runs) }));
}

function labelOf(name: RunsFilter, value: string, runs: number | null): string {
  const words = name === 'state' ? stateText(value) : value;
  return runs === null ? words : `${words} (${formatCount(runs)})`;
}
