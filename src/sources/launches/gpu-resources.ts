import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';

/** What a resource name of Kubernetes stands for; `null` when it is no GPU. */
export type GpuResource = Readonly<{
  /** `nvidia.com/gpu` and the like. */
  slice: string | null;
  /** One of several that share a device by time, in parts that nothing in the manifest tells. */
  isShared: boolean;
  vendor: string;
}>;

const NAMES = /^(nvidia\.com|amd\.com|gpu\.intel\.com|intel\.com)\/(.+)$/;

export function gpuResource(name: string): GpuResource | null {
  const [, vendor, resource = ''] = NAMES.exec(name) ?? [];
  if (vendor === undefined) return null;
  const mig = /^mig-(\d+g\.\d+gb)/.exec(resource)?.[1];
  if (mig !== undefined) return { vendor, slice: mig, isShared: false };
  if (resource === 'gpu.shared') return { vendor, slice: null, isShared: true };
  return /^(gpu|i915|xe)$/.test(resource) ? { vendor, slice: null, isShared: false } : null;
}

const USUAL_SLICES = 7;

/** `1g.10gb` of an H100 is a seventh. */
export function sliceFraction(slice: string, gpuModel: string | undefined, catalog: HardwareCatalog): number {
  const slices = (gpuModel === undefined ? undefined : catalog.gpu(gpuModel)?.migSlices) ?? USUAL_SLICES;
  return Math.min(1, Number.parseInt(slice, 10) / slices);
}
