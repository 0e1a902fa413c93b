import type { SimulatorForm } from '../../../src/app/results/simulation.ts';
import type { SimulationOrder } from '../api/fetch-simulations.ts';
import type { GivenTrace } from './trace-memory.ts';
import type { WhatIfState } from './what-if-state.ts';
import { fieldValue, parametersFor, problemOfField } from './what-if-state.ts';

type Traces = (file: string) => GivenTrace | null;

/** Files that have to be given: those that the history does not take the place of. */
export function filesToGive(form: SimulatorForm, state: WhatIfState): SimulatorForm['files'] {
  const replayed = isReplayed(form, state) ? form.history!.files : [];
  return form.files.filter(({ name }) => !replayed.includes(name));
}

export function isReplayed({ history }: SimulatorForm, { source }: WhatIfState): boolean {
  return history !== null && source === 'history';
}

/** What the server is asked for. */
export function orderFor(form: SimulatorForm, state: WhatIfState, traces: Traces): SimulationOrder {
  const files = filesToGive(form, state).flatMap(({ name }) => {
    const trace = traces(name);
    return trace === null ? [] : [[name, trace] as const];
  });
  const { from, to, about } = state;
  return {
    simulator: form.name,
    parameters: parametersFor(form, state),
    files: Object.fromEntries(files),
    ...(isReplayed(form, state) && {
      history: { ...(from && { from }), ...(to && { to }), ...(about && { about }) },
    }),
  };
}

/** What is wrong, by field or file; what is merely missing counts once it was tried. */
export function problemsOf(
  form: SimulatorForm,
  state: WhatIfState,
  traces: Traces,
  isTried: boolean,
): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const field of form.fields) {
    const value = fieldValue(field, state);
    const message = problemOfField(field, value);
    if (message !== null && (isTried || value.trim() !== '')) problems.set(field.name, message);
  }
  if (!isTried) return problems;
  for (const { name, isRequired } of filesToGive(form, state)) {
    if (isRequired && traces(name) === null)
      problems.set(name, 'Give a file, paste its rows, or take the example.');
  }
  if (isReplayed(form, state) && form.history!.isAboutRequired && state.about === null)
    problems.set('about', `Choose the ${form.history!.about} to replay.`);
  return problems;
}
