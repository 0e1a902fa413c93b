/** `tare verify`: before against after. Money is an estimate by the month of 730 hours, rounded to cents, once. */
export type VerificationReport = Readonly<{
  currency: string;
  /** As it was asked for: `endpoint:chat`, `team:search`, `scale-to-zero/search-staging`. */
  change: string;
  /** What of the ledger was compared. */
  subject: Readonly<{ dimension: string; values: readonly string[] }>;
  at: string;
  before: SideFigures;
  after: SideFigures;
  unit: VerificationUnit;
  /** Of the verdict. */
  confidence: number;
  /** Of each interval, so that the verdict holds over all of them. */
  confidenceOfEach: number;
  verdict: 'saved' | 'no_difference' | 'degraded' | 'not_enough_data';
  sentence: string;
  /** What a month costs less than it would have; negative when it costs more. */
  saving: EstimateRange | null;
  /** Over the blocks after the change that were compared. */
  savedSoFar: string | null;
  measures: readonly MeasureFigures[];
  /** Units a day. */
  load: Readonly<{ before: number; after: number; changePercent: number | null }> | null;
  promise: PromiseFigures | null;
  /** Blocks that were left out, and why. */
  skipped: readonly Readonly<{ reason: string; blocks: number }>[];
  notes: readonly string[];
}>;

export type VerificationUnit = 'requests' | 'productive' | 'gpu-hours' | 'hours' | 'runs';

export type SideFigures = Readonly<{ from: string; to: string; blocks: number }>;

export type EstimateRange = Readonly<{ low: string; expected: string; high: string }>;

export type MeasureFigures = Readonly<{
  name: string;
  kind: 'cost' | 'latency' | 'quality';
  worseIs: 'higher' | 'lower';
  /** `per 1,000 requests`, `ms`, `mean score`. */
  unit: string;
  /** What it would have been after the change without it, for the same hours of the week and the same load. */
  expected: number | null;
  actual: number | null;
  changePercent: Readonly<{ low: number; expected: number; high: number }> | null;
  judgement: 'better' | 'worse' | 'no_difference' | 'not_enough_data';
  blocksBefore: number;
  blocksAfter: number;
  isWeekMatched: boolean;
  autocorrelation: number | null;
}>;

export type PromiseFigures = Readonly<{
  /** By the month. */
  promised: string;
  realised: EstimateRange | null;
  /** Realised − promised. */
  drift: string | null;
  state: 'exceeded' | 'kept' | 'short' | 'not_shown' | 'lost' | 'too_early';
  takenBy: string | null;
}>;

/** `tare levers taken`: every change that was recorded, with what became of it. */
export type TakenReport = Readonly<{
  currency: string;
  sentence: string;
  rows: readonly TakenRow[];
  /** Of the rows with both. */
  total: Readonly<{ promised: string; realised: string; drift: string }>;
}>;

export type TakenRow = Readonly<{
  change: string;
  lever: string;
  target: string;
  owner: string;
  at: string;
  takenBy: string | null;
  promised: string | null;
  realised: EstimateRange | null;
  drift: string | null;
  state: PromiseFigures['state'] | 'no_promise';
  verdict: VerificationReport['verdict'];
  sentence: string;
}>;

/** `tare levers take`. */
export type TakenRecord = Readonly<{
  change: string;
  at: string;
  takenBy: string | null;
  promised: EstimateRange | null;
  currency: string;
  /** False when the same was recorded before. */
  isNew: boolean;
}>;
