import type { Attributes, Lifecycle, WorkloadKind } from '../../facts/facts.ts';
import type { EpochMs } from '../../time/window.ts';

/** Who held which devices in a window, as sources said it: what past launches are rebuilt from. */
export type PastHolders = Readonly<{
  workloads: readonly PastWorkload[];
  holds: readonly PastHold[];
  places: readonly DevicePlace[];
}>;

export type PastWorkload = Readonly<{
  workloadId: string;
  kind: WorkloadKind;
  name: string;
  attributes: Attributes;
}>;

/** Not cut to the window. `endMs` is `null` where it goes on. */
export type PastHold = Readonly<{
  workloadId: string;
  deviceId: string;
  shareParts: number;
  startMs: EpochMs;
  endMs: EpochMs | null;
}>;

/** Where a device was, and how it was paid, from its first to its last day there. */
export type DevicePlace = Readonly<{
  deviceId: string;
  node: string;
  gpuModel: string;
  gpuParts: number;
  lifecycle: Lifecycle;
  provider: string | null;
  region: string | null;
  instanceType: string | null;
  startMs: EpochMs;
  endMs: EpochMs | null;
}>;
