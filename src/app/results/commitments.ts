/** `tare report commitments`: commitments that are held, how far they were used, what they cover, and when they end. */
export type CommitmentReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  sentence: string;
  /** What ends first comes first; what has no known end comes last. */
  rows: readonly HeldFigures[];
  total: CommitmentUse &
    Readonly<{ eligibleGpuHours: number; committedGpuHours: number; coveragePercent: number | null }>;
  /** By kind of GPU at a provider: how much of what could be committed was. */
  coverage: readonly Readonly<{
    provider: string;
    gpuModel: string;
    eligibleGpuHours: number;
    committedGpuHours: number;
    coveragePercent: number | null;
  }>[];
  days: readonly CommitmentSpan[];
  /** `day` is `2026-10`. */
  months: readonly CommitmentSpan[];
}>;

/** Bought is used and unused, to the last digit. Of commitments of which nobody knows the use, only `boughtCost` is known. */
export type CommitmentUse = Readonly<{
  boughtCost: string;
  usedCost: string | null;
  unusedCost: string | null;
  /** Used ÷ bought. */
  utilisationPercent: number | null;
}>;

export type CommitmentSpan = CommitmentUse &
  Readonly<{
    day: string;
    eligibleGpuHours: number;
    committedGpuHours: number;
    coveragePercent: number | null;
  }>;

export type HeldFigures = CommitmentUse &
  Readonly<{
    id: string;
    name: string;
    provider: string;
    region: string | null;
    pool: string | null;
    /** From which side it is known. */
    source: 'bill' | 'declared' | 'both';
    /** To so much of something, or to so much money; `null` where nobody says. */
    kind: 'resource' | 'spend' | null;
    type: string | null;
    /** GPUs that it was used for, and the one that it is for. */
    gpuModels: readonly string[];
    gpus: number | null;
    boughtGpuHours: number | null;
    usedGpuHours: number;
    quantity: Readonly<{ used: string; unused: string; unit: string }> | null;
    start: string | null;
    /** When it ends; `null`: nobody says. */
    end: string | null;
    daysLeft: number | null;
    state: 'ahead' | 'running' | 'ends_soon' | 'ended' | 'no_end_known';
    /** By the month of 730 hours in which it was held. */
    unusedPerMonth: string | null;
  }>;
