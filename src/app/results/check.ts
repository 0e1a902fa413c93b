import type { BudgetRow } from './budgets.ts';

/** What `tare check` answers. Money is an exact decimal text; every amount is an estimate made before the launch. `null` is unknown. */
export type CheckReport = Readonly<{
  currency: string;
  /** Files that hold something that is known here. */
  files: number;
  /** What it was compared with; `null` without `--base`. */
  base: Readonly<{ reference: string; commit: string }> | null;
  violations: readonly CheckViolation[];
  launches: readonly CheckedLaunch[];
  /** What differs from the base: empty without one. */
  changes: readonly LaunchChange[];
  unreadable: readonly Readonly<{ file: string; where: string; code: string; message: string }>[];
  /** Policies that some launch was held against, and that all of them keep to. */
  passed: readonly string[];
  /** Budgets that the launches count to, as they stand before; `null` where no ledger could be asked. */
  budgets: readonly BudgetRow[] | null;
  warnings: readonly string[];
}>;

export type CheckViolation = Readonly<{
  file: string;
  line: number;
  launch: string;
  /** `allowed-gpu`, …, `expression`, or `budget`. */
  rule: string;
  /** Name of the policy or budget. */
  policy: string;
  severity: 'error' | 'warning';
  message: string;
  fix: string;
  estimatedCost: string | null;
  estimatedCostPer: 'run' | 'month' | 'hour' | null;
  /** Whether the base did not have it; `true` without a base. */
  isNew: boolean;
  /** The policy itself could not be computed. */
  isUndecided?: true;
}>;

export type Estimate = Readonly<{ low: string; expected: string; high: string }>;

export type CheckedLaunch = Readonly<{
  file: string;
  line: number;
  name: string;
  namespace: string | null;
  kind: string | null;
  resource: string;
  owner: Readonly<Record<string, string>>;
  gpus: Readonly<{ low: number; stated: number; high: number }>;
  gpuModels: readonly string[];
  /** `4 × H100-SXM5-80GB`. */
  size: string;
  lifecycle: string | null;
  costPerHour: Estimate | null;
  /** Of something that ends by itself. */
  hours: Readonly<{
    low: number;
    expected: number;
    high: number;
    basis: 'past_runs' | 'stated' | 'limit';
    detail: string;
  }> | null;
  costPerRun: Estimate | null;
  /** Of something that runs until it is stopped, 730 hours. */
  costPerMonth: Estimate | null;
  priceSource: 'contract' | 'price_book' | 'ownership' | null;
  priceReferences: readonly string[];
  /** What had to be assumed for the price, or why there is none. */
  assumptions: readonly string[];
  /** The budget with the least left that it counts to. */
  budget: string | null;
}>;

export type LaunchChange = Readonly<{
  file: string;
  line: number | null;
  name: string;
  change: 'added' | 'removed' | 'changed';
  before: ChangeSide | null;
  after: ChangeSide | null;
  per: 'run' | 'month' | 'hour';
  /** After less before; `null` where either has no price, or they are priced by different units. */
  difference: string | null;
}>;

export type ChangeSide = Readonly<{ size: string; cost: string | null }>;
