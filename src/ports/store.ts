import type { Attributes, Basis, FactBatch, Lifecycle } from '../domain/facts/facts.ts';
import type { Picos } from '../domain/money/picos.ts';
import type { Owner } from '../domain/ownership/owner.ts';
import type { PriceKey, PriceSource, Rate } from '../domain/pricing/price.ts';
import type { EpochMs, TimeWindow } from '../domain/time/window.ts';
import type { CommitmentQueries } from './commitment-queries.ts';
import type { GuardrailRecords } from './guardrail-records.ts';
import type { LedgerAggregate } from './ledger-aggregate.ts';
import type { LeverQueries } from './lever-queries.ts';
import type { NameSearch } from './name-search.ts';
import type { PolicyQueries } from './policy-queries.ts';
import type {
  RunDimension,
  RunEvidence,
  RunGroup,
  RunPageQuery,
  RunPart,
  RunPartQuery,
  RunQuality,
  RunRecord,
  RunSelection,
} from './run-queries.ts';
import type { SavedViews } from './saved-views.ts';
import type { ServingQueries } from './serving.ts';
import type { Reject, Warning } from './source.ts';

export type { LedgerAggregate } from './ledger-aggregate.ts';

/**
 * The one way to what is kept: facts in, ledger built where the data is, answers out.
 *
 * Every adapter promises: an import lands whole or not at all; the same import twice changes nothing; a kill at any moment leaves
 * a store that opens and holds every acknowledged import; the same facts give the same ledger to the last digit on every engine.
 */
export interface Store
  extends ServingQueries,
    LeverQueries,
    PolicyQueries,
    CommitmentQueries,
    PolicyQueries,
    GuardrailRecords,
    NameSearch,
    SavedViews {
  readonly url: string;

  /**
   * Takes all facts of one dataset (a file, or one chunk of a live source) as a unit. What the store held under the same name and
   * is not in the stream any more is removed; a fact with a key that another dataset brought replaces that one.
   * Rejects the whole import when the stream fails: nothing of it is visible then.
   */
  importDataset(dataset: DatasetHeader, batches: AsyncIterable<FactBatch>): Promise<ImportCounts>;
  /** Kept beside the dataset for `tare doctor` and the data page; the rejects are capped by the caller. */
  recordReading(dataset: string, reading: ReadingRecord): Promise<void>;
  datasets(): Promise<readonly DatasetRecord[]>;
  removeDataset(dataset: string): Promise<void>;

  /** What the ledger still needs from outside before it can be built: who owns, and what it costs. */
  priceKeys(): Promise<readonly Readonly<{ key: PriceKey; window: TimeWindow }>[]>;
  saveRates(rates: readonly Readonly<{ key: PriceKey; rates: readonly Rate[] }>[]): Promise<void>;
  attributeSets(): Promise<readonly Readonly<{ id: string; attributes: Attributes }>[]>;
  saveOwners(owners: readonly Readonly<{ id: string; owner: Owner }>[]): Promise<void>;
  saveSettings(settings: LedgerSettings): Promise<void>;

  /** Windows, whole hours, whose facts, owners, rates or settings changed since they were built; oldest first, none after `untilMs`. */
  staleWindows(untilMs: EpochMs): Promise<readonly TimeWindow[]>;
  /** Builds exactly these hours and marks them current, in one step. `untilMs` cuts what is still open. */
  buildHours(window: TimeWindow, untilMs: EpochMs): Promise<BuildCounts>;
  /**
   * One step of replacing samples of built hours before this moment by few that say the same of the hour, so that the ledger stays what
   * it is. `null`: there is nothing left to look at.
   */
  rollUpSamples(beforeMs: EpochMs): Promise<RollUpCounts | null>;

  ledger(query: LedgerQuery): Promise<readonly LedgerAggregate[]>;
  charges(query: ChargeQuery): Promise<readonly ChargeAggregate[]>;
  /** What the bill says about the window, and what the ledger says about the same resources. */
  reconcile(window: TimeWindow): Promise<Reconciliation>;
  /** The same by what was bought, over the whole UTC days that the window touches. Shared charges are one line: the ledger spreads them. */
  reconcileServices(window: TimeWindow): Promise<readonly ServiceReconciliation[]>;
  unpriced(window: TimeWindow): Promise<readonly UnpricedItem[]>;
  extent(): Promise<Extent>;
  /** Everything behind one device-hour, for `tare explain`. */
  evidence(deviceId: string, hourMs: EpochMs): Promise<Evidence>;

  /** Brings the costs of runs up to the facts and the ledger. Nothing to do is quick; otherwise call it after the hours are built. */
  refreshRuns(): Promise<void>;
  /** One page of runs, as `refreshRuns` left them. What a run costs does not depend on what is asked for beside it. */
  runs(query: RunPageQuery): Promise<readonly RunRecord[]>;
  runGroups(query: RunSelection & Readonly<{ by: readonly RunDimension[] }>): Promise<readonly RunGroup[]>;
  /** Runs that have a value of the metric. */
  runQualities(query: RunSelection & Readonly<{ metric: string }>): Promise<readonly RunQuality[]>;
  runParts(query: RunPartQuery): Promise<readonly RunPart[]>;
  runEvidence(runId: string): Promise<RunEvidence>;

  /** Small named texts: the generated-data mark, watermarks of live sources. */
  readNote(name: string): Promise<string | undefined>;
  writeNote(name: string, text: string): Promise<void>;

  close(): Promise<void>;
}

export type DatasetHeader = Readonly<{
  /** `focus:/abs/path/bill.csv`, `prometheus:prod/2026-10-14T09`. */
  name: string;
  kind: string;
  importedAtMs: EpochMs;
}>;

export type ImportCounts = Readonly<{
  imported: number;
  unchanged: number;
  /** Facts that this dataset brought before and does not bring any more. */
  removed: number;
  /** Charges, now imported, that stand word for word in other datasets too: a restated bill under a new name, perhaps. */
  alsoElsewhere: number;
  /** The dataset that holds exactly the same charges; nothing was imported then. */
  sameAs: string | null;
}>;

export type ReadingRecord = Readonly<{
  rowsRead: number;
  rejects: readonly Reject[];
  warnings: readonly Warning[];
}>;

export type DatasetRecord = DatasetHeader &
  Readonly<{
    facts: number;
    firstMs: EpochMs | null;
    lastMs: EpochMs | null;
    rowsRead: number;
    rejects: readonly Reject[];
    warnings: readonly Warning[];
  }>;

export type SharedRule = 'proportional' | 'even' | 'none';

export type LedgerSettings = Readonly<{
  currency: string;
  shared: SharedRule;
  /** How many usual intervals a sample stands for at most; 2 unless told otherwise, 1 counts samples alone. */
  maxHoldIntervals: number;
}>;

export type BuildCounts = Readonly<{ hours: number; rows: number }>;

/** How many hours of devices were rolled up, and how many samples stood in them before and after. */
export type RollUpCounts = Readonly<{ hours: number; samplesBefore: number; samplesAfter: number }>;

/** Dimensions of the ledger; `tag:NAME` names any other owner dimension of the rules in `tare.yaml`. */
export const LEDGER_DIMENSIONS = [
  'team',
  'model',
  'environment',
  'workload',
  'kind',
  'pool',
  'gpuModel',
  'lifecycle',
  'node',
  'device',
  'provider',
  'region',
  'account',
  'service',
  'priceSource',
  'day',
  'hour',
] as const;

export type LedgerDimension = (typeof LEDGER_DIMENSIONS)[number] | `tag:${string}`;

export type LedgerFilter = Readonly<{ dimension: LedgerDimension; values: readonly string[] }>;

export type LedgerQuery = Readonly<{
  window: TimeWindow;
  by: readonly LedgerDimension[];
  filters?: readonly LedgerFilter[];
}>;

export const CHARGE_DIMENSIONS = [
  'provider',
  'account',
  'service',
  'serviceCategory',
  'category',
  'sku',
  'region',
  'resource',
  'pricingCategory',
  'commitment',
  'team',
  'model',
  'environment',
  'use',
  'day',
] as const;

/** `use` is `gpu` for lines that buy GPU time, `direct` and `shared` for the others. */
export type ChargeDimension = (typeof CHARGE_DIMENSIONS)[number];

/** Charges whose charge period starts inside the window. */
export type ChargeQuery = Readonly<{ window: TimeWindow; by: readonly ChargeDimension[] }>;

export type ChargeAggregate = Readonly<{
  key: Readonly<Record<string, string>>;
  rows: number;
  billedPicos: Picos;
  effectivePicos: Picos;
  listPicos: Picos;
  contractedPicos: Picos;
  costPicos: Picos;
}>;

export type Reconciliation = Readonly<{
  /** Charges apportioned to the window by time. */
  billPicos: Picos;
  /** What the ledger holds for those charges: GPU time priced by the bill, direct and shared. */
  ledgerPicos: Picos;
  /** GPU cost of the ledger that no charge covers yet. */
  estimatedPicos: Picos;
  byDay: readonly Readonly<{ day: string; billPicos: Picos; ledgerPicos: Picos; estimatedPicos: Picos }>[];
}>;

export type ServiceReconciliation = Readonly<{
  /** `null`: all charges that nobody owns, whose services cannot be told apart once they are spread. */
  service: string | null;
  use: 'gpu' | 'direct' | 'shared';
  billPicos: Picos;
  ledgerPicos: Picos;
}>;

export type UnpricedItem = Readonly<{
  gpuModel: string;
  provider: string | null;
  instanceType: string | null;
  lifecycle: Lifecycle;
  ticks: bigint;
}>;

/** First and last instant of what is known, and the newest of each kind of fact. `null` when there is nothing. */
export type Extent = Readonly<{
  ledger: TimeWindow | null;
  newest: Readonly<{
    usageMs: EpochMs | null;
    capacityMs: EpochMs | null;
    allocationMs: EpochMs | null;
    chargeMs: EpochMs | null;
    runMs: EpochMs | null;
    /** Counters of model servers, and single calls. */
    trafficMs: EpochMs | null;
    requestMs: EpochMs | null;
  }>;
}>;

export type Evidence = Readonly<{
  /** Stated capacity, cut at the hour and where its price changes. */
  slots: readonly Readonly<{
    startMs: EpochMs;
    endMs: EpochMs;
    node: string;
    gpuModel: string;
    gpuParts: number;
    lifecycle: Lifecycle;
    priceSource: PriceSource;
    perGpuHourPicos: Picos | null;
    priceDate: string | null;
    priceReference: string | null;
    capacityDataset: string;
  }>[];
  allocations: readonly Readonly<{
    workloadId: string;
    /** The workload's name, as the ledger's rows have it. */
    workload: string;
    shareParts: number;
    startMs: EpochMs;
    endMs: EpochMs | null;
    lostFromMs: EpochMs | null;
    dataset: string;
  }>[];
  /** The single samples of the hour are no longer kept: see `rollUpSamples`. */
  isRolledUp: boolean;
  /** Of the hour, and of the hour before, since a sample stands for the time behind it. */
  samples: readonly Readonly<{
    atMs: EpochMs;
    intervalMs: number;
    busyPpm: number | null;
    effectivePpm: number | null;
    basis: Basis;
    isContradictory: boolean;
    dataset: string;
  }>[];
  charges: readonly Readonly<{
    where: string;
    description: string | null;
    costPicos: Picos;
    dataset: string;
  }>[];
  rows: readonly LedgerAggregate[];
}>;
