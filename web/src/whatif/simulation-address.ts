import type { Simulation, SimulatorForm } from '../../../src/app/results/simulation.ts';
import { pathBelow } from '../frame/page-list.ts';
import { readWhatIfState, stateOfParameters, type WhatIfState, writeWhatIfState } from './what-if-state.ts';

/** The form as it was filled when the simulation was started. */
export function stateOfSimulation(simulation: Simulation, form: SimulatorForm | undefined): WhatIfState {
  const { simulator, parameters, history, files } = simulation;
  return {
    ...readWhatIfState(''),
    simulator,
    source: history === null && files.length > 0 ? 'trace' : 'history',
    from: history?.from ?? null,
    to: history?.to ?? null,
    about: history?.about ?? null,
    parameters: form ? stateOfParameters(form, parameters) : {},
  };
}

/** The parameters stand in the address as well, so that a link still says what was asked when the answer is forgotten. */
export function simulationAddress(simulation: Simulation, form: SimulatorForm | undefined): string {
  return `${pathBelow('What if', simulation.id)}${writeWhatIfState(stateOfSimulation(simulation, form))}`;
}

export function formAddress(state: WhatIfState): string {
  return `/what-if${writeWhatIfState({ ...state, beside: null })}`;
}
