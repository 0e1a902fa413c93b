import type { EpochMs } from '../../domain/time/window.ts';
import type { GpuCount } from './read-gpu-tres.ts';
import { nextMidnight, type Zone } from './slurm-time.ts';

/** That an attempt held GPUs for a time; `nodes` is `null` where the accounting does not say on which. */
export type Claim = Readonly<{
  workloadId: string;
  /** When the attempt began to hold them, which may be days before this claim. */
  sinceMs: EpochMs;
  startMs: EpochMs;
  /** `null`: still held. */
  endMs: EpochMs | null;
  gpus: readonly GpuCount[];
  nodes: readonly string[] | null;
}>;

/** One GPU of a claim, on a numbered device. */
export type PlacedGpu = Readonly<{
  claim: Claim;
  /** `null`: on no node that is known. */
  node: string | null;
  type: string | null;
  /** Number among the GPUs of that type on the node. */
  index: number;
}>;

/** Cuts a claim at the midnights of a zone. What is still held has a last piece that is open. */
export function cutAtMidnight(claim: Claim, zone: Zone, openUntilMs: EpochMs): Claim[] {
  const pieces: Claim[] = [];
  let startMs = claim.startMs;
  const untilMs = claim.endMs ?? openUntilMs;
  for (;;) {
    const midnight = nextMidnight(startMs, zone);
    if (midnight >= untilMs) break;
    pieces.push({ ...claim, startMs, endMs: midnight });
    startMs = midnight;
  }
  if (claim.endMs === null || startMs < claim.endMs) pieces.push({ ...claim, startMs });
  return pieces;
}

/**
 * Gives the GPUs of one day's claims numbers: a claim takes the lowest numbers of its node that are free when it starts. So two claims
 * never share a number at the same time, and no more numbers are used than GPUs were held at once.
 *
 * Accounting does not know which device it was, so the numbers are a convention. It depends on nothing but the claims of that day, whatever
 * the order they come in: earlier start first, then who has held longest, then by name. Another export of the same day says the same.
 */
export function placeClaims(claims: readonly Claim[]): PlacedGpu[] {
  const busyUntil = new Map<string, EpochMs[]>();
  return [...claims].sort(inOrder).flatMap((claim) =>
    spread(claim).flatMap(({ node, type, count }) => {
      const place = node === null ? `unplaced\n${claim.workloadId}` : `${node}\n${type ?? ''}`;
      const devices = busyUntil.get(place) ?? [];
      busyUntil.set(place, devices);
      return takeLowest(devices, count, claim).map((index) => ({ claim, node, type, index }));
    }),
  );
}

/**
 * GPUs go to the nodes evenly, in the order of the list: 10 on 4 nodes are 3, 3, 2, 2. Types fill the nodes one after the other.
 */
export function spread({
  gpus,
  nodes,
}: Pick<Claim, 'gpus' | 'nodes'>): { node: string | null; type: string | null; count: number }[] {
  if (nodes === null || nodes.length === 0) return gpus.map((gpu) => ({ node: null, ...gpu }));
  const total = gpus.reduce((sum, { count }) => sum + count, 0);
  const left = gpus.map((gpu) => ({ ...gpu }));
  return nodes.flatMap((node, index) => {
    let room = Math.floor(total / nodes.length) + (index < total % nodes.length ? 1 : 0);
    return left.flatMap((gpu) => {
      const count = Math.min(room, gpu.count);
      room -= count;
      gpu.count -= count;
      return count === 0 ? [] : [{ node, type: gpu.type, count }];
    });
  });
}

function takeLowest(busyUntil: EpochMs[], count: number, { startMs, endMs }: Claim): number[] {
  const taken: number[] = [];
  for (let index = 0; taken.length < count; index += 1) {
    if ((busyUntil[index] ?? Number.NEGATIVE_INFINITY) > startMs) continue;
    busyUntil[index] = endMs ?? Number.POSITIVE_INFINITY;
    taken.push(index);
  }
  return taken;
}

function inOrder(a: Claim, b: Claim): number {
  if (a.startMs !== b.startMs) return a.startMs - b.startMs;
  if (a.sinceMs !== b.sinceMs) return a.sinceMs - b.sinceMs;
  return a.workloadId < b.workloadId ? -1 : a.workloadId > b.workloadId ? 1 : 0;
}
