import type { Picos } from '../money/picos.ts';
import type { IdleCause } from './idle-causes.ts';

export type LeverName = 'reclaim' | 'scale-to-zero' | 'batch' | 'share' | 'quota' | 'pack' | 'release';

/** The order in which levers are applied: what needs nobody's work first, what rests on the others last. */
export const LEVER_ORDER: readonly LeverName[] = [
  'reclaim',
  'scale-to-zero',
  'batch',
  'share',
  'quota',
  'pack',
  'release',
];

/** Cost taken away from one hour, by its index; never more than what is left of it. */
export type Claim = Readonly<{ index: number; picos: Picos }>;

export type Risk = 'low' | 'medium' | 'high';

/** A change to make, with what it would have saved. */
export type Proposal = Readonly<{
  lever: LeverName;
  target: string;
  owner: string;
  /** Replays the lever over what other levers have left of the cost of each hour. */
  replay(left: readonly Picos[]): readonly Claim[];
  /** Hours whose cost it cuts: the saving never exceeds what they cost together. */
  scope: readonly number[];
  cause: IdleCause | null;
  risk: Risk;
  /** What was seen: sentences with figures. */
  facts: readonly string[];
  assumptions: readonly string[];
  action: string;
  /** Rows of the ledger, pieces of usage or runs that the proposal rests on. */
  rows: number;
  change: Change;
}>;

/** What has to be changed, in the words of the domain; `src/app/changes` makes manifests of it. */
export type Change =
  | Readonly<{ kind: 'stop-when-idle'; workloadKind: string; workloadId: string; graceHours: number }>
  | Readonly<{ kind: 'scale-to-zero'; workloadId: string; keepAliveSeconds: number; replicas: number }>
  | Readonly<{
      kind: 'dynamic-batching';
      workloadId: string;
      maxBatch: number;
      queueDelayMs: number;
      replicas: number;
    }>
  | Readonly<{ kind: 'continuous-batching'; workloadId: string; maxSequences: number; replicas: number }>
  | Readonly<{
      kind: 'mig';
      gpuModel: string;
      /** Slices of each GPU, by profile. */
      gpus: readonly (readonly string[])[];
    }>
  | Readonly<{ kind: 'time-slicing'; gpuModel: string; tenants: number }>
  | Readonly<{
      kind: 'share-quota';
      pool: string;
      queues: readonly Readonly<{ queue: string; nominalGpus: number }>[];
    }>
  | Readonly<{ kind: 'pack-nodes'; pool: string; gpuModel: string; afterHours: number }>
  | Readonly<{ kind: 'release-empty-nodes'; pool: string; afterHours: number }>;

/** Hours and money of claims less what a restart costs: taken off the latest claims first, never below zero. */
export function takeOff(claims: Claim[], costPicos: Picos): void {
  let owed = costPicos;
  for (let last = claims.length - 1; last >= 0 && owed > 0n; last--) {
    const { index, picos } = claims[last]!;
    const taken = smaller(picos, owed);
    claims[last] = { index, picos: picos - taken };
    owed -= taken;
  }
}

export function smaller(a: Picos, b: Picos): Picos {
  return a < b ? a : b;
}
