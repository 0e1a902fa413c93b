import type { SimulatorField, SimulatorForm } from '../../../src/app/results/simulation.ts';
import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** What is asked: a simulator, its parameters, and where its traces come from. All of it but given traces stands in the address. */
export type WhatIfState = WindowState &
  Readonly<{
    simulator: string | null;
    source: 'history' | 'trace';
    /** The endpoint, GPU model or pool whose history is replayed. */
    about: string | null;
    /** What differs from the form's start; blank where a start was taken away. */
    parameters: Readonly<Record<string, string>>;
    /** A second result, beside the one that is open. */
    beside: string | null;
  }>;

const NO_PARAMETERS = ['simulator', 'source', 'about', 'from', 'to', 'beside'];

export function readWhatIfState(search: string): WhatIfState {
  const query = new URLSearchParams(search);
  return {
    ...readWindowState(query),
    simulator: query.get('simulator') || null,
    source: query.get('source') === 'trace' ? 'trace' : 'history',
    about: query.get('about') || null,
    parameters: Object.fromEntries([...query].filter(([name]) => !NO_PARAMETERS.includes(name))),
    beside: query.get('beside') || null,
  };
}

export function writeWhatIfState(state: WhatIfState): string {
  const query = windowQuery(state);
  if (state.simulator) query.set('simulator', state.simulator);
  if (state.source === 'trace') query.set('source', 'trace');
  if (state.about) query.set('about', state.about);
  for (const [name, value] of Object.entries(state.parameters)) query.set(name, value);
  if (state.beside) query.set('beside', state.beside);
  // Commas may stand in an address as they are.
  return searchText(query).replaceAll('%2C', ',');
}

/** What stands in a field: what was written, or what the form starts with. */
export function fieldValue(field: SimulatorField, { parameters }: WhatIfState): string {
  return parameters[field.name] ?? field.initial;
}

/** The parameters with one changed; what is the start again is left out. */
export function withValue(
  field: SimulatorField,
  value: string,
  state: WhatIfState,
): WhatIfState['parameters'] {
  const { [field.name]: _, ...others } = state.parameters;
  return value === field.initial ? others : { ...others, [field.name]: value };
}

/** As the server takes them: blank ones are left to the simulator. */
export function parametersFor(form: SimulatorForm, state: WhatIfState): Record<string, string | boolean> {
  return Object.fromEntries(
    form.fields.flatMap((field) => {
      const value = fieldValue(field, state).trim();
      if (value === '') return [];
      return [[field.name, field.kind === 'switch' ? true : value] as const];
    }),
  );
}

/** The state that leads to the form as it was when a simulation was started. */
export function stateOfParameters(
  form: SimulatorForm,
  given: Readonly<Record<string, string | boolean>>,
): WhatIfState['parameters'] {
  return Object.fromEntries(
    form.fields.flatMap((field) => {
      const value = String(given[field.name] ?? '');
      return value === field.initial ? [] : [[field.name, value] as const];
    }),
  );
}

const NUMBER = /^(\d+\.?\d*|\.\d+)$/;

/** What is wrong with a value before anyone is asked; the server has the last word. */
export function problemOfField(field: SimulatorField, value: string): string | null {
  const text = value.trim();
  if (text === '') return field.isRequired ? 'This is needed.' : null;
  if (field.kind !== 'number') return null;
  if (!NUMBER.test(text)) return 'Write a number, such as 2.5.';
  if (field.most !== null && Number(text) > field.most)
    return `At most ${field.most.toLocaleString('en-US')} here; the command line has no such limit.`;
  return null;
}
