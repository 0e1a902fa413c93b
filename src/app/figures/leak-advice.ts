import type { WorkloadKind } from '../../domain/facts/facts.ts';
import type { Bucket } from '../../domain/ledger/buckets.ts';

export type LeakTarget = Readonly<{
  workload: string;
  /** A workload kind, or `none` for time that nobody held. */
  kind: string;
  pool: string;
}>;

type HeldBucket = 'idle' | 'underused' | 'lost';

/** A verb and a target: what to try first against this kind of waste. */
export function leakAdvice(bucket: Exclude<Bucket, 'productive'>, target: LeakTarget): string {
  if (bucket === 'unallocated') return `release or share ${poolName(target, 'the nodes without a pool')}`;
  if (bucket === 'unobserved')
    return `install the exporter on ${poolName(target, 'the nodes that nothing observes')}`;
  const advice = HELD_ADVICE[bucket][target.kind as WorkloadKind] ?? OTHER_ADVICE[bucket];
  return advice(target.workload);
}

const HELD_ADVICE: Readonly<Record<HeldBucket, Readonly<Record<WorkloadKind, (name: string) => string>>>> = {
  idle: {
    training: (name) => `feed ${name} faster: its GPUs wait for data`,
    inference: (name) => `scale ${name} to zero when no requests come`,
    notebook: (name) => `stop ${name} when idle`,
    batch: (name) => `release the GPUs of ${name} between its steps`,
    system: (name) => `move ${name} to nodes without GPUs`,
  },
  underused: {
    training: (name) => `raise the batch size of ${name}, or give it a smaller GPU`,
    inference: (name) => `pack ${name} with others onto shared GPUs`,
    notebook: (name) => `give ${name} a slice of a GPU`,
    batch: (name) => `give ${name} a smaller GPU, or run several at once`,
    system: (name) => `move ${name} to nodes without GPUs`,
  },
  lost: {
    training: (name) => `checkpoint ${name} more often`,
    inference: (name) => `find out why ${name} restarts`,
    notebook: (name) => `save the work of ${name} before it is stopped`,
    batch: (name) => `split ${name} into smaller steps that can be retried`,
    system: (name) => `find out why ${name} fails`,
  },
};

const OTHER_ADVICE: Readonly<Record<HeldBucket, (name: string) => string>> = {
  idle: (name) => `stop ${name} when idle`,
  underused: (name) => `give ${name} a share or a smaller GPU`,
  lost: (name) => `find out why ${name} fails`,
};

function poolName({ pool }: LeakTarget, otherwise: string): string {
  return pool === 'none' || pool === '' ? otherwise : `pool ${pool}`;
}
