import type { Command } from 'commander';
import type { RunAction } from './command-context.ts';
import { addAutoscaling } from './commands/simulate/autoscaling.ts';
import { addBatching } from './commands/simulate/batching.ts';
import { addCommitment } from './commands/simulate/commitment.ts';
import { addPacking } from './commands/simulate/packing.ts';
import { addPromptCache } from './commands/simulate/prompt-cache.ts';
import { addRightsize } from './commands/simulate/rightsize.ts';
import { addScaleToZero } from './commands/simulate/scale-to-zero.ts';
import { addServingConfigurations } from './commands/simulate/serving-configurations.ts';
import { addServingMix } from './commands/simulate/serving-mix.ts';
import { addSpot } from './commands/simulate/spot.ts';

/** Adds one simulator with its flags below `tare simulate`. */
export type AddSimulator = (simulate: Command, run: RunAction) => void;

/** What the machines do: placement, batches, replicas. */
const OF_THE_FLEET: readonly AddSimulator[] = [addPacking, addBatching, addScaleToZero, addAutoscaling];

/** What is paid for them: spot, commitments, the kind of GPU. */
const OF_PRICES: readonly AddSimulator[] = [
  addSpot,
  addCommitment,
  addServingMix,
  addRightsize,
  addServingConfigurations,
  addPromptCache,
];

/** `tare simulate …`: each simulator is one line here and one file in `commands/simulate`. */
export function addSimulate(program: Command, run: RunAction): void {
  const simulate = program
    .command('simulate')
    .description('what a change would have done, replayed on a trace; needs no store');
  for (const add of [...OF_THE_FLEET, ...OF_PRICES]) add(simulate, run);
}
