import type { Attributes, Lifecycle, WorkloadKind } from '../facts/facts.ts';

/**
 * What a manifest, a job script or a plan would start, before it is started. `null` is what the file does not say.
 *
 * GPUs are counted by part: `gpusPerNode × nodes × copies`, where a node is one pod, machine or Slurm node, and a copy is one replica of a
 * service or one task of an array.
 */
export type Launch = Readonly<{
  file: string;
  /** Where the launch begins, from 1. */
  line: number;
  /** As the file names it: `Deployment`, `PyTorchJob`, `sbatch`, `sky`, `aws_instance`. */
  resourceKind: string;
  /** `null`: a machine, for whatever will run on it. */
  kind: WorkloadKind | null;
  name: string;
  namespace: string | null;
  /** Kueue queue, Slurm partition. */
  queue: string | null;
  /** For owner rules: `label:team`, `tag:team`, `namespace`, `slurm:account`. */
  attributes: Attributes;
  parts: readonly LaunchPart[];
  /** Whether it runs until someone stops it, and is paid by the month; otherwise it ends by itself. */
  isContinuous: boolean;
  copies: Copies;
  lifecycle: Lifecycle | null;
  provider: string | null;
  region: string | null;
  /** The longest it may run: `--time`, `activeDeadlineSeconds`; `null` without a limit. */
  limitHours: number | null;
  /** How long it is said to take, by a label `tare.dev/expected-hours`. */
  expectedHours: number | null;
  /** After how long without work it is stopped or scaled to zero; `null`: never, as far as the file says. */
  idleLimitHours: number | null;
  /** Whether it can be stopped and started again at any time, by a label; `null`: not said. */
  isInterruptible: boolean | null;
  /** Whether people wait for its answers, by a label; `null`: not said. */
  isLatencyCritical: boolean | null;
  /** Parameters of the served or trained model in units of 10⁹, and bytes that each takes. */
  modelSize: Readonly<{ billions: number; bytesPerParameter: number; from: string }> | null;
  /** Lines of what a message may be about; `line` where a field is not in the file. */
  lines: Readonly<Partial<Record<LaunchField, number>>>;
}>;

export type LaunchField =
  | 'gpus'
  | 'gpuModel'
  | 'nodes'
  | 'copies'
  | 'lifecycle'
  | 'region'
  | 'limit'
  | 'idle'
  | 'labels'
  | 'model';

export type LaunchPart = Readonly<{
  /** `worker`, `head`; empty where there is one part only. */
  name: string;
  /** In the catalogue's spelling where it is known; several: any of them may be given. Empty: nothing says. */
  gpuModels: readonly string[];
  instanceType: string | null;
  /** Below 1 for a slice of a GPU. */
  gpusPerNode: number;
  nodes: number;
  /** Set when the number of nodes may change by itself, as worker groups of Ray do. */
  nodesMin: number;
  nodesMax: number;
}>;

export type Copies = Readonly<{
  /** At the start. */
  stated: number;
  min: number;
  max: number;
  /** Whether something changes the number by itself. */
  isAutoscaled: boolean;
}>;

export type GpuRange = Readonly<{ low: number; stated: number; high: number }>;

/** GPUs that the launch holds at the least, at the start and at the most. */
export function gpusOf({ parts, copies }: Launch): GpuRange {
  const sum = (nodes: (part: LaunchPart) => number) =>
    parts.reduce((total, part) => total + part.gpusPerNode * nodes(part), 0);
  return {
    low: sum(({ nodesMin }) => nodesMin) * copies.min,
    stated: sum(({ nodes }) => nodes) * copies.stated,
    high: sum(({ nodesMax }) => nodesMax) * copies.max,
  };
}

/** Every model that it may run on; empty when nothing says. */
export function gpuModelsOf({ parts }: Launch): readonly string[] {
  return [...new Set(parts.flatMap(({ gpuModels }) => gpuModels))];
}

/** `4 × H100-SXM5-80GB`, `2 to 6 × 4 × L4`: for tables and messages. */
export function describeSize(launch: Launch): string {
  const { low, stated, high } = gpusOf(launch);
  const models = gpuModelsOf(launch);
  const model = models.length === 0 ? 'GPUs of an unstated model' : models.join(' or ');
  const count = low === high ? printCount(stated) : `${printCount(low)} to ${printCount(high)}`;
  return `${count} × ${model}`;
}

/** The value of a label, tag or annotation, under any prefix; without regard to case. */
export function labelOf({ attributes }: Launch, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(attributes)) {
    const lower = key.toLowerCase();
    if (lower === wanted || lower.replace(/^(label|tag|annotation):/, '') === wanted) return value;
  }
  return null;
}

function printCount(count: number): string {
  return String(Number(count.toFixed(3)));
}
