/** The plan of `tare levers`, as doors render it. Savings are by the month of 730 hours, and estimates: rounded to cents, once. */
export type LeversReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  /** The history that was replayed; every saving stands for a month like it. */
  period: Readonly<{ from: string; to: string; days: number; hoursPerMonth: number }>;
  sentence: string;
  rows: readonly LeverRow[];
  planSaving: SavingRange;
  /** What the GPUs of the period cost in a month; no saving is larger. */
  gpuCost: string;
  /** Levers that could not be judged, and what is missing for it. Unknown is not "no saving". */
  missing: readonly MissingEvidence[];
  /** Paid time that stood still while runs were queued: what to look at first. `null` where no source says who waited. */
  whileOthersWaited: Readonly<{
    gpuHours: number;
    cost: string;
    runs: number;
    /** The part of it that nobody held while a quota without room kept work from it. */
    heldBackByQuota: Readonly<{ gpuHours: number; cost: string }>;
  }> | null;
  /** Set where the facts were made up. */
  generated: Readonly<{ seed: number; description: string }> | null;
}>;

export type SavingRange = Readonly<{ low: string; expected: string; high: string }>;

export type LeverRow = Readonly<{
  /** `scale-to-zero/search-staging`. */
  id: string;
  lever: string;
  target: string;
  owner: string;
  /** Were it the only change. Low and high are the 10th and 90th percentile over resampled history. */
  aloneSaving: SavingRange;
  /** On what the levers above it leave over; adds up to the plan's. */
  inPlanSaving: string;
  /** What a month of the hours costs that the lever cuts. */
  targetCost: string;
  /** Why the alone and the in-plan figure differ; `null` when they do not. */
  note: string | null;
  risk: 'low' | 'medium' | 'high';
  evidence: Readonly<{
    from: string;
    to: string;
    /** Hours of history that were replayed, and what they rest on. */
    hours: number;
    rows: number;
    gpuHours: number;
    /** GPU time saved in the period, alone. */
    gpuHoursSaved: number;
    cause: string | null;
    facts: readonly string[];
  }>;
  assumptions: readonly string[];
  action: string;
  /** The change to make, as documents to be written to files. */
  changes: readonly ChangeFile[];
}>;

export type ChangeFile = Readonly<{
  file: string;
  /** What to look at before it is applied. */
  comment: string;
  document: Readonly<Record<string, unknown>>;
}>;

export type MissingEvidence = Readonly<{ lever: string; target: string | null; reason: string }>;

/** One lever, taken apart. Days and nodes are of the period as it was; a month is made of it in the row alone. */
export type LeverDetail = Readonly<{
  currency: string;
  from: string;
  to: string;
  period: LeversReport['period'];
  /** Where it stands in the plan, from 1, and of how many. */
  place: number;
  levers: number;
  row: LeverRow;
  days: readonly (LeverPart & Readonly<{ day: string }>)[];
  nodes: readonly (LeverPart & Readonly<{ node: string; gpuModel: string }>)[];
  total: LeverPart;
}>;

/** What the hours that the lever cuts cost, why they stood still, and what the change would have saved of it, alone. */
export type LeverPart = Readonly<{
  gpuHours: number;
  cost: string;
  saved: string;
  /** GPU-hours that did nothing, by cause. */
  idleByCause: Readonly<Record<string, number>>;
}>;
