import type { CapacityFact } from '../../domain/facts/facts.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { LayoutPart } from './card-layout.ts';
import { groupBy } from './group-by.ts';
import { type Intervals, intersect, unite } from './intervals.ts';
import type { KubeNode } from './kube-state.ts';
import type { NodeFacts } from './node-facts.ts';

/** One device of a node, and when it was paid for. */
export type Device = Readonly<{
  deviceId: string;
  cardId: string;
  node: string;
  profile: string | null;
  /** False for the remainder of a card, which nothing can run on. */
  isUsable: boolean;
  gpuModel: string;
  memoryMib: number | null;
  sizes: readonly Readonly<{ gpuParts: number; paid: Intervals }>[];
}>;

export type DevicePieces = readonly (TimeWindow & LayoutPart)[];

/** Puts the pieces of each device together; a card that is cut anew leaves a remainder of another size. */
export function devicesOf(
  pieces: DevicePieces,
  describe: (part: LayoutPart) => Pick<Device, 'cardId' | 'node' | 'gpuModel' | 'memoryMib'>,
): Device[] {
  const byDevice = groupBy(pieces, ({ deviceId }) => deviceId);
  return [...byDevice].map(([deviceId, ofDevice]) => ({
    deviceId,
    ...describe(ofDevice[0]!),
    profile: ofDevice[0]!.profile,
    isUsable: ofDevice[0]!.part !== null,
    sizes: [...groupBy(ofDevice, ({ gpuParts }) => gpuParts)].map(([gpuParts, ofSize]) => ({
      gpuParts,
      paid: unite(ofSize),
    })),
  }));
}

export function paidTime(device: Device): Intervals {
  return unite(device.sizes.flatMap(({ paid }) => paid));
}

/** The capacity of a device inside the window, split where its node became another machine. */
export function capacityFacts(
  device: Device,
  node: KubeNode | undefined,
  window: TimeWindow,
  factsIn: (life: TimeWindow) => NodeFacts,
): CapacityFact[] {
  const lives = node && node.lives.length > 0 ? node.lives : [FOREVER_UNNAMED];
  const facts: CapacityFact[] = [];
  for (const { gpuParts, paid } of device.sizes) {
    for (const life of lives) {
      for (const { fromMs, toMs } of intersect(intersect(paid, [window]), [life])) {
        const { deviceId, gpuModel, memoryMib } = device;
        facts.push({
          deviceId,
          gpuParts,
          node: device.node,
          nodeLife: life.id,
          gpuModel,
          memoryMib,
          ...factsIn(life).capacity,
          startMs: fromMs,
          endMs: toMs,
        });
      }
    }
  }
  return facts;
}

export const FOREVER: TimeWindow = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
const FOREVER_UNNAMED = { ...FOREVER, id: null };
