import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import type { Device } from './build-machines.ts';
import type { Pattern } from './workload-patterns.ts';

/** One workload on some devices for a while: an allocation, and what its samples will look like. */
export type Hold = TimeWindow &
  Readonly<{
    /** In `WORKLOADS`. */
    workload: string;
    /** The plan's name; of an attempt of a training run, a name of its own. */
    workloadId: string;
    /** Set when it is an attempt of a training run. */
    attempt: Attempt | null;
    devices: readonly Device[];
    /** Of each device, 0–1. */
    share: number;
    /** Set when the attempt failed or was preempted: its last checkpoint. */
    lostFromMs: EpochMs | null;
    pattern: Pattern;
  }>;

export type Attempt = Readonly<{
  end: 'succeeded' | 'failed' | 'timed_out' | 'preempted' | 'cancelled' | 'running';
  /** Goes on where the attempt before it in its lane stopped. */
  isRetry: boolean;
  /** `null`: writes no checkpoints. */
  checkpointHours: number | null;
  /** Unique over all lanes, and the number of the attempt in it from 1; both are set by `nameRuns`. */
  runName: string;
  number: number;
}>;

export type Draft = Omit<Hold, 'devices'>;
