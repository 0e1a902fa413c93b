/**
 * The GPUs of this machine at the moment they are asked, for metering a command that runs on it. Both questions throw an
 * `OutsideFailure` when nothing answers.
 */
export interface GpuProbe {
  /** Whole GPUs, and the slices of those that MIG divides. */
  look(signal: AbortSignal): Promise<readonly SightedDevice[]>;
  /** The processes that compute on them; a device that is not named has none that can be seen from here. */
  holders(signal: AbortSignal): Promise<readonly DeviceHolder[]>;
}

export type SightedDevice = Readonly<{
  /** As facts name it: the UUID, `UUID:gi<N>` for a slice. */
  deviceId: string;
  /** As CUDA names it: `GPU-…`, `MIG-…`; `null` when the driver does not tell. */
  uuid: string | null;
  /** Place of the card on the bus, which its slices share; `null` when unknown. */
  index: number | null;
  isSlice: boolean;
  gpuModel: string;
  /** See `PARTS_PER_GPU`. */
  gpuParts: number;
  memoryMib: number | null;
  /** 0–1; unknown under MIG. */
  gpuUtil: number | null;
  memoryUsedMib: number | null;
  /** Of the whole card, so unknown of a slice. */
  powerWatts: number | null;
}>;

export type DeviceHolder = Readonly<{ deviceId: string; pid: number }>;
