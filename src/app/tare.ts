import type { TimeWindow } from '../domain/time/window.ts';
import type { ChargeDimension, LedgerDimension, LedgerFilter, SharedRule } from '../ports/store.ts';
import type { LeversReport } from './results/levers.ts';
import type {
  ChargeReport,
  CoverageReport,
  DoctorReport,
  Explanation,
  IdleReport,
  ImportResult,
  LedgerReport,
  Overview,
} from './results/results.ts';

/**
 * Everything a door can ask for. It runs in this process over a store, or in another one over HTTP (a file store belongs to one
 * process): doors cannot tell which.
 */
export interface Tare {
  importFiles(request: ImportRequest, progress: Progress, signal: AbortSignal): Promise<ImportResult>;
  collect(request: CollectRequest, progress: Progress, signal: AbortSignal): Promise<CollectResult>;
  /** Brings the ledger up to date; every report does this first when something changed. */
  buildLedger(progress: Progress, signal: AbortSignal): Promise<Readonly<{ hours: number; rows: number }>>;

  reportLedger(request: LedgerRequest): Promise<LedgerReport>;
  reportCharges(request: ChargeRequest): Promise<ChargeReport>;
  reportIdle(request: IdleRequest): Promise<IdleReport>;
  reportCoverage(window: TimeWindow): Promise<CoverageReport>;
  overview(window: TimeWindow): Promise<Overview>;
  /** What to change, and what it would have saved: every lever replayed on the window, alone and in place. */
  planSavings(request: LeversRequest): Promise<LeversReport>;
  /** `2026-10-14T09:00Z/DEVICE/WORKLOAD/BUCKET`; WORKLOAD may hold slashes and is empty for time that nobody held. */
  explain(row: string): Promise<Explanation>;
  doctor(signal: AbortSignal): Promise<DoctorReport>;
  close(): Promise<void>;
}

export type ImportRequest = Readonly<{
  kind: string;
  /** Files or folders; a folder stands for the files below it that the kind can read. */
  paths: readonly string[];
  map: Readonly<Record<string, string>>;
  set: Readonly<Record<string, string>>;
  fields: readonly string[] | null;
  /** Reads, checks and counts, and keeps nothing. */
  isDryRun: boolean;
}>;

/** Without a window: from each source's watermark (or 30 days back) to now. */
export type CollectRequest = Readonly<{ window: TimeWindow | null; sources: readonly string[] | null }>;
export type CollectResult = Readonly<{ sources: readonly (ImportResult & Readonly<{ name: string }>)[] }>;

export type LedgerRequest = Readonly<{
  window: TimeWindow;
  by: readonly LedgerDimension[];
  filters: readonly LedgerFilter[];
  /** Rows to keep, largest gross cost first (days and hours stay in time order and are not cut). */
  top: number | null;
}>;

/** Why time stood still, as a dimension: of the idle report alone. */
export const CAUSE = 'cause';
export type IdleDimension = LedgerDimension | typeof CAUSE;
export type IdleRequest = Omit<LedgerRequest, 'by'> & Readonly<{ by: readonly IdleDimension[] }>;

/** `seed` decides how history is resampled: the same seed, the same ranges. */
export type LeversRequest = Readonly<{ window: TimeWindow; seed: number }>;
export const DEFAULT_LEVER_SEED = 42;

export type ChargeRequest = Readonly<{
  window: TimeWindow;
  by: readonly ChargeDimension[];
  top: number | null;
}>;

/** Called often; the door decides how much of it to show. */
export type Progress = (event: ProgressEvent) => void;
export type ProgressEvent = Readonly<{
  /** `reading bills/2026-10.parquet`, `building 2026-10-14`. */
  task: string;
  done: number;
  /** In the unit of `done`; `null` when nobody knows yet. */
  total: number | null;
  unit: 'rows' | 'bytes' | 'hours' | 'chunks';
}>;

/** What `tare.yaml` settles for the use-cases; parsed and checked by `src/config`. */
export type TareSettings = Readonly<{
  currency: string;
  shared: SharedRule;
  maxHoldIntervals: number;
  /** Stated rates into the ledger's currency. */
  exchangeRates: Readonly<Record<string, string>>;
  owners: Readonly<Record<string, readonly string[]>>;
}>;
