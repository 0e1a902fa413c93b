import type { SavingRange } from './levers.ts';
import type { Overview } from './results.ts';

/**
 * `tare report spot`: which past work could have run on spot. `heldCost`, `spotCost` and `saved` are of the period as it was; what is by
 * the month of 730 hours is an estimate in cents, and the rows that could add up to their pool, as the lever `spot` saves it alone.
 */
export type SpotReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  period: Readonly<{ from: string; to: string; days: number; hoursPerMonth: number }>;
  sentence: string;
  by: SpotGrain;
  rows: readonly SpotRow[];
  offset: number;
  /** Where the next page begins; `null` on the last one. */
  nextOffset: number | null;
  /** Of everything selected, not of the page alone. */
  total: SpotSums;
  /** The terms of each pool: what the lever plans with. */
  pools: readonly SpotPoolFigures[];
  /** What could not, by reason, the costliest first. Of the whole period, whatever is selected. */
  refused: readonly SpotRefused[];
  generated: Overview['generated'];
}>;

export const SPOT_GRAINS = ['run', 'workload'] as const;
export type SpotGrain = (typeof SPOT_GRAINS)[number];

export const SPOT_VERDICTS = [
  'could',
  'no-checkpoint',
  'deadline',
  'no-price',
  'not-cheaper',
  'serving',
  'interactive',
  'paid-anyway',
  'on-spot',
] as const;
export type SpotVerdict = (typeof SPOT_VERDICTS)[number];

export type SpotRow = Readonly<{
  /** `null` for a workload, and where no run is known. */
  runId: string | null;
  workload: string;
  team: string;
  kind: string;
  pool: string;
  gpuModel: string;
  /** Runs in it; 0 where none is known. */
  runs: number;
  verdict: SpotVerdict;
  /** In words, with figures. */
  why: string;
  /** As plans name the lever; `null` for what could not. */
  lever: string | null;
  gpuHours: number;
  /** GPU time without a known price, which is missing in the costs. */
  unpricedGpuHours: number;
  heldCost: string;
  /** `null` for what could not. */
  spotCost: string | null;
  saved: string | null;
  /** By the month. */
  aloneSaving: SavingRange | null;
  startedAt: string | null;
  endedAt: string | null;
  /** Of one run: from its first start to its last end, and so long on spot. */
  durationHours: number | null;
  spotHours: number | null;
  spotEndsAt: string | null;
  deadlineHours: number | null;
  /** Deadline less hours on spot; negative is too late. */
  slackHours: number | null;
  checkpoints: number;
  /** As its runs measured it, their median. */
  checkpointSeconds: number | null;
  /** Time held ÷ checkpoints. */
  intervalSeconds: number | null;
  plannedIntervalSeconds: number | null;
  /** How often it would have been taken, and what is done again each time: half an interval, now and as planned. */
  interruptions: number | null;
  lostSecondsNow: number | null;
  lostSecondsPlanned: number | null;
}>;

export type SpotSums = Readonly<{
  rows: number;
  could: number;
  gpuHours: number;
  heldCost: string;
  /** Of what could. */
  couldCost: string;
  spotCost: string;
  saved: string;
  /** By the month; the ends of the range are those of all pools together. */
  aloneSaving: SavingRange;
}>;

export type SpotPoolFigures = Readonly<{
  /** `spot/pool train`. */
  id: string;
  target: string;
  gpuModel: string;
  provider: string | null;
  region: string | null;
  workloads: number;
  onDemandPerGpuHour: string | null;
  spotPerGpuHour: string;
  /** `price book`, `paid`, `list` or `stated`, and the day and source that say so. */
  priceSource: string;
  priceReference: string | null;
  /** Node-hours on spot between two that were taken; stated where too few were seen. */
  hoursBetweenPreemptions: number;
  preemptionsSeen: number;
  isMeasured: boolean;
  nodesPerJob: number;
  checkpointSeconds: number;
  checkpointsMeasured: number;
  restartSeconds: number;
  youngSeconds: number;
  dalySeconds: number;
  /** Of paid time, at Daly's interval. */
  wastedPercent: number;
  heldCost: string;
  spotCost: string;
  saved: string;
  /** By the month: what the lever says. */
  aloneSaving: SavingRange;
}>;

export type SpotRefused = Readonly<{
  verdict: SpotVerdict;
  why: string;
  workloads: readonly string[];
  runs: number;
  gpuHours: number;
  heldCost: string;
}>;
