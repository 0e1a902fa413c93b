import type { Lifecycle, WorkloadKind } from '../facts/facts.ts';
import type { Picos } from '../money/picos.ts';
import type { Expression } from './expression/expression.ts';

/** One rule of `tare.yaml`, parsed: which launches it is about, and what it asks of them. */
export type Policy = Readonly<{
  /** As messages call it; the rule's name where none is given. */
  name: string;
  scope: PolicyScope;
  rule: PolicyRule;
  /** A warning is shown and stops nothing. */
  severity: Severity;
  /** Instead of the rule's own words. */
  message: string | null;
  fix: string | null;
}>;

export type Severity = 'error' | 'warning';

/** Empty or `null`: any. A launch whose owner nothing says is outside of every scope that names one. */
export type PolicyScope = Readonly<{
  /** Owner dimension and values. */
  owner: Readonly<Record<string, readonly string[]>>;
  kinds: readonly WorkloadKind[];
}>;

export type PolicyRule =
  /** Parts of names are enough: `A100` allows each kind of it. */
  | Readonly<{ rule: 'allowed-gpu'; models: readonly string[] }>
  | Readonly<{ rule: 'max-gpus'; perLaunch: number | null; perNode: number | null }>
  | Readonly<{ rule: 'allowed-lifecycle'; lifecycles: readonly Lifecycle[] }>
  | Readonly<{ rule: 'allowed-region'; regions: readonly string[] }>
  | Readonly<{ rule: 'require-spot' }>
  | Readonly<{ rule: 'forbid-spot' }>
  | Readonly<{ rule: 'require-autoscaling' }>
  | Readonly<{ rule: 'require-scale-to-zero' }>
  | Readonly<{ rule: 'max-idle'; hours: number }>
  | Readonly<{ rule: 'max-hours'; hours: number }>
  | Readonly<{ rule: 'required-tags'; tags: readonly string[] }>
  /** `headroom` is kept free for the cache of keys and values and the like: 0.3 is 30 % on top of the weights. */
  | Readonly<{ rule: 'oversized-gpu'; headroom: number }>
  | Readonly<{ rule: 'max-cost'; perRun: Picos | null; perHour: Picos | null; perMonth: Picos | null }>
  /** True of a launch: it is a violation. */
  | Readonly<{ rule: 'expression'; deny: Expression; source: string }>;

export type RuleName = PolicyRule['rule'];

/** What names an expression may use, and what they mean. Money is in the currency of the ledger and approximate: it is only compared. */
export const EXPRESSION_NAMES: Readonly<Record<string, string>> = {
  name: 'name of the launch',
  namespace: 'namespace',
  kind: 'training, inference, notebook, batch or system',
  resource: 'what the file calls it, such as Deployment, sbatch or aws_instance',
  file: 'the file it stands in',
  queue: 'queue or partition',
  team: 'owner dimension team; others with owner("…")',
  model: 'owner dimension model',
  environment: 'owner dimension environment',
  gpus: 'GPUs at the most',
  minGpus: 'GPUs at the least',
  gpusPerNode: 'GPUs of the largest node or pod',
  nodes: 'nodes or pods of one copy',
  gpuModels: 'list of the GPU models that it may get',
  lifecycle: 'on_demand, spot, committed or owned',
  isSpot: 'whether it asks for spot capacity',
  provider: 'cloud',
  region: 'region',
  minReplicas: 'copies at the least',
  maxReplicas: 'copies at the most',
  isAutoscaled: 'whether something changes the number of copies',
  limitHours: 'the longest that it may run',
  idleLimitHours: 'after how long without work it stops',
  hours: 'how long it is expected to run',
  costPerHour: 'cost of an hour at the most',
  costPerRun: 'cost of a whole run',
  costPerMonth: 'cost of a month at the most',
};
