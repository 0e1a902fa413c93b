/**
 * The shapes that doors render and the HTTP API serves. Money is an exact decimal text beside one currency per document,
 * hours and fractions (0–1) are numbers, instants are ISO texts. Keys may be added, never renamed.
 */

export type BucketHours = Readonly<{
  gross: number;
  unobserved: number;
  unallocated: number;
  idle: number;
  underused: number;
  lost: number;
  productive: number;
}>;

export type BucketCost = Readonly<{ [bucket in keyof BucketHours]: string }>;

export type LedgerFigures = Readonly<{
  gpuHours: BucketHours;
  cost: BucketCost;
  direct: string;
  shared: string;
  /** `cost.gross + direct + shared`. */
  totalCost: string;
  /** `(gross − productive) ÷ gross` of the cost, by GPU-hours where nothing is priced; `null` without GPU time. */
  tareFraction: number | null;
  unpricedGpuHours: number;
  /** Share of `totalCost` that no bill covers yet. */
  estimatedCost: string;
}>;

/** A group in the window of the same length before. */
export type FiguresBefore = Readonly<{
  totalCost: string;
  grossGpuHours: number;
  tareFraction: number | null;
  /** `totalCost` now − before. */
  change: string;
}>;

export type LedgerReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  by: readonly string[];
  /** The money sentence; the same on every door. */
  sentence: string;
  /** `before` where a comparison was asked for, and the groups are not those of time. */
  rows: readonly (LedgerFigures &
    Readonly<{ before?: FiguresBefore | undefined }> &
    Readonly<Record<string, unknown>>)[];
  /** How many rows `top` left out, and their sum; `null` when it left out none. */
  rest: (LedgerFigures & Readonly<{ rows: number; before?: FiguresBefore | undefined }>) | null;
  total: LedgerFigures;
  /** The window of the same length before; `null` unless asked for, and where the ledger does not reach back that far. */
  previous: (FiguresBefore & Readonly<{ from: string; to: string }>) | null;
  reconciliation: ReconciliationFigures;
  coverage: Coverage;
  warnings: readonly WarningFigures[];
}>;

export type ReconciliationFigures = Readonly<{
  bill: string;
  /** What the ledger holds for what was billed. */
  ledger: string;
  /** `ledger − bill`; zero unless something is wrong, and then a warning says what. */
  difference: string;
  /** GPU cost that rests on estimates, because no charge covers it (yet). */
  estimated: string;
  /** Billed now − estimated before, for GPU time that had an estimate. */
  trueUp: string;
}>;

export type Coverage = Readonly<{
  /** Share of paid GPU-hours that something observed; `null` without GPU time. */
  observed: number | null;
  /** Share of held and measured GPU-hours by measure. */
  basis: Readonly<{ smActive: number; engineActive: number; gpuUtil: number }>;
  /** Share of cost with an owner, per dimension. */
  owned: Readonly<Record<string, number | null>>;
  /** Share of GPU-hours by where the price came from. */
  pricedBy: Readonly<{
    bill: number;
    contract: number;
    priceBook: number;
    ownership: number;
    unpriced: number;
  }>;
  contradictoryGpuHours: number;
}>;

export type WarningFigures = Readonly<{ code: string; message: string; count: number }>;

export type ChargeFigures = Readonly<{
  rows: number;
  billedCost: string;
  effectiveCost: string;
  listCost: string;
  contractedCost: string;
  /** What the ledger counts. */
  cost: string;
}>;

export type ChargeReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  by: readonly string[];
  rows: readonly (ChargeFigures & Readonly<Record<string, unknown>>)[];
  rest: (ChargeFigures & Readonly<{ rowsLeftOut: number }>) | null;
  total: ChargeFigures;
}>;

export type IdleReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  by: readonly string[];
  rows: readonly (IdleFigures & Readonly<Record<string, unknown>>)[];
  rest: (IdleFigures & Readonly<{ rows: number }>) | null;
  total: IdleFigures;
}>;

export type IdleFigures = Readonly<{
  gpuHours: Readonly<{ gross: number; idle: number; unallocated: number; unobserved: number }>;
  cost: Readonly<{ gross: string; idle: string; unallocated: string; unobserved: string }>;
  /** Idle ÷ held; `null` when nothing was held. */
  idleFraction: number | null;
  /** GPU time whose cost is missing here, because no price is known. */
  unpricedGpuHours: number;
}>;

export type CoverageReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  coverage: Coverage;
  reconciliation: ReconciliationFigures;
  byDay: readonly Readonly<{
    day: string;
    bill: string;
    ledger: string;
    difference: string;
    estimated: string;
    observed: number | null;
  }>[];
  unpriced: readonly Readonly<{
    gpuModel: string;
    provider: string | null;
    instanceType: string | null;
    lifecycle: string;
    gpuHours: number;
    remedy: string;
  }>[];
  freshness: readonly Readonly<{
    fact: 'usage' | 'capacity' | 'allocations' | 'charges' | 'traffic' | 'requests';
    newest: string | null;
    ageSeconds: number | null;
    /** `late`: older than twice the interval at which such facts usually come. */
    state: 'current' | 'late' | 'missing';
  }>[];
  /** `null` where nothing is served. */
  serving: ServingCoverage | null;
  sources: readonly SourceFigures[];
}>;

export type ServingCoverage = Readonly<{
  /** What the ledger holds for inference in the window. */
  cost: string;
  /** Share of it in days of endpoints about whose requests anything is known; `null` without cost. */
  costWithTraffic: number | null;
  /** Where nothing is known of them, dearest first. */
  withoutTraffic: readonly Readonly<{ endpoint: string; cost: string }>[];
  /** Calls of model APIs, and those of them that nobody knows the price of. */
  paidCalls: number;
  unpricedCalls: number;
  unpricedModels: readonly Readonly<{ model: string; calls: number }>[];
}>;

export type SourceFigures = Readonly<{
  kind: string;
  datasets: number;
  facts: number;
  newest: string | null;
  rowsRejected: number;
  rejects: readonly Readonly<{ where: string; code: string; message: string }>[];
  warnings: readonly WarningFigures[];
}>;

/** Everything the first page shows, in one answer. */
export type Overview = Readonly<{
  currency: string;
  from: string;
  to: string;
  /** Set when the facts were made by `tare demo`; the page says so. */
  generated: Readonly<{ seed: number; description: string }> | null;
  sentence: string;
  total: LedgerFigures;
  /** The window of the same length before; `null` when the ledger does not reach back that far. */
  previous: (LedgerFigures & Readonly<{ from: string; to: string }>) | null;
  /** Cost of one productive GPU-hour, and of one paid one; `null` when there is none. */
  unitCost: Readonly<{ perProductiveGpuHour: string | null; perPaidGpuHour: string | null }>;
  funnel: readonly FunnelStep[];
  days: readonly (LedgerFigures & Readonly<{ day: string }>)[];
  teams: readonly (LedgerFigures & Readonly<{ team: string }>)[];
  leaks: readonly Leak[];
  health: Readonly<{
    coverage: Coverage;
    reconciliation: ReconciliationFigures;
    freshness: CoverageReport['freshness'];
    unpriced: CoverageReport['unpriced'];
    rowsRejected: number;
    warnings: readonly WarningFigures[];
  }>;
  /** What the ledger reaches, so that the page can offer windows that have data. */
  extent: Readonly<{ from: string; to: string }> | null;
}>;

export type FunnelStep = Readonly<{
  step: 'paid' | 'observed' | 'allocated' | 'active' | 'effective' | 'productive';
  meaning: string;
  gpuHours: number;
  cost: string;
  /** Of what was paid. */
  fraction: number | null;
  /** What the step before loses to reach this one; `null` on the first. */
  loses: Readonly<{ bucket: string; gpuHours: number; cost: string }> | null;
}>;

export type Leak = Readonly<{
  bucket: string;
  workload: string;
  kind: string;
  team: string;
  gpuHours: number;
  cost: string;
  /** Of the GPU cost of the window. */
  fraction: number;
  /** A verb and a target. */
  advice: string;
}>;

export type ImportResult = Readonly<{
  kind: string;
  files: number;
  rowsRead: number;
  rowsImported: number;
  rowsUnchanged: number;
  rowsRejected: number;
  rowsRemoved: number;
  rejects: readonly Readonly<{ where: string; code: string; message: string }>[];
  warnings: readonly WarningFigures[];
  totals: Readonly<Record<string, string | number>>;
}>;

export type Explanation = Readonly<{
  row: string;
  currency: string;
  /** `$2.2836  idle, 14 Oct 2026 09:00–10:00Z, search-llm …` as text. */
  title: string;
  cost: string | null;
  gpuHours: number;
  lines: readonly Readonly<{ figure: string; what: string; source: string }>[];
}>;

export type Finding = Readonly<{
  status: 'fine' | 'look' | 'failing';
  subject: string;
  message: string;
  remedy: string | null;
}>;
export type DoctorReport = Readonly<{ findings: readonly Finding[]; exitCode: number }>;
