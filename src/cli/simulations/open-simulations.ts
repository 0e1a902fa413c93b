import { randomUUID } from 'node:crypto';
import { createSimulations } from '../../app/simulations/create-simulations.ts';
import type { Simulations } from '../../app/simulations/simulations.ts';
import type { Clock } from '../../ports/clock.ts';
import { runInChildren } from './run-in-child.ts';
import { readSimulation, simulatorForms } from './simulator-forms.ts';

const ID_LENGTH = 8;

/** The simulators of the command line, as long work of a server. */
export function openSimulations(clock: Clock): Simulations {
  return createSimulations({
    forms: simulatorForms(),
    read: readSimulation(),
    run: runInChildren(),
    newId: () => randomUUID().slice(0, ID_LENGTH),
    clock,
  });
}
