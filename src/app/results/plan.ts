import type { ChangeFile, MissingEvidence, SavingRange } from './levers.ts';

/** `tare plan`: all levers together. By the month of 730 hours, estimates rounded to cents; rows add up to the plan, and the plan to what is left of the bill. */
export type BillPlan = Readonly<{
  currency: string;
  from: string;
  to: string;
  period: Readonly<{ from: string; to: string; days: number; hoursPerMonth: number }>;
  sentence: string;
  /** What a month like the period costs: GPU time, and calls of model APIs that have a price. */
  bill: Readonly<{ gpu: string; api: string; total: string }>;
  /** In the order in which they are applied. */
  rows: readonly PlanRow[];
  planSaving: SavingRange;
  /** `bill.total − planSaving.expected`, to the cent. */
  billAfter: string;
  limits: PlanLimits;
  /** Levers that are not in the plan, and why. */
  leftOut: readonly Readonly<{
    id: string;
    lever: string;
    target: string;
    aloneSaving: string;
    reason: string;
  }>[];
  /** Changes to a model that would save, if their quality holds: to be measured, and not counted. */
  experiments: readonly Experiment[];
  commitments: readonly CommitmentFigures[];
  /** Commitments to spend instead, over all kinds of GPU of a provider. */
  spend: readonly SpendFigures[];
  missing: readonly MissingEvidence[];
  /** Plans that were weighed against each other. */
  weighed: number;
}>;

export type PlanLimits = Readonly<{
  noSpot: boolean;
  /** Of the GPU-hours of the period, commitments that are held already included; `null` is no limit. */
  maxCommittedPercent: number | null;
  noQualityRisk: boolean;
  /** Ids or names of levers. */
  exclude: readonly string[];
  /** Nothing but these; empty is all. */
  only: readonly string[];
}>;

export type PlanRow = Readonly<{
  /** `spot/pool train`. */
  id: string;
  lever: string;
  stage: 'model' | 'runtime' | 'infrastructure' | 'rate';
  target: string;
  owner: string;
  /** Were it the only change. */
  aloneSaving: SavingRange;
  /** On what the rows above leave over. */
  inPlanSaving: string;
  /** What is left of the bill after this row. */
  billAfter: string;
  targetCost: string;
  note: string | null;
  risk: 'low' | 'medium' | 'high';
  /** It changes what a model answers. */
  needsQuality: boolean;
  evidence: Readonly<{ rows: number; gpuHours: number; facts: readonly string[] }>;
  assumptions: readonly string[];
  action: string;
  changes: readonly ChangeFile[];
  purchase: Purchase | null;
}>;

/** One line of a purchase list. */
export type Purchase = Readonly<{
  provider: string;
  gpuModel: string;
  units: number;
  term: '1y' | '3y';
  perGpuHour: string;
  onDemandPerGpuHour: string;
  /** Paid whether used or not. */
  perMonth: string;
}>;

export type Experiment = Readonly<{
  lever: string;
  target: string;
  /** By the month, if the quality holds; `null` where nothing says how much. */
  mightSave: string | null;
  toMeasure: string;
}>;

/** A commitment for one kind of GPU at one provider, decided on the fleet's own demand. Percents are of what the demand costs on demand. */
export type CommitmentFigures = Readonly<{
  provider: string;
  gpuModel: string;
  term: '1y' | '3y';
  /** Committed ÷ what is paid on demand. */
  rate: number;
  perGpuHour: string;
  onDemandPerGpuHour: string;
  meanGpus: number;
  /** GPUs to commit to in the plan, and were it the only lever. */
  level: number;
  levelAlone: number;
  /** Decided on the first two thirds of the period, judged on the rest. */
  backtest: Readonly<{
    level: number;
    claimedPercent: number | null;
    realisedPercent: number | null;
    oraclePercent: number | null;
    oracleLevel: number | null;
    /** Share of what was claimed that was realised: what the plan counts. */
    kept: number | null;
    hoursBelowLevelPercent: number;
    weeksAtALossPercent: number | null;
  }>;
  /** GPUs by term, where both are offered, for the stated survival of demand. */
  stack: readonly Readonly<{ term: string; rate: number; units: number }>[];
  /** On demand hours that the level in the plan covers, of all on demand. */
  coveragePercent: number | null;
  /** Commitments that are held already. */
  held: Readonly<{ gpuHours: number; usePercent: number | null; coveragePercent: number | null }>;
}>;

export type SpendFigures = Readonly<{
  provider: string;
  gpuModels: readonly string[];
  /** To commit to, in an hour. */
  perHour: string;
  savingsPercent: number | null;
  /** By the month, in sample. */
  saving: string;
}>;
