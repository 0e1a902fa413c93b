import type { RunState } from './facts.ts';

/**
 * What schedulers, trackers and operators call the states of a run, in small letters with underscores. Slurm's are those of `sacct`
 * (long and short); others are of Kubernetes, Kubeflow, Ray, MLflow, Weights & Biases and of people who keep tables.
 */
const SPELLINGS: Readonly<Record<Exclude<RunState, 'unknown'>, string>> = {
  waiting: 'waiting pending pd queued scheduled created submitted requested initializing blocked held',
  // A Slurm job that is suspended or whose nodes still boot has its devices; one that is being preempted still runs.
  running:
    'running r active started in_progress configuring cf completing cg resizing rs suspended s signaling stage_out preempting stopping',
  succeeded: 'succeeded success successful completed complete cd finished done ok',
  failed:
    'failed failure fail f error errored crashed crash node_fail node_failed node_failure nodefail nf boot_fail bf out_of_memory outofmemory out_of_me oom oom_killed oomkilled launch_failed lf reconfig_fail',
  // Slurm revokes a job whose twin started on another cluster: nobody wants this one any more.
  cancelled: 'cancelled canceled ca killed aborted terminated interrupted stopped revoked rv deleted',
  preempted:
    'preempted pr evicted requeued requeue rq requeue_hold rh resv_del_hold rd special_exit se spot_interruption',
  timed_out: 'timed_out timeout timedout to deadline dl deadline_exceeded deadlineexceeded time_limit',
};

const STATE_OF: ReadonlyMap<string, RunState> = new Map(
  Object.entries(SPELLINGS).flatMap(([state, spellings]) =>
    spellings.split(' ').map((spelling): [string, RunState] => [spelling, state as RunState]),
  ),
);

/**
 * The state that a text names, whoever wrote it: `COMPLETED`, `CANCELLED by 1000`, `CANCELLED+`, `OOMKilled`, `Out Of Memory`, `PD`.
 * Words after the state do not matter. `unknown` for anything else.
 */
export function readRunState(text: string): RunState {
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  for (let length = Math.min(words.length, 3); length > 0; length -= 1) {
    const state = STATE_OF.get(words.slice(0, length).join('_'));
    if (state !== undefined) return state;
  }
  return 'unknown';
}

/** The stated definition of failed: what an attempt that ended so did after its last checkpoint is lost. */
export function losesWork(state: RunState): boolean {
  return state === 'failed' || state === 'cancelled' || state === 'preempted' || state === 'timed_out';
}
