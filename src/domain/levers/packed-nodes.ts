import { groupBy } from '../collections/group-by.ts';
import { grossOf } from '../ledger/buckets.ts';
import { WHOLE_GPU_MILLI } from '../simulation/packing/workload.ts';
import { type EpochMs, floorToHour, HOUR_MS, MINUTE_MS } from '../time/window.ts';
import { PARTS_PER_GPU, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';

/** One device that a workload held for a while, cut to the window. */
export type HeldDevice = Readonly<{
  workloadId: string;
  deviceId: string;
  node: string;
  gpuModel: string;
  /** False for a slice. */
  isWholeGpu: boolean;
  shareParts: number;
  startMs: EpochMs;
  endMs: EpochMs;
}>;

/** A node as the ledger knows it: paid for in these hours. */
export type PaidNode = Readonly<{
  name: string;
  gpus: number;
  /** Rented by the hour: given back, it stops costing money. */
  isRented: boolean;
  perGpuHourPicos: bigint;
  paidHours: ReadonlySet<EpochMs>;
  /** Indexes of its hours in the ledger. */
  indexes: ReadonlyMap<EpochMs, readonly number[]>;
}>;

/** Devices of one node that a workload took and gave back together: what a scheduler places as one. */
export type HeldPod = Readonly<{
  name: string;
  gpus: number;
  gpuMilli: number;
  node: string;
  /** Set for replicas of an endpoint: those that stood on several nodes are kept on several. */
  endpoint: string | null;
  startMs: EpochMs;
  endMs: EpochMs;
}>;

export type PlacedFleet = Readonly<{ nodes: readonly PaidNode[]; pods: readonly HeldPod[] }>;

const RENTED = ['on_demand', 'spot'];

/**
 * Nodes of one kind with what was placed on them. A node whose GPUs are cut into slices, or promised more than once, stays out with all
 * that it holds: what fits beside what on such a GPU is not a question of free GPUs.
 */
export function placedFleet(
  hours: readonly HolderHour[],
  indexes: readonly number[],
  held: readonly HeldDevice[],
): PlacedFleet {
  const ofHolder = new Map(indexes.map((index) => [hours[index]!.workloadId, hours[index]!]));
  const heldBy = groupBy(joinHolds(held), ({ node }) => node);
  const nodes = [...groupBy(indexes, (index) => hours[index]!.node)]
    .map(([name, own]) => paidNode(hours, name, own))
    .filter(({ name }) => !isShared(heldBy.get(name) ?? []));
  const pods = nodes.flatMap(({ name, gpus }) => {
    const whole = podsOf(heldBy.get(name) ?? [], ofHolder);
    return whole.map((pod) => ({ ...pod, gpus: Math.min(pod.gpus, gpus) }));
  });
  return { nodes: nodes.toSorted(cheapestFirst), pods };
}

/** A pause as short as this is a scrape that was missed, not a pod that went and came again. */
const SAME_HOLD_MS = 10 * MINUTE_MS;

/** Sources that read by the hour cut what goes on: stretches of one holder that meet are one. */
function joinHolds(held: readonly HeldDevice[]): HeldDevice[] {
  const series = groupBy(held, ({ workloadId, deviceId, shareParts }) =>
    JSON.stringify([workloadId, deviceId, shareParts]),
  );
  return [...series.values()].flatMap((own) => {
    const joined: HeldDevice[] = [];
    for (const next of own.toSorted((a, b) => a.startMs - b.startMs)) {
      const last = joined.at(-1);
      if (last && next.startMs - last.endMs <= SAME_HOLD_MS)
        joined[joined.length - 1] = { ...last, endMs: Math.max(last.endMs, next.endMs) };
      else joined.push(next);
    }
    return joined;
  });
}

function paidNode(hours: readonly HolderHour[], name: string, indexes: readonly number[]): PaidNode {
  const byHour = groupBy(indexes, (index) => hours[index]!.hourMs);
  let [most, picos, ticks] = [0n, 0n, 0n];
  for (const ofHour of byHour.values()) {
    const inHour = ofHour.reduce((sum, index) => sum + grossOf(hours[index]!.ticks), 0n);
    most = inHour > most ? inHour : most;
    ticks += inHour;
    picos += ofHour.reduce((sum, index) => sum + grossPicos(hours[index]!), 0n);
  }
  return {
    name,
    gpus: Number((most + TICKS_PER_GPU_HOUR / 2n) / TICKS_PER_GPU_HOUR),
    isRented: indexes.every((index) => RENTED.includes(hours[index]!.lifecycle)),
    perGpuHourPicos: ticks === 0n ? 0n : (picos * TICKS_PER_GPU_HOUR) / ticks,
    paidHours: new Set(byHour.keys()),
    indexes: byHour,
  };
}

/** What costs nothing to keep is filled first, then what is cheapest; the dearest is the likeliest to become empty. */
function cheapestFirst(a: PaidNode, b: PaidNode): number {
  if (a.isRented !== b.isRented) return a.isRented ? 1 : -1;
  if (a.perGpuHourPicos !== b.perGpuHourPicos) return a.perGpuHourPicos < b.perGpuHourPicos ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

function isShared(held: readonly HeldDevice[]): boolean {
  if (held.some(({ isWholeGpu }) => !isWholeGpu)) return true;
  return [...groupBy(held, ({ deviceId }) => deviceId).values()].some(isPromisedTwice);
}

function isPromisedTwice(held: readonly HeldDevice[]): boolean {
  const changes = held.flatMap(({ startMs, endMs, shareParts }) => [
    { atMs: startMs, parts: shareParts },
    { atMs: endMs, parts: -shareParts },
  ]);
  let parts = 0;
  return changes
    .sort((a, b) => a.atMs - b.atMs || a.parts - b.parts)
    .some((change) => {
      parts += change.parts;
      return parts > PARTS_PER_GPU;
    });
}

function podsOf(held: readonly HeldDevice[], ofHolder: ReadonlyMap<string, HolderHour>): HeldPod[] {
  const together = groupBy(held, ({ workloadId, startMs, endMs, shareParts, deviceId }) =>
    JSON.stringify([workloadId, startMs, endMs, shareParts < PARTS_PER_GPU ? deviceId : '']),
  );
  return [...together.values()].map((devices) => {
    const { workloadId, node, shareParts, startMs, endMs, deviceId } = devices[0]!;
    const holder = ofHolder.get(workloadId);
    return {
      name: `${workloadId} ${startMs} ${deviceId}`,
      gpus: devices.length,
      gpuMilli: Math.min(WHOLE_GPU_MILLI, Math.ceil((shareParts * WHOLE_GPU_MILLI) / PARTS_PER_GPU)),
      node,
      endpoint: holder?.kind === 'inference' ? `${holder.workload}/${holder.team}` : null,
      startMs,
      endMs,
    };
  });
}

/** The hours that a stretch of time touches. */
export function hoursTouched({ startMs, endMs }: Pick<HeldPod, 'startMs' | 'endMs'>): EpochMs[] {
  const touched: EpochMs[] = [];
  for (let hourMs = floorToHour(startMs); hourMs < endMs; hourMs += HOUR_MS) touched.push(hourMs);
  return touched;
}
