import type { RunState } from '../facts/facts.ts';
import type { EpochMs } from '../time/window.ts';

/** One attempt of a run that held devices: whether it could have been taken away, and what was kept then. */
export type AttemptRecord = Readonly<{
  runId: string;
  attempt: number;
  name: string;
  workloadId: string;
  state: RunState;
  startMs: EpochMs;
  /** `null` while it runs. */
  endMs: EpochMs | null;
  /** Of its workload, in the window. */
  checkpoints: number;
  /** How long one checkpoint takes, where the run measured it in its metric `checkpoint_seconds`. */
  checkpointSeconds: number | null;
  /** By when its run has to be done, hours after its start: `deadline_hours` among its parameters or metrics. */
  deadlineHours: number | null;
}>;
