import type { AllocationFact, CheckpointFact } from '../facts/facts.ts';
import type { EpochMs } from '../time/window.ts';

/**
 * From when on the work of an allocation was thrown away: from its last checkpoint, of those that its workload wrote while it held the
 * device, and not before its source says so. `null` when nothing was lost.
 */
export function lossStart(
  { workloadId, startMs, endMs, lostFromMs }: AllocationFact,
  checkpoints: readonly CheckpointFact[],
): EpochMs | null {
  if (lostFromMs === null) return null;
  const own = checkpoints.filter(
    (checkpoint) =>
      checkpoint.workloadId === workloadId &&
      startMs <= checkpoint.atMs &&
      checkpoint.atMs <= (endMs ?? Infinity),
  );
  return Math.max(lostFromMs, ...own.map(({ atMs }) => atMs));
}
