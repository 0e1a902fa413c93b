import type { VerificationUnit } from '../app/results/verification.ts';
import type { Lifecycle } from '../domain/facts/facts.ts';
import type { BudgetPeriod } from '../domain/governance/budgets/budget.ts';

/** What the flags of each command are once they are read; `program.ts` defines and documents them. */

export const FORMATS = ['table', 'json', 'csv', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

export type GlobalFlags = Readonly<{
  store?: string;
  config?: string;
  from?: string;
  to?: string;
  /** `sarif` is of `tare check` alone. */
  format: Format | 'sarif';
  json?: boolean;
  quiet?: boolean;
  color: boolean;
  ascii?: boolean;
}>;

export type ImportFlags = GlobalFlags &
  Readonly<{
    kind: string;
    map: Readonly<Record<string, string>>;
    set: Readonly<Record<string, string>>;
    fields?: readonly string[];
    maxRejects: number;
    dryRun?: boolean;
  }>;
export type ReportFlags = GlobalFlags &
  Readonly<{
    by?: string;
    top?: number;
    filter?: readonly string[];
    minCoverage?: number;
    compare?: boolean;
  }> &
  InferenceFlags;
type InferenceFlags = Readonly<{
  basis?: 'allocated' | 'used';
  sloMs?: number;
  minQuality?: readonly string[];
  tokenWeight?: string;
  apiPrice?: string;
  against?: readonly string[];
  throughput?: readonly string[];
  training?: readonly string[];
}>;
export type RunsFlags = GlobalFlags &
  Readonly<{
    by?: string;
    top?: number;
    offset?: number;
    filter?: readonly string[];
    text?: string;
    sort?: string;
    metric?: string;
    direction?: 'max' | 'min';
    baseline?: number;
  }>;
export type CadenceFlags = GlobalFlags &
  Readonly<{
    filter?: readonly string[];
    value: string;
    cost?: string;
    decay?: number;
    decayLimit?: number;
    decayPoints?: string;
    metric?: string;
    metricBefore?: string;
    score?: string;
    direction?: 'max' | 'min';
    seed?: number;
  }>;
export type AnomalyFlags = GlobalFlags & Readonly<{ by?: string; measures?: string; check?: boolean }>;
export type JudgeFlags = GlobalFlags &
  Readonly<{ as: 'acknowledged' | 'expected' | 'false-alarm'; note?: string; by?: string }>;
export type SendReportFlags = GlobalFlags & Readonly<{ dryRun?: boolean }>;
export type ForecastFlags = GlobalFlags & Readonly<{ by?: string; period?: BudgetPeriod; at?: string }>;
export type ServeFlags = GlobalFlags &
  Readonly<{
    port?: number;
    otlpPort?: number;
    host?: string;
    open: boolean;
    every: number;
    seed: number;
    days: number;
  }>;
export type PriceFlags = GlobalFlags &
  Readonly<{
    provider?: string;
    gpu?: string;
    region?: string;
    lifecycle?: Lifecycle;
    at?: string;
  }>;
export type RunFlags = GlobalFlags &
  Readonly<{
    team?: string;
    model?: string;
    environment?: string;
    name?: string;
    experiment?: string;
    param: Readonly<Record<string, string>>;
    tag: Readonly<Record<string, string>>;
    data?: string;
    checkpointGlob: readonly string[];
    interval?: number;
    lifecycle?: Lifecycle;
    provider?: string;
    region?: string;
    instanceType?: string;
    resourceId?: string;
    gpuHourPrice?: string;
    heldOnly?: boolean;
    receipt?: string;
  }>;

export type SizeFlags = GlobalFlags &
  Readonly<{
    gpus: number;
    gpuModel?: string;
    utilization: string;
    hoursPerMonth: number;
    price?: string;
    lifecycle: Lifecycle;
    provider?: string;
    region?: string;
    targetUtilization: string;
  }>;

export type LeversFlags = GlobalFlags & Readonly<{ emit?: string; seed: number; slo: readonly string[] }>;
export type PlanFlags = GlobalFlags &
  Readonly<{
    spot: boolean;
    maxCommitted?: number;
    qualityRisk: boolean;
    exclude: readonly string[];
    only: readonly string[];
    slo: readonly string[];
    evidence?: string;
    map: Readonly<Record<string, string>>;
    survival: number;
    growth?: string;
    emit?: string;
    seed: number;
    maxRejects: number;
  }>;
export type SpotReportFlags = GlobalFlags &
  Readonly<{
    by?: string;
    only?: string;
    workload?: string;
    sort?: string;
    top?: number;
    offset?: number;
    deadline: readonly string[];
    spotPrice: readonly string[];
    seed?: number;
  }>;
export type HardwareFlags = GlobalFlags &
  Readonly<{
    workload?: string;
    sort?: string;
    top?: number;
    offset?: number;
    slo: readonly string[];
    throughput: readonly string[];
    seed?: number;
  }>;
export type ExportFlags = GlobalFlags & Readonly<{ team?: string; by?: string; out?: string }>;
export type TakeFlags = GlobalFlags & Readonly<{ at?: string; by?: string; promised?: string }>;
export type VerifyFlags = GlobalFlags &
  Readonly<{
    at?: string;
    confidence?: number;
    tolerance?: number;
    unit?: VerificationUnit;
    lowerIsBetter: readonly string[];
    metric: readonly string[];
  }>;

export type ReportName =
  | 'ledger'
  | 'charges'
  | 'idle'
  | 'coverage'
  | 'commitments'
  | 'health'
  | 'inference'
  | 'units';

export type BudgetFlags = GlobalFlags & Readonly<{ check?: boolean; at?: string }>;

export type PoliciesFlags = GlobalFlags & Readonly<{ file?: string; top: number }>;

export type CheckFlags = GlobalFlags &
  Readonly<{
    base?: string;
    tag?: string;
    offline?: boolean;
    exitZero?: boolean;
    emitAdmissionPolicy?: boolean;
  }>;

export type ClusterFlags = Readonly<{
  kubeconfig?: string;
  context?: string;
  server?: string;
  tokenFile?: string;
  serverCa?: string;
}>;

export type AdmissionFlags = GlobalFlags &
  ClusterFlags &
  Readonly<{
    port: number;
    host: string;
    tlsCert?: string;
    tlsKey?: string;
    tlsCa?: string;
    clientCa?: string;
    selfSigned?: boolean;
    service: string;
    url?: string;
    printConfiguration?: boolean;
    dryRun?: boolean;
    failClosed?: boolean;
    offline?: boolean;
    every: number;
    timeLimit: number;
  }>;

export type ActFlags = GlobalFlags &
  ClusterFlags &
  Readonly<{
    hours: number;
    only?: readonly string[];
    kind?: readonly string[];
    apply?: boolean;
    all?: boolean;
    dryRun?: boolean;
  }>;

export type AdmissionLogFlags = GlobalFlags & Readonly<{ unchecked?: boolean; top: number }>;

export type FindFlags = GlobalFlags & { limit: number };
export type ExportViewsFlags = GlobalFlags & { out?: string };
