import type { ActionRecord } from '../../ports/cluster.ts';

/** What `tare act` could do now, as the ledger has it; the cluster was not asked yet. */
export type IdleNowReport = Readonly<{
  currency: string;
  /** Until when the ledger knows. */
  dataUntil: string | null;
  leastHours: number;
  rows: readonly IdleTarget[];
}>;

export type IdleTarget = Readonly<{
  action: 'suspend-notebook' | 'scale-to-zero' | 'release';
  /** Names it on the command line. */
  target: string;
  workloadId: string;
  kind: string;
  owner: string;
  environment: string;
  nodes: readonly string[];
  devices: number;
  quietHours: number;
  /** Of these hours, exactly; `null` where some of them have no price. */
  idleCost: string | null;
  because: string;
}>;

/** Each target with what the cluster says to it. */
export type ActionReport = Readonly<{
  currency: string;
  dataUntil: string | null;
  isApplied: boolean;
  cluster: string | null;
  rows: readonly ActionRow[];
}>;

export type ActionRow = IdleTarget &
  Readonly<{
    /** `ready`: a dry run of the cluster took it. `command`: a person has to run it. `left`: nothing to do, or nothing that is known. */
    state: 'ready' | 'done' | 'failed' | 'command' | 'left';
    /** `StatefulSet lab/jupyter-ada`. */
    object: string | null;
    change: string | null;
    isReversible: boolean;
    notes: readonly string[];
    /** To be run by hand, where that is the way. */
    command: string | null;
    /** Of `tare act undo`. */
    id: string | null;
  }>;

/** Newest first. */
export type ActionLog = Readonly<{ rows: readonly ActionRecord[] }>;
