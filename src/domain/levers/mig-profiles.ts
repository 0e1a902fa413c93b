/** A way to cut a GPU. Compute is in slices of `MigLayout.compute`, memory in slices of `MigLayout.memory`. */
export type MigProfile = Readonly<{ name: string; compute: number; memory: number; memoryMib: number }>;

export type MigLayout = Readonly<{ compute: number; memory: number; profiles: readonly MigProfile[] }>;

/** A slice offers about 97 % of the memory that its name promises. */
const USABLE = 0.97;

/**
 * Profiles by GPU, smallest first: NVIDIA's MIG user guide, "Supported MIG profiles", with the memory that a slice has for programs.
 * Whether slices fit one GPU together is decided by their sums, which admits what the driver can place when it places large ones first.
 */
const LAYOUTS: readonly Readonly<{ model: RegExp; layout: MigLayout }>[] = [
  {
    model: /^A30/,
    layout: layoutOf(4, 4, [
      [1, 1, 6],
      [2, 2, 12],
      [4, 4, 24],
    ]),
  },
  { model: /^A100.*40GB/, layout: sevenths([5, 10, 20, 20, 40]) },
  { model: /^A100.*80GB/, layout: sevenths([10, 20, 40, 40, 80]) },
  { model: /^H100.*80GB/, layout: sevenths([10, 20, 40, 40, 80]) },
  { model: /^H200/, layout: sevenths([18, 35, 71, 71, 141]) },
  { model: /^B200/, layout: sevenths([23, 45, 90, 90, 180]) },
];

/** `undefined` for GPUs that cannot be cut. */
export function migLayout(gpuModel: string): MigLayout | undefined {
  return LAYOUTS.find(({ model }) => model.test(gpuModel))?.layout;
}

/** The smallest slice that has this much compute (0–1 of the GPU) and memory. */
export function smallestProfile(
  layout: MigLayout,
  computeFraction: number,
  memoryMib: number,
): MigProfile | undefined {
  return layout.profiles.find(
    (profile) => profile.compute / layout.compute >= computeFraction && profile.memoryMib >= memoryMib,
  );
}

function sevenths(memoryGb: readonly [number, number, number, number, number]): MigLayout {
  const [one, two, three, four, seven] = memoryGb;
  return layoutOf(7, 8, [
    [1, 1, one],
    [2, 2, two],
    [3, 4, three],
    [4, 4, four],
    [7, 8, seven],
  ]);
}

function layoutOf(
  compute: number,
  memory: number,
  profiles: readonly (readonly [compute: number, memory: number, gb: number])[],
): MigLayout {
  return {
    compute,
    memory,
    profiles: profiles.map(([of, memorySlices, gb]) => ({
      name: `${of}g.${gb}gb`,
      compute: of,
      memory: memorySlices,
      memoryMib: Math.floor(gb * 1_000 * USABLE),
    })),
  };
}
