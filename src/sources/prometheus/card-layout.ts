import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { GpuSpec } from '../../ports/hardware-catalog.ts';

/** A device that a card offers: the card itself, a slice of it, or what no slice covers. */
export type LayoutPart = Readonly<{
  deviceId: string;
  /** Key into `Card.parts`; `null` for the remainder, which no series describes. */
  part: string | null;
  profile: string | null;
  gpuParts: number;
}>;

/**
 * Cuts a card into the devices that its slices make. Their sizes add up to the card: what is not carved out is the device
 * `CARD:rest`, paid like the others and usable by nobody.
 */
export function layoutOf(
  cardId: string,
  profiles: ReadonlyMap<string, string | null>,
  gpu: GpuSpec | undefined,
): readonly LayoutPart[] {
  const slices = [...profiles].filter(([part]) => part !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  if (slices.length === 0) return [{ deviceId: cardId, part: '', profile: null, gpuParts: PARTS_PER_GPU }];
  const parts = slices.map(([part, profile]) => ({
    deviceId: `${cardId}:${part}`,
    part,
    profile,
    gpuParts: slicePartsOf(profile, gpu, slices.length),
  }));
  const rest = PARTS_PER_GPU - parts.reduce((sum, { gpuParts }) => sum + gpuParts, 0);
  return rest > 0
    ? [...parts, { deviceId: `${cardId}:rest`, part: null, profile: null, gpuParts: rest }]
    : parts;
}

/** NVIDIA divides every MIG-capable chip but the A30 (four) into seven compute slices. */
const USUAL_MIG_SLICES = 7;

/** `1g.10gb`, `1c.3g.40gb`, `1g.5gb+me` are one, three and one compute slices; AMD's modes are equal partitions. */
export function slicePartsOf(profile: string | null, gpu: GpuSpec | undefined, seen: number): number {
  const partitions = AMD_PARTITIONS[profile ?? ''];
  if (profile === 'CPX') return Math.round(PARTS_PER_GPU / Math.max(seen, USUAL_CPX_PARTITIONS));
  if (partitions !== undefined) return PARTS_PER_GPU / partitions;
  const slices = Number(/(?:^|[._])(\d+)g[._]/.exec(profile ?? '')?.[1] ?? 1);
  return Math.round((PARTS_PER_GPU * slices) / (gpu?.migSlices ?? USUAL_MIG_SLICES));
}

const AMD_PARTITIONS: Readonly<Record<string, number>> = { DPX: 2, TPX: 3, QPX: 4 };
/** CPX makes a partition of every XCD: eight on an MI300X (six on an MI300A, whose remainder then shows as `rest`). */
const USUAL_CPX_PARTITIONS = 8;

export function isAmdMode(profile: string | null): boolean {
  return profile === 'CPX' || AMD_PARTITIONS[profile ?? ''] !== undefined;
}

/** Memory of the profile as the catalogue knows it, or as its own name says: `1g.10gb` has ten GiB. */
export function sliceMemoryMib(profile: string, gpu: GpuSpec | undefined): number | null {
  const known = gpu?.migProfiles.find((candidate) => candidate.profile === profile)?.memoryGib;
  const named = /[._](\d+)gb/.exec(profile)?.[1];
  const gib = known ?? (named === undefined ? null : Number(named));
  return gib === null ? null : gib * 1024;
}
