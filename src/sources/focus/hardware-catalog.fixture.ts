import type { GpuSpec, HardwareCatalog, InstanceShape } from '../../ports/hardware-catalog.ts';

/** A catalogue of a few machines, for the tests of this folder. It knows a GPU only by its exact spellings. */
export const smallCatalog: HardwareCatalog = {
  gpuModel: (reported) => GPU_NAMES[reported.toLowerCase()],
  gpu: () => undefined,
  instance: (instanceType) =>
    INSTANCES.find((shape) => shape.instanceType.toLowerCase() === instanceType.toLowerCase()),
  gpus: (): readonly GpuSpec[] => [],
};

const H100 = 'H100-SXM5-80GB';

const GPU_NAMES: Readonly<Record<string, string>> = {
  h100: H100,
  'h100 sxm': H100,
  'nvidia h100 80gb': H100,
  'nvidia h100 80gb hbm3': H100,
  'nvidia-h100-80gb': H100,
  l4: 'L4',
  'nvidia l4': 'L4',
};

const INSTANCES: readonly InstanceShape[] = [
  shape('aws', 'g5.4xlarge', 'A10G-24GB', 1),
  shape('aws', 'p5.48xlarge', H100, 8),
  shape('aws', 'g6f.2xlarge', 'L4', 0.25),
  shape('azure', 'Standard_ND96isr_H100_v5', H100, 8),
  shape('gcp', 'a3-highgpu-8g', H100, 8),
];

function shape(provider: string, instanceType: string, gpuModel: string, gpuCount: number): InstanceShape {
  return { provider, instanceType, gpuModel, gpuCount, vcpus: null, memoryGib: null };
}
