import type { GpuSpec, HardwareCatalog, InstanceShape } from '../../src/ports/hardware-catalog.ts';

const GPUS: readonly GpuSpec[] = [
  gpu('H100-SXM5-80GB', 'NVIDIA', 80, 700, 7, ['1g.10gb', 1, 10], ['3g.40gb', 3, 40]),
  gpu('A100-SXM4-40GB', 'NVIDIA', 40, 400, 7, ['1g.5gb', 1, 5], ['3g.20gb', 3, 20]),
  gpu('A30-24GB', 'NVIDIA', 24, 165, 4, ['1g.6gb', 1, 6], ['2g.12gb', 2, 12]),
  gpu('L4-24GB', 'NVIDIA', 24, 72, null),
  gpu('MI300X-192GB', 'AMD', 192, 750, null),
];

const NAMES: Readonly<Record<string, string>> = {
  'nvidia-h100-80gb-hbm3': 'H100-SXM5-80GB',
  'nvidia-a100-sxm4-40gb': 'A100-SXM4-40GB',
  'nvidia-a30': 'A30-24GB',
  'nvidia-l4': 'L4-24GB',
  'amd-instinct-mi300x': 'MI300X-192GB',
};

const INSTANCES: readonly InstanceShape[] = [
  instance('AWS', 'p4d.test', 'A100-SXM4-40GB', 2),
  instance('AWS', 'g6.test', 'L4-24GB', 1),
];

/** A few invented machines and GPUs: enough for tests that must not depend on what the bundled catalogue holds today. */
export const smallCatalog: HardwareCatalog = {
  gpuModel: (reported) =>
    GPUS.find(({ model }) => model === reported)?.model ?? NAMES[reported.toLowerCase().replaceAll(' ', '-')],
  gpu: (model) => GPUS.find((known) => known.model === model),
  instance: (type) => INSTANCES.find(({ instanceType }) => instanceType === type.toLowerCase()),
  gpus: () => GPUS,
};

function gpu(
  model: string,
  vendor: GpuSpec['vendor'],
  memoryGib: number,
  powerWatts: number,
  migSlices: number | null,
  ...profiles: readonly (readonly [profile: string, slices: number, memoryGib: number])[]
): GpuSpec {
  return {
    model,
    vendor,
    memoryGib,
    powerWatts,
    denseTflops16: null,
    memoryBandwidthGBs: 1,
    migSlices,
    migProfiles: profiles.map(([profile, slices, gib]) => ({
      profile,
      slices,
      memoryGib: gib,
      maxInstances: Math.floor((migSlices ?? 0) / slices),
    })),
    source: 'invented for tests',
    checked: '2026-10-01',
  };
}

function instance(provider: string, instanceType: string, gpuModel: string, gpuCount: number): InstanceShape {
  return { provider, instanceType, gpuModel, gpuCount, vcpus: null, memoryGib: null };
}
