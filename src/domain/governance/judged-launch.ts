import type { Owner } from '../ownership/owner.ts';
import type { GpuFacts } from './gpu-facts.ts';
import type { Launch, LaunchField } from './launch.ts';
import type { LaunchEstimate } from './launch-estimate.ts';

/** A launch, and what is known around it. */
export type JudgedLaunch = Readonly<{
  launch: Launch;
  owner: Owner;
  estimate: LaunchEstimate;
  gpus: GpuFacts;
  currency: string;
}>;

/** What a rule found: what is wrong, what to do, and the field whose line is shown. */
export type Objection = Readonly<{
  message: string;
  fix: string;
  field: LaunchField | null;
  /** The rule itself is at fault: it could not be computed, and what it would say is not known. */
  isUndecided?: true;
}>;
