import type { CommitmentLine } from '../domain/commitments/commitment-line.ts';
import type { TimeWindow } from '../domain/time/window.ts';

/** What bills say of commitments that are held. */
export interface CommitmentQueries {
  /** Lines of usage and purchase that name a commitment, spread over slots by time, in the order of slots. `slotMs` divides a day. */
  commitmentLines(window: TimeWindow, slotMs: number): Promise<readonly CommitmentLine[]>;
}
