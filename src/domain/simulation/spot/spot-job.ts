/** What a job holds during one tick: nothing, a spot instance, or an on-demand instance. Numbers, since replays keep millions of them. */
export const NOTHING = 0;
export const SPOT = 1;
export const ON_DEMAND = 2;
export type Holding = typeof NOTHING | typeof SPOT | typeof ON_DEMAND;

/** A job that can be stopped and continued elsewhere, at the price of a change-over. Whole milliseconds. */
export type SpotJob = Readonly<{
  workMs: number;
  /** From the start; the work has to be done by then. */
  deadlineMs: number;
  /** What every start of an instance takes before work goes on: it is paid, and makes no progress. */
  changeoverMs: number;
}>;

/** Currency per hour; only their ratio matters to a policy. */
export type SpotRates = Readonly<{ onDemandPerHour: number; spotPerHour: number }>;

/** Availability of spot capacity on a grid: 1 where it could be had for the whole tick, 0 where not. */
export type SpotTrace = Readonly<{
  gapMs: number;
  available: Uint8Array;
  /** The tick that the job starts in. What lies before was observed before the start. */
  startTick: number;
}>;

/** What a policy may know when it decides about a tick: nothing of what comes after. */
export type SpotMoment = Readonly<{
  /** From the start of the job. */
  tick: number;
  isSpotAvailable: boolean;
  /** What is held from the tick before; a spot instance is gone already when its capacity is. */
  holding: Holding;
  workLeftMs: number;
  /** Of the instance that is held: what its start still takes. */
  changeoverLeftMs: number;
  timeLeftMs: number;
}>;

/** What is known before the job starts. */
export type SpotBriefing = Readonly<{
  job: SpotJob;
  rates: SpotRates;
  gapMs: number;
  /** Availability of the ticks before the start, oldest first; empty where nothing is known. */
  history: Uint8Array;
}>;

export type SpotDecision = (moment: SpotMoment) => Holding;
/** Begins one run. The decision it returns is asked once for each tick, in order, and may remember. */
export type SpotPolicy = (briefing: SpotBriefing) => SpotDecision;

/** Ticks of the grid that lie before the deadline as a whole. */
export function ticksBeforeDeadline(job: SpotJob, gapMs: number): number {
  return Math.floor(job.deadlineMs / gapMs);
}

/** The shortest whole number of ticks that covers a time, in milliseconds. */
export function roundUpToGrid(timeMs: number, gapMs: number): number {
  return Math.ceil(timeMs / gapMs) * gapMs;
}

/** Whether on-demand capacity alone, which is always to be had, meets the deadline. Without this no policy can promise anything. */
export function isFeasible(job: SpotJob, gapMs: number): boolean {
  return roundUpToGrid(job.workMs + job.changeoverMs, gapMs) <= ticksBeforeDeadline(job, gapMs) * gapMs;
}
