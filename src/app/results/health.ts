import type { Coverage, CoverageReport, ReconciliationFigures, WarningFigures } from './results.ts';

/** Whether the figures can be trusted, and what to do where they cannot. Shapes as in results.ts: exact money texts. */
export type HealthReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  sentence: string;
  /** Worst first; nothing to say is an empty list. */
  problems: readonly Problem[];
  reconciliation: ReconciliationFigures &
    Readonly<{
      /** What the GPU time that is billed now was estimated at before; with `billedOfEstimated` it explains `trueUp`. */
      estimatedBefore: string;
      billedOfEstimated: string;
      /** `trueUp ÷ estimatedBefore`; `null` where nothing was estimated. */
      trueUpFraction: number | null;
    }>;
  byDay: CoverageReport['byDay'];
  /** The bill against the ledger by what was bought, over the whole days of the window; largest bill first. */
  services: readonly ServiceDifference[];
  coverage: Coverage;
  /** Share of the cost of the window that a bill explains. */
  billExplained: number | null;
  /** Cost by where its price came from, with its share; the amounts add up to the cost of the window. */
  pricedBy: readonly Readonly<{ source: CostSource; cost: string; fraction: number | null }>[];
  /** Days by what is known of them. */
  calendar: Readonly<{ days: readonly string[]; rows: readonly CalendarRow[] }>;
  freshness: CoverageReport['freshness'];
  sources: readonly SourceHealth[];
  /** Alike ones in one line, most often first. */
  rejects: readonly RejectGroup[];
  /** Rejected rows that are in no line above: too many to keep. */
  rejectsNotListed: number;
  unpriced: readonly UnpricedRisk[];
  /** Newest first. */
  imports: readonly ImportRecord[];
  importsNotListed: number;
  /** Devices that claimed to be fully busy without a process or memory in use; most such time first. */
  contradictory: readonly ContradictoryDevice[];
  serving: CoverageReport['serving'];
  warnings: readonly WarningFigures[];
}>;

export type Problem = Readonly<{
  /** Stays the same while the problem does: `unpriced`, `late/usage`. */
  id: string;
  /** `failing`: figures are wrong. `look`: something is missing from them. */
  status: 'failing' | 'look';
  title: string;
  /** What to do, in words. */
  remedy: string;
  /** Does it, or shows what to do it with; `null` where no command can. */
  command: string | null;
}>;

export type CostSource = 'bill' | 'contract' | 'priceBook' | 'ownership';

export type ServiceDifference = Readonly<{
  /** `null`: what nobody owns, which the ledger spreads over those who used GPUs. */
  service: string | null;
  use: 'gpu' | 'direct' | 'shared';
  bill: string;
  ledger: string;
  difference: string;
}>;

export type CalendarRow = Readonly<{
  /** A kind of source, or what is measured of the ledger. */
  name: string;
  /** Cost with a bill, GPU-hours observed, or time between the first and the last fact of what was imported. */
  measure: 'cost' | 'gpuHours' | 'time';
  /** 0–1 for each day; `null` where there is nothing to have a share of. */
  fractions: readonly (number | null)[];
}>;

export type SourceHealth = Readonly<{
  kind: string;
  datasets: number;
  facts: number;
  rowsRead: number;
  rowsRejected: number;
  newest: string | null;
  importedAt: string;
  lagSeconds: number | null;
  /** Between the newest facts of one dataset and of the next, the middle of all; `null` with fewer than three datasets. */
  intervalSeconds: number | null;
  /** `late`: silent for more than twice its interval. `unknown`: too few datasets to say. */
  state: 'current' | 'late' | 'unknown';
}>;

export type RejectGroup = Readonly<{
  kind: string;
  file: string;
  /** The first of these rows; `null` where the reader could not say. */
  line: number | null;
  column: string | null;
  code: string;
  message: string;
  count: number;
  command: string;
}>;

export type UnpricedRisk = CoverageReport['unpriced'][number] &
  Readonly<{
    /** At the middle of the listed prices of such GPUs; `null` where none is listed. */
    costAtRisk: string | null;
    command: string;
  }>;

export type ImportRecord = Readonly<{
  dataset: string;
  kind: string;
  importedAt: string;
  facts: number;
  rowsRead: number;
  rowsRejected: number;
  warnings: number;
  from: string | null;
  to: string | null;
}>;

export type ContradictoryDevice = Readonly<{
  device: string;
  node: string;
  pool: string;
  gpuModel: string;
  contradictoryGpuHours: number;
  gpuHours: number;
  command: string;
}>;
