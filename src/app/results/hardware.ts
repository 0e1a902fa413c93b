import type { SavingRange } from './levers.ts';
import type { Overview } from './results.ts';

/**
 * `tare report hardware`: the kinds of GPU that each job and endpoint could run on, side by side. Costs are by the month of 730 hours
 * and estimates in cents, except for what runs now, which is the ledger.
 */
export type HardwareReport = Readonly<{
  currency: string;
  from: string;
  to: string;
  period: Readonly<{ from: string; to: string; days: number; hoursPerMonth: number }>;
  sentence: string;
  rows: readonly HardwareTargetFigures[];
  offset: number;
  nextOffset: number | null;
  total: Readonly<{
    targets: number;
    /** With a kind that saves enough to change to it, and those of them that have to be tried first. */
    changes: number;
    trials: number;
    heldCost: string;
    /** Of the changes that are no trials: each alone, added up. */
    aloneSaving: string;
  }>;
  /** Workloads that are not compared, and why. */
  missing: readonly Readonly<{ workload: string; gpuModel: string; reason: string }>[];
  /** What a GPU-hour of these kinds is offered for, the cheapest offer of each. */
  prices: readonly HardwarePrice[];
  generated: Overview['generated'];
}>;

export type HardwareTargetFigures = Readonly<{
  workload: string;
  kind: string;
  owner: string;
  gpuModel: string;
  provider: string;
  region: string | null;
  gpuHours: number;
  unpricedGpuHours: number;
  /** By the month, and in the period. */
  heldCost: string;
  periodCost: string;
  /** In the period; `null` where nothing counts them. */
  runs: number | null;
  requests: number | null;
  tokens: number | null;
  memoryGib: number | null;
  busyP99: number | null;
  samples: number | null;
  p99Ms: number | null;
  limitMs: number | null;
  /** The present kind first, then the cheapest first; those that are none, last. */
  options: readonly HardwareOptionFigures[];
  /** The kind that the lever changes to; `null` where none saves enough. */
  proposed: string | null;
  /** `right-size/ranker`; `null` where it is to be tried first, or nothing is proposed. */
  lever: string | null;
  /** What has to be measured before it counts. */
  toMeasure: string | null;
  aloneSaving: SavingRange | null;
}>;

export type HardwareOptionFigures = Readonly<{
  gpuModel: string;
  isCurrent: boolean;
  /** Of what fits, keeps up and has a price. */
  isCheapest: boolean;
  isProposed: boolean;
  memoryGib: number | null;
  fits: boolean | null;
  /** Against the present one; low and high are the range of an estimate. */
  speed: Readonly<{
    low: number;
    expected: number;
    high: number;
    source: string;
    isMeasured: boolean;
  }> | null;
  perGpuHour: string | null;
  priceSource: string | null;
  priceReference: string | null;
  cost: string | null;
  costPerRun: string | null;
  costPer1kRequests: string | null;
  /** Input and output together. */
  costPer1mTokens: string | null;
  busyP99: number | null;
  p99Ms: Readonly<{ expected: number; worst: number }> | null;
  isLatencyMet: boolean | null;
  /** Hours that would cost more stay where they are. */
  saving: string | null;
  refusal: string | null;
  /** In words; `null` where it could run there. */
  why: string | null;
}>;

export type HardwarePrice = Readonly<{
  gpuModel: string;
  provider: string;
  lifecycle: string;
  term: string | null;
  perGpuHour: string;
  /** Where it is offered for this. */
  region: string;
  instanceType: string | null;
  /** Offers of the kind there; this is the cheapest. */
  offers: number;
  from: string;
  source: string;
  checked: string;
  confidence: 'published' | 'approximate';
}>;
