/** What a sample of a GPU exporter measures. Fractions are 0–1. */
export type Quantity =
  | 'gpuUtil'
  | 'engineActive'
  | 'smActive'
  | 'memoryUsedMib'
  | 'memoryTotalMib'
  | 'powerWatts'
  | 'processes';

export type Exporter = 'dcgm' | 'amd' | 'nvidia-smi';

/** `fraction-or-percent`: the exporters disagree or do not say, and the values decide (above 1 means percent). */
export type Unit = 'fraction' | 'percent' | 'fraction-or-percent' | 'mib' | 'bytes' | 'watts' | 'count';

export type GpuMetric = Readonly<{ exporter: Exporter; quantity: Quantity; unit: Unit }>;

/**
 * Every spelling of what the ledger needs. DCGM 4.6 renamed its fields and keeps the old names as aliases; an exporter prints the
 * name that its counter file uses, so both occur. The AMD exporter may be configured with a prefix.
 */
const DCGM: Readonly<Record<string, Omit<GpuMetric, 'exporter'>>> = {
  DCGM_FI_DEV_GPU_UTIL: { quantity: 'gpuUtil', unit: 'percent' },
  DCGM_FI_DEV_GPU_UTIL_RATIO: { quantity: 'gpuUtil', unit: 'fraction-or-percent' },
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: { quantity: 'engineActive', unit: 'fraction' },
  DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO: { quantity: 'engineActive', unit: 'fraction' },
  DCGM_FI_PROF_SM_ACTIVE: { quantity: 'smActive', unit: 'fraction' },
  DCGM_FI_PROF_SM_UTIL_RATIO: { quantity: 'smActive', unit: 'fraction' },
  DCGM_FI_DEV_FB_USED: { quantity: 'memoryUsedMib', unit: 'mib' },
  DCGM_FI_DEV_POWER_USAGE: { quantity: 'powerWatts', unit: 'watts' },
  DCGM_FI_DEV_BOARD_POWER_WATTS: { quantity: 'powerWatts', unit: 'watts' },
};

const NVIDIA_SMI: Readonly<Record<string, Omit<GpuMetric, 'exporter'>>> = {
  nvidia_smi_utilization_gpu_ratio: { quantity: 'gpuUtil', unit: 'fraction' },
  nvidia_smi_memory_used_bytes: { quantity: 'memoryUsedMib', unit: 'bytes' },
  nvidia_smi_memory_total_bytes: { quantity: 'memoryTotalMib', unit: 'bytes' },
  nvidia_smi_power_draw_watts: { quantity: 'powerWatts', unit: 'watts' },
  nvidia_smi_compute_apps: { quantity: 'processes', unit: 'count' },
};

const AMD: Readonly<Record<string, Omit<GpuMetric, 'exporter'>>> = {
  gpu_gfx_activity: { quantity: 'gpuUtil', unit: 'percent' },
  gpu_prof_sm_active: { quantity: 'smActive', unit: 'fraction-or-percent' },
  gpu_used_vram: { quantity: 'memoryUsedMib', unit: 'mib' },
  gpu_total_vram: { quantity: 'memoryTotalMib', unit: 'mib' },
  gpu_package_power: { quantity: 'powerWatts', unit: 'watts' },
  gpu_average_package_power: { quantity: 'powerWatts', unit: 'watts' },
  gpu_power_usage: { quantity: 'powerWatts', unit: 'watts' },
};

const AMD_NAME = new RegExp(`^(?:[a-z][a-z0-9]*_)?(${Object.keys(AMD).join('|')})$`);

/** Names the GPU behind an index and a UUID for the nvidia-smi exporter, whose samples carry the UUID alone. */
export const NVIDIA_SMI_INFO = 'nvidia_smi_gpu_info';

/** A PromQL regular expression for every name that `gpuMetric` knows. */
export const GPU_METRIC_PATTERN = [
  ...Object.keys(DCGM),
  ...Object.keys(NVIDIA_SMI),
  NVIDIA_SMI_INFO,
  `([a-z][a-z0-9]*_)?(${Object.keys(AMD).join('|')})`,
].join('|');

export function gpuMetric(name: string): GpuMetric | undefined {
  const dcgm = own(DCGM, name);
  if (dcgm) return { exporter: 'dcgm', ...dcgm };
  const nvidiaSmi = own(NVIDIA_SMI, name);
  if (nvidiaSmi) return { exporter: 'nvidia-smi', ...nvidiaSmi };
  const amd = AMD_NAME.exec(name)?.[1];
  return amd === undefined ? undefined : { exporter: 'amd', ...AMD[amd]! };
}

/** The largest value of each unit that a device can mean; blank sentinels (1.4e14, 9.2e18) and their averages lie far above. */
const LARGEST: Readonly<Record<Quantity, number>> = {
  gpuUtil: 2,
  engineActive: 2,
  smActive: 2,
  memoryUsedMib: 1e8,
  memoryTotalMib: 1e8,
  powerWatts: 1e5,
  processes: 1e6,
};

/** The value in the unit of its quantity, or `undefined` for a blank sentinel and anything else no device can mean. */
export function toQuantity(metric: GpuMetric, value: number, isPercent: boolean): number | undefined {
  const scaled = value * factorOf(metric.unit, isPercent);
  return scaled >= 0 && scaled <= LARGEST[metric.quantity] ? scaled : undefined;
}

function factorOf(unit: Unit, isPercent: boolean): number {
  if (unit === 'percent' || (unit === 'fraction-or-percent' && isPercent)) return 0.01;
  return unit === 'bytes' ? 1 / 2 ** 20 : 1;
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
