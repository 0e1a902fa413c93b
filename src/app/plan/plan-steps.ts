import { setImmediate } from 'node:timers/promises';
import { stopIfAborted } from '../errors.ts';
import type { Progress } from '../tare.ts';

/** What a plan is made of, in this order. */
export const PLAN_STEPS = [
  'reading the ledger',
  'replaying idle time, packing and batching',
  'pricing spot',
  'comparing kinds of GPU',
  'weighing commitments',
  'replaying each change alone',
  'weighing plans against each other',
  'finding what to measure first',
] as const;

/** Says that a step begins; others get a turn before it does, and it may be told to stop. */
export type BeginStep = (step: (typeof PLAN_STEPS)[number]) => Promise<void>;

/** Each step keeps the process to itself; between two of them a server answers what came meanwhile. */
export function planSteps(progress: Progress, signal: AbortSignal): BeginStep {
  return async (step) => {
    progress({ task: step, done: PLAN_STEPS.indexOf(step), total: PLAN_STEPS.length, unit: 'steps' });
    await setImmediate();
    stopIfAborted(signal, 'nothing was changed');
  };
}
