import type { PastHolders } from '../domain/governance/past/past-holders.ts';
import type { TimeWindow } from '../domain/time/window.ts';

/** What a preview of policies asks of the store. */
export interface PolicyQueries {
  /** Everyone who held a device in the window, their holds, and where those devices were; each sorted by its ids and starts. */
  pastHolders(window: TimeWindow): Promise<PastHolders>;
}
