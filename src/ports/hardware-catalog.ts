/** What is known about GPUs and about the machines that clouds rent them in. Bundled with Tare; facts with source and date. */
export interface HardwareCatalog {
  /**
   * The catalogue's name for a GPU as an exporter, a label, a driver or a bill spells it: `NVIDIA H100 80GB HBM3`,
   * `NVIDIA-H100-80GB-HBM3-MIG-1g.10gb`, `nvidia-h100-80gb`, `H100` → `H100-SXM5-80GB`. `undefined` when unknown.
   */
  gpuModel(reported: string): string | undefined;
  gpu(model: string): GpuSpec | undefined;
  /** By the cloud's own spelling without regard to case: `p4d.24xlarge`, `Standard_ND96isr_H100_v5`, `a3-highgpu-8g`. */
  instance(instanceType: string): InstanceShape | undefined;
  gpus(): readonly GpuSpec[];
}

export type GpuSpec = Readonly<{
  model: string;
  vendor: 'NVIDIA' | 'AMD' | 'Intel';
  memoryGib: number;
  /** Board power limit. */
  powerWatts: number;
  /** Dense peak of BF16/FP16 tensor cores, without sparsity; `null` where there are none or it is not published. */
  denseTflops16: number | null;
  memoryBandwidthGBs: number;
  /** How many compute slices MIG divides the chip into (7, or 4 on an A30); `null` without MIG. */
  migSlices: number | null;
  /** `1g.10gb` → slices and memory. */
  migProfiles: readonly Readonly<{
    profile: string;
    slices: number;
    memoryGib: number;
    maxInstances: number;
  }>[];
  source: string;
  checked: string;
}>;

export type InstanceShape = Readonly<{
  provider: string;
  instanceType: string;
  gpuModel: string;
  /** May be a fraction: some machines rent a slice of a GPU. */
  gpuCount: number;
  vcpus: number | null;
  memoryGib: number | null;
}>;
