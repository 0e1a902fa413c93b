import type { SpotPolicyName } from '../../../domain/simulation/spot/spot-policy-name.ts';

/** `tare simulate spot`. Money is an exact mean over the runs, in decimal text; what it says about the next run is an estimate. */
export type SpotSimulation = SpotFigures &
  Readonly<{
    workHours: number;
    deadlineHours: number;
    changeoverHours: number;
    onDemandPerHour: string;
    spotPerHour: string;
    /** `whole-ticks`: each tick that was begun. `extra-tick`: and one more after the end, as a published prototype bills. */
    counting: SpotCounting;
    gapSeconds: number;
    /** Of the ticks between each start and its deadline. */
    availabilityPercent: number;
    /** Runs before whose start the file shows what happened, and how much of it on average. */
    tracesWithHistory: number;
    meanHistoryHours: number;
    meanHoursBetweenLosses: number | null;
    /** How often to checkpoint at this rate of losses; `null` unless the time of a checkpoint was stated, and without a loss. */
    checkpoint: Readonly<{
      youngMinutes: number;
      dalyMinutes: number;
      /** Of paid time: checkpoints, work since the last one, change-overs; at Young's interval. */
      wastedPercent: number;
    }> | null;
    /** Every policy on the same traces; empty unless it was asked for. */
    compared: readonly SpotFigures[];
    /** (Uniform Progress − this policy) ÷ (Uniform Progress − optimum); `null` unless all were compared. */
    gapClosedPercent: number | null;
  }>;

export type SpotFigures = Readonly<{
  policy: SpotPolicyName;
  traces: number;
  meanCost: string;
  stdCost: string;
  deadlineMisses: number;
  meanSpotHours: number;
  meanOnDemandHours: number;
  meanStarts: number;
  /** Against on-demand alone; negative when it costs more. */
  savingPercent: number;
}>;

export type SpotCounting = 'whole-ticks' | 'extra-tick';
