import type { PackingNode, PodSpec } from './workload.ts';
import { WHOLE_GPU_MILLI } from './workload.ts';

/**
 * What is free on every node, in typed arrays. Nodes stand in the order in which they are searched, which settles ties. GPU `gpu` of
 * node `node` is `freeGpuMilli[firstGpu[node] + gpu]`.
 */
export type Cluster = Readonly<{
  names: readonly string[];
  /** Index into `models`. */
  modelOf: Int32Array;
  models: readonly (string | null)[];
  gpusOf: Int32Array;
  firstGpu: Int32Array;
  freeCpuMilli: Float64Array;
  freeMemoryMib: Float64Array;
  freeGpuMilli: Int32Array;
  /** Free milli of all GPUs of a node. */
  nodeFreeMilli: Int32Array;
  /** Counts up with each change of a node, so that scores kept for it are known to be old. */
  version: Int32Array;
  capacityMilli: number;
}>;

/** An empty cluster; `order` says which node of the list stands where. */
export function createCluster(nodes: readonly PackingNode[], order: ArrayLike<number>): Cluster {
  const sorted = Array.from(order, (index) => nodes[index]!);
  const models = [...new Set(sorted.map(({ model }) => model))];
  const gpusOf = Int32Array.from(sorted, ({ gpus }) => gpus);
  const firstGpu = new Int32Array(sorted.length);
  for (let node = 1; node < sorted.length; node++) firstGpu[node] = firstGpu[node - 1]! + gpusOf[node - 1]!;
  const gpus = gpusOf.reduce((sum, count) => sum + count, 0);
  return {
    names: sorted.map(({ name }) => name),
    modelOf: Int32Array.from(sorted, ({ model }) => models.indexOf(model)),
    models,
    gpusOf,
    firstGpu,
    freeCpuMilli: Float64Array.from(sorted, ({ cpuMilli }) => cpuMilli),
    freeMemoryMib: Float64Array.from(sorted, ({ memoryMib }) => memoryMib),
    freeGpuMilli: new Int32Array(gpus).fill(WHOLE_GPU_MILLI),
    nodeFreeMilli: gpusOf.map((count) => count * WHOLE_GPU_MILLI),
    version: new Int32Array(sorted.length),
    capacityMilli: gpus * WHOLE_GPU_MILLI,
  };
}

/** Whether models are allowed, by model of the cluster: 1 or 0. */
export function allowedModels({ models }: Cluster, spec: PodSpec): Uint8Array {
  return Uint8Array.from(models, (model) =>
    spec.models.length === 0 || (model !== null && spec.models.includes(model)) ? 1 : 0,
  );
}

/** Whether CPU and GPUs suffice; memory and model are looked at by the caller. */
export function hasRoom(cluster: Cluster, node: number, spec: PodSpec): boolean {
  if (cluster.freeCpuMilli[node]! < spec.cpuMilli) return false;
  if (spec.gpus === 0) return true;
  const { freeGpuMilli, firstGpu, gpusOf } = cluster;
  const first = firstGpu[node]!;
  let fitting = 0;
  for (let gpu = 0; gpu < gpusOf[node]!; gpu++) if (freeGpuMilli[first + gpu]! >= spec.gpuMilli) fitting += 1;
  return fitting >= spec.gpus;
}

/** GPUs that hold nothing. */
export function emptyGpus({ freeGpuMilli, firstGpu, gpusOf }: Cluster, node: number): number {
  const first = firstGpu[node]!;
  let empty = 0;
  for (let gpu = 0; gpu < gpusOf[node]!; gpu++) if (freeGpuMilli[first + gpu] === WHOLE_GPU_MILLI) empty += 1;
  return empty;
}

/** Where a pod sits: its node and a bit for each of its GPUs. */
export type Placement = Readonly<{ node: number; gpuBits: bigint }>;

/** Takes `gpu` for a pod that asks for one, otherwise the first GPUs with room. The caller has made sure that it fits. */
export function place(
  cluster: Cluster,
  node: number,
  spec: PodSpec,
  memoryMib: number,
  gpu: number | null,
): Placement {
  cluster.freeCpuMilli[node]! -= spec.cpuMilli;
  cluster.freeMemoryMib[node]! -= memoryMib;
  cluster.nodeFreeMilli[node]! -= spec.gpus * spec.gpuMilli;
  cluster.version[node]! += 1;
  const first = cluster.firstGpu[node]!;
  let gpuBits = 0n;
  let missing = spec.gpus;
  for (let candidate = gpu ?? 0; missing > 0; candidate++) {
    if (cluster.freeGpuMilli[first + candidate]! < spec.gpuMilli) continue;
    cluster.freeGpuMilli[first + candidate]! -= spec.gpuMilli;
    gpuBits |= 1n << BigInt(candidate);
    missing -= 1;
  }
  return { node, gpuBits };
}

/** Gives back what a pod held. */
export function release(
  cluster: Cluster,
  { node, gpuBits }: Placement,
  spec: PodSpec,
  memoryMib: number,
): void {
  cluster.freeCpuMilli[node]! += spec.cpuMilli;
  cluster.freeMemoryMib[node]! += memoryMib;
  cluster.nodeFreeMilli[node]! += spec.gpus * spec.gpuMilli;
  cluster.version[node]! += 1;
  const first = cluster.firstGpu[node]!;
  for (let gpu = 0; gpu < cluster.gpusOf[node]!; gpu++) {
    if ((gpuBits >> BigInt(gpu)) & 1n) cluster.freeGpuMilli[first + gpu]! += spec.gpuMilli;
  }
}
