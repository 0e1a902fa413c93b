import type { RunState } from '../../domain/facts/facts.ts';

export type JobState = Readonly<{
  run: RunState;
  /** The word alone, without who did it: `CANCELLED`. */
  word: string;
  /** As Slurm spells it: `CANCELLED by 1000`. */
  detail: string;
  /** Neither waits nor runs any more. */
  isOver: boolean;
}>;

/** Slurm's words and its short forms. A job that is requeued was put back: what its attempt did is thrown away as if it was preempted. */
const STATES: Readonly<Record<string, readonly [word: string, RunState]>> = {
  PD: ['PENDING', 'waiting'],
  R: ['RUNNING', 'running'],
  CF: ['CONFIGURING', 'running'],
  CG: ['COMPLETING', 'running'],
  S: ['SUSPENDED', 'running'],
  ST: ['STOPPED', 'running'],
  SI: ['SIGNALING', 'running'],
  SO: ['STAGE_OUT', 'running'],
  RS: ['RESIZING', 'running'],
  CD: ['COMPLETED', 'succeeded'],
  F: ['FAILED', 'failed'],
  BF: ['BOOT_FAIL', 'failed'],
  LF: ['LAUNCH_FAILED', 'failed'],
  RF: ['RECONFIG_FAIL', 'failed'],
  NF: ['NODE_FAIL', 'failed'],
  OOM: ['OUT_OF_MEMORY', 'failed'],
  CA: ['CANCELLED', 'cancelled'],
  RV: ['REVOKED', 'cancelled'],
  TO: ['TIMEOUT', 'timed_out'],
  DL: ['DEADLINE', 'timed_out'],
  PR: ['PREEMPTED', 'preempted'],
  RQ: ['REQUEUED', 'preempted'],
  RH: ['REQUEUE_HOLD', 'preempted'],
  RD: ['RESV_DEL_HOLD', 'preempted'],
  SE: ['SPECIAL_EXIT', 'preempted'],
};
const BY_WORD = new Map(Object.values(STATES).map((state) => [state[0], state]));
const STILL_GOING: readonly RunState[] = ['waiting', 'running'];

/** Reads `COMPLETED`, `CANCELLED by 1000`, `CANCELLED+` (cut to a width) and `CD`; `undefined` for a word that Slurm does not have. */
export function readJobState(text: string): JobState | undefined {
  const detail = text.trim();
  const first = (/^[A-Za-z_]+/.exec(detail)?.[0] ?? '').toUpperCase();
  const [word, run] = STATES[first] ?? BY_WORD.get(first) ?? [];
  if (word === undefined || run === undefined) return undefined;
  return { run, word, detail, isOver: !STILL_GOING.includes(run) };
}
