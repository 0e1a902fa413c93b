import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Simulation, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { fetchSimulations } from '../api/fetch-simulations.ts';
import { formatShortInstant } from '../format/dates.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import { givenTexts, pairedTexts } from './simulation-texts.ts';
import type { WhatIfState } from './what-if-state.ts';

type CompareWithProps = Readonly<{
  simulation: Simulation;
  forms: readonly SimulatorForm[];
  beside: string | null;
  change: ChangeState<WhatIfState>;
}>;

/** Another result to be put beside this one; those of the same simulator first. */
export function CompareWith({ simulation, forms, beside, change }: CompareWithProps) {
  const query = useQuery({
    queryKey: ['simulations'],
    queryFn: ({ signal }) => fetchSimulations(signal),
    staleTime: 0,
  });
  const others = (query.data ?? []).filter(({ id, state }) => state === 'done' && id !== simulation.id);
  if (others.length === 0 && beside === null)
    return <p className="quiet">Run another one, and the two can be put side by side here.</p>;
  const sorted = others.toSorted((a, b) => Number(isAlike(b, simulation)) - Number(isAlike(a, simulation)));
  const labelOf = (other: Simulation): string => {
    const form = forms.find(({ name }) => name === other.simulator);
    return `${form?.title ?? other.simulator}, ${formatShortInstant(other.askedAt)}${differenceText(simulation, other, form)}`;
  };
  return (
    <div className="filters compare-with">
      <NativeSelect
        size="xs"
        label="Put beside it"
        value={beside ?? ''}
        onChange={(event) => change({ beside: event.currentTarget.value || null })}
        data={[
          { value: '', label: 'nothing' },
          ...(beside !== null && !others.some(({ id }) => id === beside)
            ? [{ value: beside, label: beside }]
            : []),
          ...sorted.map((other) => ({ value: other.id, label: labelOf(other) })),
        ]}
      />
    </div>
  );
}

function isAlike(one: Simulation, other: Simulation): boolean {
  return one.simulator === other.simulator;
}

/** What tells it from the first, where both are of one simulator. */
function differenceText(first: Simulation, other: Simulation, form: SimulatorForm | undefined): string {
  if (!isAlike(first, other)) return '';
  const different = pairedTexts(givenTexts(first, form), givenTexts(other, form)).filter(
    ({ left, right }) => left !== right,
  );
  const texts = different.slice(0, 2).map(({ name, right }) => `${name} ${right ?? 'as it comes'}`);
  return texts.length === 0 ? ', the same' : `: ${texts.join(', ')}`;
}
