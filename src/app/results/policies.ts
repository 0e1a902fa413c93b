import type { PolicyMistake } from '../../ports/policy-reader.ts';

/** The policies in force, and what there is to write others with. */
export type PoliciesReport = Readonly<{
  /** The file that they stand in; `null` where there is none. */
  path: string | null;
  /** As they would stand in it; empty without any. */
  text: string;
  policies: readonly PolicyEntry[];
  rules: readonly Readonly<{
    rule: string;
    asks: string;
    parameters: readonly Word[];
    example: string;
  }>[];
  /** What every rule may have. */
  common: readonly Word[];
  /** Names and functions of expressions. */
  names: readonly Word[];
  functions: readonly Word[];
  /** Owner dimensions. */
  dimensions: readonly string[];
}>;

export type Word = Readonly<{ name: string; meaning: string }>;

export type PolicyEntry = Readonly<{
  name: string;
  rule: string;
  severity: 'error' | 'warning';
  line: number;
  text: string;
}>;

/** A text of policies as it was understood, beside those in force. */
export type PolicyReadingReport = Readonly<{
  policies: readonly PolicyEntry[];
  mistakes: readonly PolicyMistake[];
  changes: readonly PolicyChange[];
}>;

export type PolicyChange = Readonly<{
  change: 'added' | 'removed' | 'changed';
  name: string;
  rule: string;
  before: string | null;
  after: string | null;
}>;

/**
 * What policies would have stopped. Launches are rebuilt from the ledger; money is exact, of GPU time in the window. `null` is unknown. Nothing is in the rows
 * while the text has mistakes.
 */
export type PolicyPreview = Readonly<{
  currency: string;
  from: string;
  to: string;
  /** Until when the ledger knows. */
  dataUntil: string | null;
  mistakes: readonly PolicyMistake[];
  /** Launches that held GPUs in the window. */
  launches: number;
  rows: readonly PolicyPreviewRow[];
  /** What at least one error would have stopped, each hour of it once. */
  stopped: StoppedFigures;
}>;

export type StoppedFigures = Readonly<{
  launches: number;
  gpuHours: number;
  /** Of time that has a price. */
  cost: string;
  idleCost: string;
  unpricedGpuHours: number;
}>;

export type PolicyPreviewRow = StoppedFigures &
  Readonly<{
    policy: string;
    rule: string;
    severity: 'error' | 'warning';
    line: number;
    /** Launches that it is not about. */
    outside: number;
    /** The sum of the next three. */
    judged: number;
    kept: number;
    stopped: number;
    warned: number;
    notJudged: number;
    reasons: readonly Readonly<{ why: string; launches: number }>[];
    byTeam: readonly (StoppedFigures & Readonly<{ team: string }>)[];
    /** The costliest first. */
    rows: readonly StoppedLaunch[];
    /** Launches that would have been stopped, and are not listed. */
    more: number;
  }>;

export type StoppedLaunch = Readonly<{
  id: string;
  name: string;
  kind: string | null;
  team: string | null;
  environment: string | null;
  /** What its costs can be looked up under. */
  receipt: Readonly<{ kind: 'run' | 'endpoint' | 'workload'; name: string }>;
  size: string;
  lifecycles: readonly string[];
  from: string;
  /** `null`: it goes on. */
  to: string | null;
  message: string;
  fix: string;
  gpuHours: number;
  /** `null`: some of it has no price. */
  cost: string | null;
  idleCost: string | null;
}>;
