import type {
  AllocationFact,
  Attributes,
  CapacityFact,
  ChargeFact,
  CheckpointFact,
  UsageFact,
  WorkloadFact,
} from '../facts/facts.ts';
import type { Owner } from '../ownership/owner.ts';
import type { Rate } from '../pricing/price.ts';
import type { EpochMs } from '../time/window.ts';

/** Everything that is known of a fleet. */
export type FleetFacts = Readonly<{
  capacity: readonly CapacityFact[];
  workloads: readonly WorkloadFact[];
  allocations: readonly AllocationFact[];
  usage: readonly UsageFact[];
  charges: readonly ChargeFact[];
  checkpoints?: readonly CheckpointFact[];
}>;

/** What the weighing needs beside the facts. */
export type WeighingRules = Readonly<{
  ratesOf(capacity: CapacityFact): readonly Rate[];
  ownerOf(attributes: Attributes): Owner;
  shared: 'proportional' | 'even' | 'none';
  maxHoldIntervals: number;
  /** What is still open ends here. */
  untilMs: EpochMs;
}>;
