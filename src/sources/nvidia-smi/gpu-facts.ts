import type { CapacityFact, Lifecycle, UsageFact } from '../../domain/facts/facts.ts';
import { readActivity } from '../../domain/facts/read-activity.ts';
import { resourceKey } from '../../domain/fleet/resource-key.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { GpuReading } from './parse-query-gpu.ts';

/** What nvidia-smi cannot know about the machine it runs on. */
export type Machine = Readonly<{
  node: string;
  nodeLife: string | null;
  lifecycle: Lifecycle;
  provider: string | null;
  region: string | null;
  instanceType: string | null;
  pool: string | null;
  resourceId: string | null;
}>;

export function asUsage(
  reading: GpuReading,
  sample: Readonly<{ deviceId: string; atMs: EpochMs; intervalMs: number; processes: number | null }>,
): UsageFact {
  const { gpuUtil, memoryUsedMib, powerWatts } = reading;
  const { deviceId, atMs, intervalMs, processes } = sample;
  const activity = readActivity({ smActive: null, engineActive: null, gpuUtil, memoryUsedMib, processes });
  return { deviceId, atMs, intervalMs, activity, memoryUsedMib, powerWatts };
}

/** The device as long as it was seen; `nvidia-smi` lists whole GPUs, also under MIG. */
export function asCapacity(
  { name, memoryTotalMib }: Pick<GpuReading, 'name' | 'memoryTotalMib'>,
  machine: Machine,
  seen: Readonly<{ deviceId: string; startMs: EpochMs; endMs: EpochMs }>,
  catalog: HardwareCatalog,
): CapacityFact {
  const { resourceId, ...rest } = machine;
  return {
    ...seen,
    ...rest,
    gpuParts: PARTS_PER_GPU,
    gpuModel: name === null ? 'unknown' : (catalog.gpuModel(name) ?? name),
    memoryMib: memoryTotalMib,
    resourceKey: resourceId === null ? null : resourceKey(resourceId),
    attributes: {},
  };
}
