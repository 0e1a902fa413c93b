import type { Attributes, Lifecycle } from '../domain/facts/facts.ts';
import type { EpochMs } from '../domain/time/window.ts';

/** Watches a command while it runs and writes down what it sees, so that a meter that dies leaves what it knew. */
export interface RunMeter {
  /** Begins at once. Nothing that goes wrong in metering is thrown: it stands in the record. */
  start(run: MeteredRun): RunMetering;
}

export type RunMetering = Readonly<{
  /** Writes the end down and closes the record. */
  end(end: RunEnd): Promise<RunRecord>;
}>;

export type RunRecord = Readonly<{
  /** The file; `null` when none could be written, and then nothing of the run is kept. */
  path: string | null;
  /** What could not be done, in sentences. */
  problems: readonly string[];
}>;

/** A command that was started, as far as it is known from the outside. */
export type MeteredRun = Readonly<{
  /** `tare:…`; see `RunFact`. */
  runId: string;
  /** The metered run that this one was started in. */
  parentRunId: string | null;
  /** Of the command's first process. */
  pid: number;
  name: string;
  experiment: string | null;
  startMs: EpochMs;
  /** Words that may be secrets are left out. */
  command: string;
  directory: string;
  attributes: Attributes;
  parameters: Readonly<Record<string, string>>;
  /** Names the data that the run reads, where the user does. */
  dataVersion: string | null;
  machine: RunMachine;
  /** What `CUDA_VISIBLE_DEVICES` said; `null` when it was not set. */
  visibleDevices: string | null;
  /** Distance between samples; `null` chooses it by the age of the run. */
  intervalMs: number | null;
  /** Files whose time of change is a checkpoint. */
  checkpointPatterns: readonly string[];
  /** Others measure these GPUs: only who held them is recorded, not what they did and cost. */
  isHeldOnly: boolean;
}>;

/** How the machine of a run is paid for; see `CapacityFact`. */
export type RunMachine = Readonly<{
  node: string;
  lifecycle: Lifecycle;
  provider: string | null;
  region: string | null;
  instanceType: string | null;
  pool: string | null;
  resourceId: string | null;
}>;

export type RunEnd = Readonly<{
  atMs: EpochMs;
  exitCode: number | null;
  /** What killed it: `SIGKILL`. */
  signal: string | null;
  /** The signal by which somebody asked the run to end before. */
  stoppedBy: string | null;
}>;

/** Where records lie until they are in the store. */
export interface RunSpool {
  /** Oldest first. */
  pending(): Promise<readonly PendingRun[]>;
  remove(path: string): Promise<void>;
}

export type PendingRun = Readonly<{
  path: string;
  /** Its meter still lives: there is more to come, or it is about to record the run itself. */
  isRunning: boolean;
}>;
