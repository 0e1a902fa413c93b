/** A machine that pods are placed on. CPU in thousandths of a core, memory in MiB. */
export type PackingNode = Readonly<{
  name: string;
  cpuMilli: number;
  memoryMib: number;
  gpus: number;
  /** GPU model; `null` when the trace does not say. */
  model: string | null;
}>;

/** What asks for room. `gpuMilli` is asked of each of its GPUs, in thousandths: a fraction of one GPU, or whole ones. */
export type PackingPod = Readonly<{
  name: string;
  cpuMilli: number;
  memoryMib: number;
  gpus: number;
  gpuMilli: number;
  /** Models it may run on; empty means any. */
  models: readonly string[];
}>;

export const WHOLE_GPU_MILLI = 1_000;

/** Pods that ask for the same, but for memory, are one kind to every policy. */
export type PodSpec = Readonly<Omit<PackingPod, 'name' | 'memoryMib'>>;

/** The kinds among pods, in order of first appearance, and the kind of each pod. */
export type PodSpecs = Readonly<{ specs: readonly PodSpec[]; specOf: Int32Array }>;

export function gpuMilliOf({ gpus, gpuMilli }: Readonly<{ gpus: number; gpuMilli: number }>): number {
  return gpus * gpuMilli;
}

export function distinguishSpecs(pods: readonly PackingPod[]): PodSpecs {
  const specs: PodSpec[] = [];
  const indexOf = new Map<string, number>();
  const specOf = new Int32Array(pods.length);
  for (const [pod, { cpuMilli, gpus, gpuMilli, models }] of pods.entries()) {
    const sorted = models.toSorted();
    const key = `${cpuMilli} ${gpus} ${gpuMilli} ${sorted.join('|')}`;
    let index = indexOf.get(key);
    if (index === undefined) {
      index = specs.push({ cpuMilli, gpus, gpuMilli, models: sorted }) - 1;
      indexOf.set(key, index);
    }
    specOf[pod] = index;
  }
  return { specs, specOf };
}
