import type { EpochMs } from '../time/window.ts';
import type { RunState, WorkloadKind } from './facts.ts';
import { losesWork } from './run-state.ts';

export type Ending = Readonly<{
  state: RunState;
  /** `null` when nobody said. */
  kind: WorkloadKind | null;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  /** Those of this attempt, in any order. One that was noted after the end saved everything. */
  checkpoints: readonly EpochMs[];
}>;

/** A server that crashes has served until then: nothing it did is thrown away. */
const NEVER_LOSES: readonly (WorkloadKind | null)[] = ['inference', 'system'];

/** From where on the work of an attempt is lost: its last checkpoint, or its start; `null` when nothing is. */
export function lostFrom({ state, kind, startMs, endMs, checkpoints }: Ending): EpochMs | null {
  if (startMs === null || endMs === null || !losesWork(state) || NEVER_LOSES.includes(kind)) return null;
  return checkpoints.reduce((lostFromMs, atMs) => Math.max(lostFromMs, Math.min(atMs, endMs)), startMs);
}
