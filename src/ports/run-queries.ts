import type { RunFact, RunState } from '../domain/facts/facts.ts';
import type { Picos } from '../domain/money/picos.ts';
import type { EpochMs, TimeWindow } from '../domain/time/window.ts';
import type { LedgerAggregate } from './ledger-aggregate.ts';

/** What a store can be asked about runs. Costs are of whole runs, whatever the window and the filters. */

export const RUN_DIMENSIONS = [
  'team',
  'model',
  'environment',
  'experiment',
  'state',
  'queue',
  'name',
  'run',
  'gpuModel',
  'priceSource',
  'day',
] as const;

/** `day` is the UTC day on which the run started; a run on two GPU models has both in its `gpuModel`, with a comma. */
export type RunDimension = (typeof RUN_DIMENSIONS)[number];

export type RunFilter = Readonly<{ dimension: RunDimension; values: readonly string[] }>;

/** Runs that were waiting or going on at some time of the window; `null` is all of them. */
export type RunSelection = Readonly<{
  window: TimeWindow | null;
  filters: readonly RunFilter[];
  /** Part of the name, the id or the experiment, in any case. */
  text?: string | null;
}>;

export const RUN_SORTS = [
  'cost',
  'gpuHours',
  'lostCost',
  'idleCost',
  'productiveCost',
  'waitHours',
  'durationHours',
  'attempts',
  'startedAt',
  'endedAt',
  'name',
  'team',
  'model',
  'state',
] as const;
export type RunSort = (typeof RUN_SORTS)[number];

/** Unknown comes last in either direction; ties are in the order of the ids. */
export type RunPageQuery = RunSelection &
  Readonly<{ sort: RunSort; isDescending: boolean; limit: number | null; offset: number }>;

/** Sums of ledger rows; `directPicos` are the charges that carry the run's tag. */
export type RunMeasures = Omit<LedgerAggregate, 'key'>;

/** One run: the words of its last attempt, and the sums of all. */
export type RunRecord = RunMeasures &
  Readonly<{
    runId: string;
    name: string;
    experiment: string | null;
    state: RunState;
    stateDetail: string | null;
    queue: string | null;
    parentRunId: string | null;
    fingerprint: string | null;
    /** The earlier run that did the same work, and did not lose it. */
    duplicateOf: string | null;
    parameters: Readonly<Record<string, string>>;
    metrics: Readonly<Record<string, number>>;
    team: string;
    model: string;
    environment: string;
    attempts: number;
    startedAttempts: number;
    lostAttempts: number;
    /** Started attempts that the ledger knows; the cost of the others is unknown. */
    knownAttempts: number;
    checkpoints: number;
    queuedMs: EpochMs | null;
    startMs: EpochMs | null;
    endMs: EpochMs | null;
    /** Start less queued, over the attempts that have both. */
    waitMs: number | null;
    gpuModels: readonly string[];
    priceSources: readonly string[];
  }>;

export type RunGroup = RunMeasures &
  Readonly<{
    key: Readonly<Record<string, string>>;
    runs: number;
    attempts: number;
    lostAttempts: number;
    /** Runs with a started attempt of which no cost is known: they are missing in the sums. */
    unknownRuns: number;
    waitMs: number;
    /** Runs whose last attempt ended failed, cancelled, preempted or timed out. */
    failed: Readonly<{ runs: number; unknownRuns: number; ticks: bigint; picos: Picos }>;
    /** Runs that did again what an earlier one had done. */
    duplicates: Readonly<{ runs: number; unknownRuns: number; picos: Picos }>;
  }>;

export type RunQuality = Readonly<{
  runId: string;
  model: string;
  value: number;
  endMs: EpochMs | null;
  startMs: EpochMs | null;
  /** `null`: unknown. */
  totalPicos: Picos | null;
}>;

export const RUN_PART_DIMENSIONS = [
  'run',
  'attempt',
  'hour',
  'device',
  'gpuModel',
  'lifecycle',
  'priceSource',
  'price',
] as const;
export type RunPartDimension = (typeof RUN_PART_DIMENSIONS)[number];

/** Which part of the ledger which attempt had: of one run, or of one device. What is outside any run has the empty run and attempt 0. */
export type RunPartQuery = Readonly<{ by: readonly RunPartDimension[] }> &
  (Readonly<{ runId: string }> | Readonly<{ deviceId: string }>);

export type RunPart = LedgerAggregate &
  Readonly<{
    /** Set with the dimension `price`: what a GPU-hour cost there; `null` for the bill, which has no price of its own, and without a price. */
    price: Readonly<{
      perGpuHourPicos: Picos;
      priceDate: string | null;
      reference: string | null;
    }> | null;
  }>;

/** One attempt as it was imported, with what its workload held while it was going on. */
export type RunAttempt = Omit<
  RunFact,
  'runId' | 'name' | 'experiment' | 'parentRunId' | 'fingerprint' | 'parameters' | 'metrics' | 'attributes'
> &
  Readonly<{
    /** The last checkpoint of the workload between start and end. */
    checkpointMs: EpochMs | null;
    dataset: string;
  }>;

export type RunHold = Readonly<{
  workloadId: string;
  deviceId: string;
  gpuModel: string;
  gpuParts: number;
  startMs: EpochMs;
  endMs: EpochMs;
}>;

export type RunPower = Readonly<{ hourMs: EpochMs; meanWatts: number | null; busyFraction: number | null }>;

/** Everything behind one run, for its receipt. */
export type RunEvidence = Readonly<{
  attempts: readonly RunAttempt[];
  /** What its workloads held, cut at the end of what is built. */
  holds: readonly RunHold[];
  /** Other runs that name one of its workloads. */
  sharedWith: readonly string[];
  charges: readonly Readonly<{
    where: string;
    description: string | null;
    costPicos: Picos;
    dataset: string;
  }>[];
  /** By the hour: draw of its devices added up (each as its mean over the samples), and mean activity. Empty without samples. */
  power: readonly RunPower[];
}>;
