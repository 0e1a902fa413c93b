import { allowedModels, type Cluster } from './cluster.ts';
import type { TypicalPod } from './typical-pods.ts';
import { gpuMilliOf, WHOLE_GPU_MILLI } from './workload.ts';

/**
 * How much of what is free on a node no typical pod could use (FGD, USENIX ATC '23): for each typical pod, all of it when the pod
 * does not fit there, else the leftovers of GPUs too small for it; averaged by how common the pods are. In thousandths of a GPU.
 */
export type Fragmentation = Readonly<{
  of(node: number): number;
  /** After `gpuMilli` were taken of one GPU of the node, or `wholeGpus` of the empty ones, with `cpuMilli`. */
  after(node: number, cpuMilli: number, gpu: number, gpuMilli: number, wholeGpus: number): number;
}>;

/**
 * @param strandedWeight how much of the GPUs that a node's CPU would not suffice for counts as wasted as well, were the node filled
 *   with the typical pod; 0 looks at one pod only, as published
 */
export function createFragmentation(
  cluster: Cluster,
  typical: readonly TypicalPod[],
  strandedWeight = 0,
): Fragmentation {
  const sizes = [...new Set(typical.filter(({ gpus }) => gpus > 0).map(({ gpuMilli }) => gpuMilli))];
  const usersOf = cluster.models.map((_, model) => usersOfModel(cluster, typical, sizes, model));
  const mostGpus = cluster.gpusOf.reduce((most, count) => Math.max(most, count), 0);
  const free = new Int32Array(mostGpus);
  const roomy = new Int32Array(sizes.length);
  const leftover = new Int32Array(sizes.length);

  const copyFree = (node: number) => {
    const first = cluster.firstGpu[node]!;
    for (let gpu = 0; gpu < cluster.gpusOf[node]!; gpu++) free[gpu] = cluster.freeGpuMilli[first + gpu]!;
  };
  const measure = (node: number, cpuMilli: number): number => {
    const gpus = cluster.gpusOf[node]!;
    let total = 0;
    for (let gpu = 0; gpu < gpus; gpu++) total += free[gpu]!;
    if (total === 0) return 0;
    for (let size = 0; size < sizes.length; size++) {
      let fitting = 0;
      let small = 0;
      for (let gpu = 0; gpu < gpus; gpu++) {
        if (free[gpu]! >= sizes[size]!) fitting += 1;
        else small += free[gpu]!;
      }
      roomy[size] = fitting;
      leftover[size] = small;
    }
    const users = usersOf[cluster.modelOf[node]!]!;
    let wasted = users.othersWeight * total;
    for (let user = 0; user < users.count; user++) {
      const size = users.size[user]!;
      const fits = cpuMilli >= users.cpuMilli[user]! && roomy[size]! >= users.gpus[user]!;
      if (!fits) {
        wasted += users.weight[user]! * total;
        continue;
      }
      const stranded = total - leftover[size]! - cpuMilli * users.milliPerCpu[user]!;
      wasted += users.weight[user]! * (leftover[size]! + (stranded > 0 ? strandedWeight * stranded : 0));
    }
    return wasted;
  };

  return {
    of(node) {
      copyFree(node);
      return measure(node, cluster.freeCpuMilli[node]!);
    },
    after(node, cpuMilli, gpu, gpuMilli, wholeGpus) {
      copyFree(node);
      if (gpuMilli > 0) free[gpu]! -= gpuMilli;
      for (let candidate = 0, missing = wholeGpus; missing > 0; candidate++) {
        if (free[candidate]! < WHOLE_GPU_MILLI) continue;
        free[candidate] = 0;
        missing -= 1;
      }
      return measure(node, cluster.freeCpuMilli[node]! - cpuMilli);
    },
  };
}

/** Typical pods that may run on a model, column by column. */
type Users = Readonly<{
  count: number;
  cpuMilli: Float64Array;
  /** GPU thousandths asked for with each thousandth of a core. */
  milliPerCpu: Float64Array;
  gpus: Int32Array;
  /** Index into the sizes of fractions. */
  size: Int32Array;
  weight: Float64Array;
  /** Of the pods that want no GPU or another model: to them everything free is wasted. */
  othersWeight: number;
}>;

function usersOfModel(
  cluster: Cluster,
  typical: readonly TypicalPod[],
  sizes: readonly number[],
  model: number,
): Users {
  const users = typical.filter((pod) => pod.gpus > 0 && allowedModels(cluster, pod)[model] === 1);
  const weight = Float64Array.from(users, (pod) => pod.weight);
  return {
    count: users.length,
    cpuMilli: Float64Array.from(users, ({ cpuMilli }) => cpuMilli),
    milliPerCpu: Float64Array.from(users, (pod) =>
      pod.cpuMilli === 0 ? Number.POSITIVE_INFINITY : gpuMilliOf(pod) / pod.cpuMilli,
    ),
    gpus: Int32Array.from(users, ({ gpus }) => gpus),
    size: Int32Array.from(users, ({ gpuMilli }) => sizes.indexOf(gpuMilli)),
    weight,
    othersWeight: typical.reduce((sum, pod) => sum + pod.weight, 0) - weight.reduce((a, b) => a + b, 0),
  };
}
