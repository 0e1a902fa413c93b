import { constants, setPriority } from 'node:os';
import { toTareError } from '../../app/errors.ts';
import type { SimulationResult } from '../../app/results/simulation.ts';
import type { ProgressEvent } from '../../app/tare.ts';
import { runSimulation } from './run-simulation.ts';

/** What a process that simulates says: how far it is, and at the end one of the other two. */
export type ChildMessage =
  | Readonly<{ progress: ProgressEvent }>
  | Readonly<{ result: SimulationResult }>
  | Readonly<{ failure: Readonly<{ code: string; message: string; remedy: string }> }>;

const PROGRESS_EVERY_MS = 100;

// Started by hand it has nobody to talk to, and nothing to do.
if (process.send) {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  process.once('disconnect', () => process.exit());
  process.once('message', (words: readonly string[]) => void work(words));
}

async function work(words: readonly string[]): Promise<void> {
  try {
    await say({
      result: await runSimulation(
        words,
        paced((progress) => void say({ progress })),
      ),
    });
  } catch (thrown) {
    const { code, message, remedy } = toTareError(thrown);
    await say({ failure: { code, message, remedy } });
  }
  process.exit();
}

function say(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

/** Simulators report every step; what nobody can follow is not sent. */
function paced(progress: (event: ProgressEvent) => void): (event: ProgressEvent) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (event) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < PROGRESS_EVERY_MS) return;
    lastMs = nowMs;
    progress(event);
  };
}
