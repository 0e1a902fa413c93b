import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';

/** What a type of GPU in the accounting is: a whole one of some model, or a MIG slice. */
export type GpuKind = Readonly<{
  /** As the catalogue spells it where it is known. */
  gpuModel: string;
  /** Size in parts of a GPU. */
  gpuParts: number;
  memoryMib: number | null;
}>;

const MIG_PROFILE = /(\d+)g\.(\d+)gb/i;
/** Of every chip that MIG divides but the A30, which has four; a profile alone does not say which it is cut from. */
const USUAL_SLICES = 7;

/**
 * Reads a type of `gres/gpu:TYPE`: `a100`, `h100_80gb`, `1g.10gb`, `a100_1g.5gb`. The catalogue's name wins, then the stated model, then
 * the type as it stands; where nothing says anything the model is `unknown`.
 */
export function gpuKind(type: string | null, stated: string | null, catalog: HardwareCatalog): GpuKind {
  const profile = type === null ? null : MIG_PROFILE.exec(type);
  const named = type?.replace(MIG_PROFILE, '').replace(/^[-_.:]+|[-_.:]+$/g, '') || null;
  const known = named === null ? undefined : catalog.gpuModel(named);
  const gpuModel =
    known ?? (stated === null ? undefined : (catalog.gpuModel(stated) ?? stated)) ?? named ?? 'unknown';
  const gpu = catalog.gpu(gpuModel);
  if (!profile) return { gpuModel, gpuParts: PARTS_PER_GPU, memoryMib: gpu ? gpu.memoryGib * 1024 : null };
  const slices = gpu?.migSlices ?? USUAL_SLICES;
  const gpuParts = Math.round((PARTS_PER_GPU * Math.min(Number(profile[1]), slices)) / slices);
  return { gpuModel, gpuParts, memoryMib: Number(profile[2]) * 1024 };
}
