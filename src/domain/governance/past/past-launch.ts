import type { HolderHour } from '../../levers/holder-hour.ts';
import type { EpochMs } from '../../time/window.ts';
import type { JudgedLaunch } from '../judged-launch.ts';
import type { IdleHours } from './idle-hours.ts';

/** A launch as it really happened: what the manifest would have had to say, rebuilt from what was held, paid and seen. */
export type PastLaunch = Readonly<{
  /** Unique among the launches of an answer. */
  id: string;
  receipt: PastReceipt;
  /** One for each way in which it was paid and each region it ran in; they differ in nothing else. */
  variants: readonly [JudgedLaunch, ...JudgedLaunch[]];
  /** What no source says of it, and why. */
  unknown: ReadonlyMap<PastFact, string>;
  /** Of the window, in the order of time. */
  hours: readonly HolderHour[];
  idle: IdleHours;
  startMs: EpochMs;
  /** `null`: it goes on. */
  endMs: EpochMs | null;
  /** Whether some of it was before the window, where its cost is not counted. */
  isOlder: boolean;
}>;

/** What its costs can be looked up under. */
export type PastReceipt = Readonly<{ kind: 'run' | 'endpoint' | 'workload'; name: string }>;

/** What a rule or an expression may rest on, and a store may not know. */
export type PastFact =
  | 'gpuModel'
  | 'region'
  | 'provider'
  | 'queue'
  | 'resource'
  | 'file'
  | 'labels'
  | 'autoscaling'
  | 'replicas'
  | 'scaleToZero'
  | 'timeLimit'
  | 'idleLimit'
  | 'modelSize'
  | 'hours'
  | 'cost';
