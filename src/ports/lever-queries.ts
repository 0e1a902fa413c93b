import type { QueueFact, TakenFact } from '../domain/facts/facts.ts';
import type { AttemptRecord } from '../domain/levers/attempt-record.ts';
import type { HolderHour, RunSpan } from '../domain/levers/holder-hour.ts';
import type { NodePlace } from '../domain/levers/node-place.ts';
import type { HeldDevice } from '../domain/levers/packed-nodes.ts';
import type { ActiveSlot } from '../domain/levers/scale-to-zero.ts';
import type { ServedHour } from '../domain/levers/served-hour.ts';
import type { UsageProfile } from '../domain/levers/share.ts';
import type { TimeWindow } from '../domain/time/window.ts';

/** What levers ask of the store: the ledger hour by hour, and the shape of activity below the hour. */
export interface LeverQueries {
  /** Every hour of every holder on every node, and of what nobody held, in the order of time. */
  holderHours(window: TimeWindow): Promise<readonly HolderHour[]>;
  /**
   * The most active device of each workload in each slot of time that has a sample. Only devices that the workload holds whole: what a
   * shared one does cannot be told apart.
   */
  activeSlots(
    window: TimeWindow,
    workloadIds: readonly string[],
    slotMs: number,
  ): Promise<readonly ActiveSlot[]>;
  /** How much of each device each workload needs, by the 99th percentile of its samples. */
  usageProfiles(window: TimeWindow, workloadIds: readonly string[]): Promise<readonly UsageProfile[]>;
  /** Who held which device when, cut to the window and to what has ended or has not; sorted by start. */
  heldDevices(window: TimeWindow): Promise<readonly HeldDevice[]>;
  /** What model servers counted, by endpoint and hour, in the order of both. */
  servedHours(window: TimeWindow): Promise<readonly ServedHour[]>;
  /** What schedulers said about their queues, in the order of time and queue. */
  queueSlots(window: TimeWindow): Promise<readonly QueueFact[]>;
  /** Attempts that waited, ran or ended in the window, or up to 30 days before it. */
  runSpans(window: TimeWindow): Promise<readonly RunSpan[]>;
  /** Where the nodes of the window are and how they are bought. */
  nodePlaces(window: TimeWindow): Promise<readonly NodePlace[]>;
  /** Attempts that ran in the window, each with what is known of its checkpoints. */
  interruptions(window: TimeWindow): Promise<readonly AttemptRecord[]>;
  /** Changes that were made, of any time, in the order of time. */
  taken(): Promise<readonly TakenFact[]>;
}
