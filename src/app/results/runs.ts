import type { RunState } from '../../domain/facts/facts.ts';
import type { BucketCost, BucketHours, Overview, WarningFigures } from './results.ts';

/** What training runs cost. Each figure is of the whole run, also where it reaches beyond the window of the report. */

/** Money is `null` where nothing about it is known; `direct` and `shared` stand beside the GPU time, and `cost` is all three. */
export type RunMoney = Readonly<{
  /** `gpuCost + direct + shared`. */
  cost: string | null;
  gpuCost: string | null;
  productiveCost: string | null;
  underusedCost: string | null;
  idleCost: string | null;
  lostCost: string | null;
  /** Held, and nothing says what the device did. */
  unobservedCost: string | null;
  direct: string;
  shared: string;
  /** Part of `cost` that no bill covers yet. */
  estimatedCost: string;
  /** Billed now − estimated before. */
  trueUp: string;
  isEstimated: boolean;
}>;

export type RunRow = RunMoney &
  Readonly<{
    runId: string;
    name: string;
    team: string;
    model: string;
    environment: string;
    experiment: string | null;
    state: RunState;
    stateDetail: string | null;
    parentRunId: string | null;
    attempts: number;
    /** Attempts that ended failed, cancelled, preempted or timed out. */
    lostAttempts: number;
    checkpoints: number;
    queue: string | null;
    queuedAt: string | null;
    startedAt: string | null;
    endedAt: string | null;
    /** From queued to started, over all attempts; it costs nothing. Of a run that still waits: until now. */
    waitHours: number | null;
    /** From the first start to the end, or until now. */
    durationHours: number | null;
    gpuModels: readonly string[];
    gpuHours: number | null;
    gpuHoursByBucket: BucketHours | null;
    unpricedGpuHours: number;
    /** `bill`, `price_book`, …; with `+` where there are several; `null` without GPU time. */
    priceSource: string | null;
    parameters: Readonly<Record<string, string>>;
    metrics: Readonly<Record<string, number>>;
    /** The earlier run that did the same work and did not lose it. */
    duplicateOf: string | null;
    /** The metric that was asked for; these three are `null` without one. */
    quality: number | null;
    costPerPoint: string | null;
    /** No run of the same model, among those selected, was as good for less or better for as much. */
    isOnFrontier: boolean | null;
    /** What a reader has to know: `lost whole: no checkpoint known`. */
    notes: readonly string[];
  }>;

export type RunSums = RunMoney &
  Readonly<{
    runs: number;
    attempts: number;
    lostAttempts: number;
    gpuHours: number;
    gpuHoursByBucket: BucketHours;
    unpricedGpuHours: number;
    waitHours: number;
    /** Runs whose cost is unknown, and therefore missing in the sums. */
    unknownRuns: number;
    /** Runs whose last attempt ended failed, cancelled, preempted or timed out, with everything they cost. */
    failed: Readonly<{ runs: number; gpuHours: number; cost: string | null }>;
    /** Runs that did again what an earlier one had done. */
    duplicates: Readonly<{ runs: number; cost: string | null }>;
  }>;

/** Beside the sums, one text for each dimension of `by`. */
export type RunGroupRow = RunSums & Readonly<Record<string, unknown>>;

export type RunsReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  by: readonly string[];
  sentence: string;
  metric: Readonly<{ name: string; direction: 'max' | 'min'; baseline: number | null }> | null;
  /** Runs; with `by`, groups of them. */
  rows: readonly (RunRow | RunGroupRow)[];
  offset: number;
  /** Where the next page begins; `null` on the last one. */
  nextOffset: number | null;
  /** Of everything selected, not of the page alone. */
  total: RunSums;
  warnings: readonly WarningFigures[];
  /** Set when the facts were made up by the demo. */
  generated: Overview['generated'];
}>;

export type ReceiptLine = Readonly<{
  attempt: number;
  gpuModel: string;
  lifecycle: string;
  priceSource: string;
  /** `2026-10-01, list price`; `null` for what was billed, or has no price. */
  priceReference: string | null;
  /** Hours of such a GPU while it was held: the quantity. */
  deviceHours: number | null;
  /** The part of the device that was the run's, 0–1. */
  share: number | null;
  /** `deviceHours × share`, exact. */
  gpuHours: number;
  /** Of a GPU-hour; for the bill what its lines come to. `null`: no price is known. */
  unitPrice: string | null;
  amount: string | null;
  gpuHoursByBucket: BucketHours;
  costByBucket: BucketCost | null;
  shared: string;
  isEstimated: boolean;
}>;

export type ReceiptAttempt = RunMoney &
  Readonly<{
    attempt: number;
    state: RunState;
    stateDetail: string | null;
    queue: string | null;
    queuedAt: string | null;
    startedAt: string | null;
    endedAt: string | null;
    waitHours: number | null;
    workload: string | null;
    gpuHours: number | null;
    /** Where the work of a lost attempt was last safe; `null` when it was not lost, or no checkpoint is known. */
    lastCheckpointAt: string | null;
    /** What was lost, and since when, in words; `null` when nothing was. */
    lost: string | null;
    /** Where the attempt was read from. */
    source: string;
  }>;

export type RunReceipt = Readonly<{
  currency: string;
  /** `$12.40   llm-finetune (slurm:prod:4711), succeeded, …` as text. */
  title: string;
  /** As in the report of runs. */
  run: RunRow;
  /** One for each attempt, GPU model and price. Amounts and the direct and shared charges add up to `run.cost`. */
  lines: readonly ReceiptLine[];
  attempts: readonly ReceiptAttempt[];
  charges: readonly Readonly<{ description: string | null; amount: string; source: string }>[];
  /** Runs that name the same workloads, and share them by the time that they overlap. */
  sharedWith: readonly string[];
  timeline: readonly Readonly<{
    hour: string;
    attempt: number;
    gpuHours: number;
    gpuHoursByBucket: BucketHours;
    cost: string | null;
    /** Mean over the devices of its attempt while it held them; `null` without samples. */
    activity: number | null;
    /** Of its devices together, mean over the hour's samples; `null` without samples. */
    powerWatts: number | null;
  }>[];
  /** Set when the facts were made up by the demo. */
  generated: Overview['generated'];
}>;

export type CadenceReport = Readonly<{
  currency: string;
  model: string;
  /** The answer. */
  sentence: string;
  inputs: Readonly<{
    costPerRun: string;
    /** `measured` over so many runs of which so many ended with a model, or `stated`. */
    costBasis: 'measured' | 'stated';
    runs: number;
    modelsMade: number;
    /** Standard deviation of what a run cost; `null` for fewer than two. */
    costSpread: string | null;
    /** Points of quality lost a day just after a training. */
    decayPerDay: number;
    decayKind: 'linear' | 'exponential' | 'points';
    decayBasis: 'measured' | 'stated';
    decayMeasurements: number;
    valuePerPointDay: string;
  }>;
  rows: readonly Readonly<{
    cadence: 'daily' | 'weekly' | 'monthly' | 'best';
    days: number;
    trainingPerMonth: string;
    lossPerMonth: string;
    totalPerMonth: string;
    /** Less the best. */
    moreThanBest: string;
    /** In which 90 % of the totals lie when the measured inputs are drawn again; `null` when nothing can be drawn. */
    range: Readonly<{ low: string; high: string }> | null;
  }>[];
  /** `null`: retraining never pays. */
  bestDays: number | null;
  bestDaysRange: Readonly<{ low: number; high: number }> | null;
  notes: readonly string[];
}>;
