import type { ChangeFile, MissingEvidence, SavingRange } from './levers.ts';

/** `tare plan`: all levers together. By the month of 730 hours, estimates rounded to cents; rows add up to the plan, and the plan to what is left of the bill. */
export type BillPlan = Readonly<{
  currency: string;
  from: string;
  to: string;
  period: Readonly<{ from: string; to: string; days: number; hoursPerMonth: number }>;
  sentence: string;
  /** What the plan's demand is taken to do; `null`: a month like the period. */
  growth: GrowthFigures | null;
  /** What a month like the period costs, grown where the plan grows: GPU time, and calls of model APIs that have a price. */
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
  /** What is held and ends within the term that is committed to, the first one first. Today's bill still has its price, so that none of it is in the plan. */
  renewals: readonly Renewal[];
  spendRenewals: readonly SpendRenewal[];
  missing: readonly MissingEvidence[];
  /** Plans that were weighed against each other. */
  weighed: number;
}>;

/** Demand of what is bought on demand or on spot, and of model APIs. Everything that the plan promises rests on it. */
export type GrowthFigures = Readonly<{
  /** A percent of demand, each month of 730 hours. */
  percentPerMonth: number;
  /** Stated, or found in the ledger's own history. */
  source: 'stated' | 'history';
  /** From the middle of the period to the middle of the first month after it. */
  months: number;
  /** Of what grows: then ÷ now. */
  factor: number;
  /** A month like the period; with what growth adds it is the plan's bill, to the cent. */
  billBefore: string;
  adds: string;
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
    /** Of the rest, on which the level was judged: hours in which a part of it was not used. */
    hoursUnusedPercent: number | null;
    /** Of what the level costs there, what bought nothing. */
    costUnusedPercent: number | null;
  }>;
  /** Of the level in the plan, what bought nothing in the hours of the period; by the month. */
  unusedPerMonth: string;
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

/** One kind of GPU at one provider when something that is held of it ends or begins. By the month, estimates. */
export type Renewal = Readonly<{
  at: string;
  provider: string;
  gpuModel: string;
  /** Names of commitments. */
  ending: readonly string[];
  beginning: readonly string[];
  /** GPUs, on average, that nothing covers any longer. */
  freedGpus: number;
  /** To commit to then, beside what is worth committing to now. */
  units: number;
  term: '1y' | '3y';
  perGpuHour: string;
  onDemandPerGpuHour: string;
  /** What is above that from then on: on demand, or with the units. */
  onDemandPerMonth: string;
  renewedPerMonth: string;
  savesPerMonth: string;
}>;

/** A commitment to spend that ends, and the one that would be best for all that is not covered then. */
export type SpendRenewal = Readonly<{
  at: string;
  provider: string;
  ending: readonly string[];
  gpuModels: readonly string[];
  perHour: string;
  savesPerMonth: string;
}>;
