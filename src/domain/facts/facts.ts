import type { Picos } from '../money/picos.ts';
import type { EpochMs } from '../time/window.ts';

/**
 * What sources yield and the ledger is built from. A fact is parsed once, at the door, and trusted after.
 *
 * Every fact has a natural key (named at each type): the same key imported again replaces the fact, the same fact imported
 * again changes nothing. Intervals are half open. `null` always means unknown, never zero.
 */
export type FactBatch = Readonly<{
  capacity?: readonly CapacityFact[];
  workloads?: readonly WorkloadFact[];
  allocations?: readonly AllocationFact[];
  usage?: readonly UsageFact[];
  charges?: readonly ChargeFact[];
  runs?: readonly RunFact[];
  checkpoints?: readonly CheckpointFact[];
  requests?: readonly RequestFact[];
  traffic?: readonly TrafficFact[];
  scores?: readonly ScoreFact[];
  revenues?: readonly RevenueFact[];
  queues?: readonly QueueFact[];
  taken?: readonly TakenFact[];
}>;

export type Lifecycle = 'on_demand' | 'spot' | 'committed' | 'owned';
export const LIFECYCLES = ['on_demand', 'spot', 'committed', 'owned'] as const satisfies readonly Lifecycle[];

export type WorkloadKind = 'training' | 'inference' | 'notebook' | 'batch' | 'system';
export const WORKLOAD_KINDS = [
  'training',
  'inference',
  'notebook',
  'batch',
  'system',
] as const satisfies readonly WorkloadKind[];

/**
 * Flat names that owner rules look up, each with the prefix of where it comes from: `label:team`, `namespace`, `node:pool`,
 * `tag:Team`, `account`, `service`. Keys keep the spelling of their source; values are never empty.
 */
export type Attributes = Readonly<Record<string, string>>;

/** An interval during which a device is paid for. Key: device and start. Overlapping intervals of one device count once. */
export type CapacityFact = Readonly<{
  /** The GPU's UUID, or `UUID:gi<N>` for a MIG slice. Unique over the whole fleet; never contains a slash. */
  deviceId: string;
  /** Size of the device in parts of a GPU (`PARTS_PER_GPU` = a whole one); a `1g` slice of an H100 is a seventh. */
  gpuParts: number;
  node: string;
  /**
   * Names one life of the machine. When the same device of the same life is seen again after a gap, the gap was paid
   * (and unobserved); `null` means that only the stated intervals are known to be paid.
   */
  nodeLife: string | null;
  /** As the catalogue spells it where it is known (`H100-SXM5-80GB`), otherwise as reported. */
  gpuModel: string;
  memoryMib: number | null;
  lifecycle: Lifecycle;
  provider: string | null;
  region: string | null;
  instanceType: string | null;
  pool: string | null;
  /** `resourceKey` of the bill's ResourceId for this machine. */
  resourceKey: string | null;
  /** Node labels and the like, for owner rules. */
  attributes: Attributes;
  startMs: EpochMs;
  /** `null`: still paid for, cut at the end of what is built. */
  endMs: EpochMs | null;
}>;

/** What holds devices. Key: the id. */
export type WorkloadFact = Readonly<{
  workloadId: string;
  kind: WorkloadKind;
  name: string;
  attributes: Attributes;
}>;

/** An interval during which a workload holds a device, or a share of it. Key: workload, device and start. */
export type AllocationFact = Readonly<{
  workloadId: string;
  deviceId: string;
  /**
   * Share of the device in parts (`PARTS_PER_GPU` = all of it). Where the shares of a moment add up to more than the device,
   * each is scaled down alike, so tenants that all claim the whole (time slicing, MPS) split it evenly.
   */
  shareParts: number;
  startMs: EpochMs;
  /** `null`: still held. */
  endMs: EpochMs | null;
  /** From here to the end the work was thrown away: the attempt failed or was preempted, and this is its last checkpoint. */
  lostFromMs: EpochMs | null;
}>;

/** One sample of a device. It stands for the time to the device's next sample, at most `MAX_HOLD_INTERVALS` usual intervals. Key: device and time. */
export type UsageFact = Readonly<{
  deviceId: string;
  atMs: EpochMs;
  /** The usual distance between samples of this series. */
  intervalMs: number;
  activity: Activity;
  memoryUsedMib: number | null;
  powerWatts: number | null;
}>;

/** Which measure an activity rests on, best first. See docs/methodology.md, "A measure has a basis". */
export type Basis = 'sm_active' | 'engine_active' | 'gpu_util' | 'none';

export type Activity = Readonly<{
  /** Parts per million of the time in which a kernel ran; `null` when nothing credible says. */
  busyPpm: number | null;
  /** Parts per million of the chip at work, never above `busyPpm`; equals `busyPpm` when SM active is unknown. */
  effectivePpm: number | null;
  basis: Basis;
  /** The device claimed to be busy while it had neither a process nor memory in use: its activity is not believed. */
  isContradictory: boolean;
}>;

export type ChargeCategory = 'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment';

/**
 * One billed line, in FOCUS terms. Bills carry no row ids: the key is the dataset with a content hash and an ordinal, which the
 * store adds, and importing a dataset again replaces it whole.
 */
export type ChargeFact = Readonly<{
  /** `file:line`, for `explain`. */
  where: string;
  billingPeriodStartMs: EpochMs;
  billingPeriodEndMs: EpochMs;
  chargePeriodStartMs: EpochMs;
  chargePeriodEndMs: EpochMs;
  chargeCategory: ChargeCategory;
  chargeClass: string | null;
  chargeDescription: string | null;
  chargeFrequency: string | null;
  pricingCategory: string | null;
  commitmentDiscountId: string | null;
  commitmentDiscountStatus: 'Used' | 'Unused' | null;
  /** Left out where the bill does not say. */
  commitment?: CommitmentTerms;
  provider: string;
  billingAccountId: string | null;
  subAccountId: string | null;
  serviceCategory: string | null;
  serviceName: string | null;
  skuId: string | null;
  regionId: string | null;
  resourceId: string | null;
  /** `resourceKey(resourceId)`: what joins a charge to a node. */
  resourceKey: string | null;
  pricingQuantity: string | null;
  pricingUnit: string | null;
  consumedQuantity: string | null;
  consumedUnit: string | null;
  billedPicos: Picos;
  effectivePicos: Picos | null;
  listPicos: Picos | null;
  contractedPicos: Picos | null;
  /** What the ledger counts: EffectiveCost, or BilledCost where EffectiveCost cannot be trusted (`costBasis` says which). */
  costPicos: Picos;
  costBasis: 'effective' | 'billed';
  currency: string;
  /** Set when the line buys GPU time. */
  gpu: GpuPurchase | null;
  attributes: Attributes;
}>;

/** What a line says of the commitment that it belongs to. `null`: blank. */
export type CommitmentTerms = Readonly<{
  name: string | null;
  /** As the provider calls it: `Reserved`, `ComputeSavingsPlans`, `Committed use discount`. */
  type: string | null;
  /** To use so much of something, or to spend so much. */
  category: 'Usage' | 'Spend' | null;
  /** Of the commitment, used or not used by this line, in `unit`; 10⁻¹² of it, so that sums are exact. */
  quantityPicos: bigint | null;
  unit: string | null;
}>;

export type GpuPurchase = Readonly<{
  instanceType: string | null;
  gpuModel: string | null;
  gpuCount: number;
  /** GPU time bought by the line, in ticks: machine-hours × GPUs. Zero on credits and corrections that only move money. */
  ticks: bigint;
}>;

/**
 * `waiting` was asked for and holds nothing yet. Lost is the work of an attempt that ended `failed` (its own error, a dead node, out of
 * memory), `cancelled`, `preempted` (also requeued) or `timed_out`, after its last checkpoint; of the others nothing is.
 */
export type RunState =
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'preempted'
  | 'timed_out'
  | 'unknown';
export const RUN_STATES = [
  'waiting',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'preempted',
  'timed_out',
  'unknown',
] as const satisfies readonly RunState[];

/** One attempt of a run. What it cost is what its workload held between start and end. Key: run and attempt. */
export type RunFact = Readonly<{
  /** Unique over all sources, with the source in front: `slurm:prod:4711`, `mlflow:9f2c`, `wandb:team/project/x1`, `tare:…`. */
  runId: string;
  /** 1 for the first; each requeue or restart is the next. */
  attempt: number;
  name: string;
  /** What runs are compared within: an MLflow experiment, a W&B project or sweep, a job array. */
  experiment: string | null;
  state: RunState;
  /** As the source spells it: `NODE_FAIL`, `CANCELLED by 1000`. */
  stateDetail: string | null;
  /** Partition, queue or ClusterQueue it waited in. */
  queue: string | null;
  queuedMs: EpochMs | null;
  /** `null`: never started, and cost nothing. */
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  /**
   * Until when some of its pods had not started while others held their devices; `null` where all of them came together. Left out where
   * the source does not know of pods.
   */
  gangUntilMs?: EpochMs | null;
  /**
   * The holder of its devices. A workload of its own where the source knows the devices; several runs that name one workload share
   * it by the time that they overlap. `null`: no device is known, and its cost is unknown rather than zero.
   */
  workloadId: string | null;
  parentRunId: string | null;
  /** A digest of code version, data and parameters, where all of them are known: the same text means the same work done again. */
  fingerprint: string | null;
  parameters: Readonly<Record<string, string>>;
  /** Last value of each metric. */
  metrics: Readonly<Record<string, number>>;
  /** For owner rules, as those of its workload: `label:team`, `mlflow:experiment`, `slurm:account`. */
  attributes: Attributes;
}>;

/** Work until here is safe: a loss after it starts here. Key: workload and time. */
export type CheckpointFact = Readonly<{ workloadId: string; atMs: EpochMs }>;

/** Which part of a product a call belongs to, so that cost per prompt version, step and conversation can be told. */
export type CallLabels = Readonly<{
  promptName: string | null;
  promptVersion: string | null;
  /** `retrieve`, `rerank`, `embed`, `generate`, `judge`, or as the pipeline calls it. */
  step: string | null;
  agent: string | null;
  conversation: string | null;
}>;

/**
 * Tokens of calls. `input` includes what was read from a cache and what was written to one, as in OpenTelemetry; sources that count them
 * apart add them up. `null`: not reported, or not a language model.
 */
export type TokenCounts = Readonly<{
  input: number | null;
  cachedInput: number | null;
  cacheWrittenInput: number | null;
  output: number | null;
  /** Part of `output`. */
  reasoning: number | null;
}>;

/** Whether the user's own devices answered, whose cost the ledger knows, or an API that bills by the token. */
export type Serving = 'self_hosted' | 'api';

/** One call of a model, from a trace, a gateway's log or a table. Key: the id. */
export type RequestFact = Readonly<{
  /** Unique over all sources, with the source in front: `otlp:TRACE:SPAN`, `litellm:…`. */
  requestId: string;
  /** The name of the workload that answered, as the ledger has it, or of the API: what calls are summed by first. */
  endpoint: string;
  serving: Serving;
  model: string;
  provider: string | null;
  /** `chat`, `embeddings`, `text_completion`, `generate_content`, `image`, … */
  operation: string | null;
  startMs: EpochMs;
  durationMs: number | null;
  timeToFirstTokenMs: number | null;
  /** `null` when it succeeded. */
  error: string | null;
  tokens: TokenCounts;
  labels: CallLabels;
  /** What the API charges for it; `null` for self-hosted calls and where no price is known. */
  costPicos: Picos | null;
  /** Which price that was, with version and date: `openai/gpt-4o 2024-10-01 (genai-prices 0.0.30)`. */
  priceReference: string | null;
  attributes: Attributes;
}>;

/** How many values lie up to each bound, above the one before it. */
export type Histogram = Readonly<{
  upperBounds: readonly number[];
  /** One more than bounds: the last counts what lies above all of them. */
  counts: readonly number[];
  sum: number;
}>;

/** What one replica of an endpoint did in one slot of time, from its counters. Key: endpoint, model, replica and start. */
export type TrafficFact = Readonly<{
  endpoint: string;
  model: string;
  /** The pod, engine or process whose counters these are; their sums are the endpoint's. */
  replica: string;
  /** The holder of the replica's devices, where it is known. */
  workloadId: string | null;
  startMs: EpochMs;
  endMs: EpochMs;
  requests: number;
  errors: number;
  tokens: TokenCounts;
  latencySeconds: Histogram | null;
  timeToFirstTokenSeconds: Histogram | null;
  /** Seconds of all requests together. `null` where the server does not say. */
  prefillSeconds: number | null;
  decodeSeconds: number | null;
  queueSeconds: number | null;
  /** Means over the slot. */
  runningRequests: number | null;
  waitingRequests: number | null;
  /** 0–1. */
  cacheUse: number | null;
  /** Requests per execution, where the server batches. */
  batchSize: number | null;
  attributes: Attributes;
}>;

/** A judgement of quality. Key: the id. */
export type ScoreFact = Readonly<{
  scoreId: string;
  /** `helpfulness`, `hallucination`, `accuracy`. */
  name: string;
  value: number;
  atMs: EpochMs;
  endpoint: string | null;
  model: string | null;
  promptName: string | null;
  promptVersion: string | null;
  requestId: string | null;
  runId: string | null;
  /** `human`, `llm_judge`, `code`. */
  by: string | null;
}>;

/** What an endpoint earns per 1,000 requests from a date on. Key: endpoint, model and start. */
export type RevenueFact = Readonly<{
  endpoint: string;
  /** `null`: any model of the endpoint. */
  model: string | null;
  fromMs: EpochMs;
  per1kRequestsPicos: Picos;
}>;

/**
 * What a queue of a scheduler held and had waiting in a slot of time: a ClusterQueue of Kueue, a project of Run:ai. Means over the slot,
 * over all kinds of GPUs. Key: queue and start.
 */
export type QueueFact = Readonly<{
  /** With the scheduler in front: `kueue:ranking`, `runai:search`. */
  queue: string;
  startMs: EpochMs;
  endMs: EpochMs;
  /** Time of the slot in which something waited. */
  waitingMs: number | null;
  /** What had not been admitted. */
  pendingWorkloads: number | null;
  pendingGpus: number | null;
  /** Promised to what was admitted, and held by it. */
  reservedGpus: number | null;
  usedGpus: number | null;
  /** The queue's own, before it borrows. */
  nominalGpus: number | null;
}>;

/** A change that somebody made, with what it was promised to save. Key: the change and the time. */
export type TakenFact = Readonly<{
  /** As plans name it: `scale-to-zero/search-staging`. */
  changeId: string;
  atMs: EpochMs;
  lever: string;
  target: string;
  owner: string;
  /** Who made it, as they call themselves. */
  takenBy: string | null;
  /** By the month of 730 hours, in `currency`; `null` where nothing was promised. */
  promised: Readonly<{ low: Picos; expected: Picos; high: Picos }> | null;
  currency: string;
}>;
