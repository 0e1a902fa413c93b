import { groupBy } from '../collections/group-by.ts';
import type { Picos } from '../money/picos.ts';
import type { PackingPolicy } from '../simulation/packing/policies/policies.ts';
import { type EpochMs, HOUR_MS } from '../time/window.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';
import type { HourCauses } from './idle-causes.ts';
import {
  type HeldDevice,
  hoursTouched,
  type PaidNode,
  type PlacedFleet,
  placedFleet,
} from './packed-nodes.ts';
import { type Claim, type Proposal, smaller, takeOff } from './proposal.ts';
import { DEFAULT_RELEASE, ownerOf, type ReleaseOptions } from './release.ts';
import { replayPlacements } from './replay-placements.ts';

/** What the emitted scheduler profile does: of the nodes with room, the one with least left. Its saving is the one that is proposed. */
const PROFILE: PackingPolicy = 'best-fit';
/** Replayed beside it, to say what a scheduler of its own would add. */
const OTHERS = { 'fragmentation gradient descent': 'fgd', "Tare's own policy": 'tare' } as const;

/**
 * Work packed onto fewer nodes, replayed on what the fleet held: placements as they came, on the nodes that were there. What is saved are
 * the hours in which a rented node would have been empty and was not, by the rule of the release lever, less those in which it was empty
 * and would not have been.
 */
export function proposePack(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  held: readonly HeldDevice[],
  options: ReleaseOptions = DEFAULT_RELEASE,
): Proposal[] {
  const places = groupBy(hours.keys(), (index) =>
    JSON.stringify([hours[index]!.pool, hours[index]!.gpuModel]),
  );
  return [...places.values()].flatMap((indexes) => {
    const fleet = placedFleet(hours, indexes, held);
    if (!canBePacked(fleet)) return [];
    const before = freeHours(
      fleet,
      fleet.pods.map(({ node }) => node),
      options,
    );
    const freed = (policy: PackingPolicy) => {
      const places = replayPlacements(fleet, policy);
      return (
        places &&
        difference(
          freeHours(
            fleet,
            places.map(({ name }) => name),
            options,
          ),
          before,
        )
      );
    };
    const change = freed(PROFILE);
    if (change === null || change.freed.length <= change.taken.length) return [];
    const others = Object.entries(OTHERS).map(([name, policy]) => ({ name, change: freed(policy) }));
    return [proposalOf(hours, causes, { fleet, change, others }, options)];
  });
}

function canBePacked({ nodes, pods }: PlacedFleet): boolean {
  return nodes.length > 1 && pods.length > 0 && nodes.some(({ isRented }) => isRented);
}

type NodeHour = Readonly<{ node: PaidNode; hourMs: EpochMs }>;
type FreeHours = Readonly<{
  free: ReadonlyMap<PaidNode, ReadonlySet<EpochMs>>;
  comesBack: readonly NodeHour[];
}>;

/** Hours of rented nodes in which nothing is on them, beyond those that an empty node is kept for; and where it is needed again. */
function freeHours(
  { nodes, pods }: PlacedFleet,
  nodeOf: readonly string[],
  { keepHours }: ReleaseOptions,
): FreeHours {
  const used = new Map<string, Set<EpochMs>>(nodes.map(({ name }) => [name, new Set()]));
  for (const [pod, held] of pods.entries())
    for (const hourMs of hoursTouched(held)) used.get(nodeOf[pod]!)!.add(hourMs);
  const free = new Map<PaidNode, Set<EpochMs>>();
  const comesBack: NodeHour[] = [];
  for (const node of nodes.filter(({ isRented }) => isRented)) {
    const own = new Set<EpochMs>();
    let [empty, lastMs] = [0, Number.NaN];
    for (const hourMs of [...node.paidHours].sort((a, b) => a - b)) {
      if (hourMs - lastMs !== HOUR_MS) empty = 0;
      const isUsed = used.get(node.name)!.has(hourMs);
      if (isUsed && empty > keepHours) comesBack.push({ node, hourMs: lastMs });
      empty = isUsed ? 0 : empty + 1;
      if (empty > keepHours) own.add(hourMs);
      lastMs = hourMs;
    }
    free.set(node, own);
  }
  return { free, comesBack };
}

type Change = Readonly<{
  freed: readonly NodeHour[];
  taken: readonly NodeHour[];
  boots: readonly NodeHour[];
  bootsBefore: readonly NodeHour[];
}>;

function difference(after: FreeHours, before: FreeHours): Change {
  const missing = (from: FreeHours, other: FreeHours) =>
    [...from.free].flatMap(([node, own]) =>
      [...own].filter((hourMs) => !other.free.get(node)!.has(hourMs)).map((hourMs) => ({ node, hourMs })),
    );
  return {
    freed: missing(after, before).sort((a, b) => a.hourMs - b.hourMs),
    taken: missing(before, after),
    boots: after.comesBack,
    bootsBefore: before.comesBack,
  };
}

type Packed = Readonly<{
  fleet: PlacedFleet;
  change: Change;
  others: readonly Readonly<{ name: string; change: Change | null }>[];
}>;

function proposalOf(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  { fleet, change, others }: Packed,
  { keepHours, bootMinutes }: ReleaseOptions,
): Proposal {
  const rented = fleet.nodes.filter(({ isRented }) => isRented);
  const scope = rented.flatMap(({ indexes }) => [...indexes.values()].flat()).sort((a, b) => a - b);
  const { pool, gpuModel } = hours[scope[0]!]!;
  const place = pool === 'none' ? `${gpuModel} nodes without a pool` : `pool ${pool}`;
  const freedNodes = new Set(change.freed.map(({ node }) => node.name));
  const waited = change.freed.filter(({ node, hourMs }) => hadWaiting(causes, node, hourMs)).length;
  return {
    lever: 'pack',
    target: place,
    owner: ownerOf(hours, scope),
    replay: (left) => claimsOf(hours, change, bootMinutes, left),
    scope,
    cause: null,
    risk: 'medium',
    facts: [
      `${fleet.pods.length} placements on ${fleet.nodes.length} nodes with ${gpuModel} replayed as they came and went; none was turned away`,
      `${net(change)} node-hours more would have been empty, on ${freedNodes.size} ${freedNodes.size === 1 ? 'node' : 'nodes'}`,
      ...others.map(({ name, change: other }) =>
        other === null
          ? `by ${name} work would have been turned away`
          : `by ${name} it would have been ${net(other)} node-hours`,
      ),
      ...(waited > 0
        ? [`in ${waited} of the node-hours runs waited: room for them, not a smaller bill`]
        : []),
    ],
    assumptions: [
      'CPU and memory of a machine go with its GPUs: who holds a quarter of the GPUs needs no more of the rest',
      'any of these nodes would have done, as long as it was there; nothing is moved once it runs',
      'replicas of an endpoint on several nodes stay on several; nodes with slices or time-shared GPUs are left as they are',
      `a node that is empty for more than ${keepHours} h is given back, and takes ${bootMinutes} minutes, paid, when it is needed again`,
    ],
    action: `fill the nodes of ${place} one by one, and give back those that become empty`,
    rows: fleet.pods.length,
    change: { kind: 'pack-nodes', pool, gpuModel, afterHours: keepHours },
  };
}

function net({ freed, taken }: Change): number {
  return freed.length - taken.length;
}

function hadWaiting(causes: readonly HourCauses[], node: PaidNode, hourMs: EpochMs): boolean {
  return (node.indexes.get(hourMs) ?? []).some((index) => {
    const { idle, unallocated } = causes[index]!;
    return ((idle ?? unallocated)?.runsWaiting ?? 0) > 0;
  });
}

/** All of a node's hour is saved when it is empty: what it held is elsewhere, on GPUs that were paid for and free. */
function claimsOf(
  hours: readonly HolderHour[],
  change: Change,
  bootMinutes: number,
  left: readonly Picos[],
): Claim[] {
  const claims = change.freed.flatMap(({ node, hourMs }) =>
    node.indexes
      .get(hourMs)!
      .map((index) => ({ index, picos: smaller(grossPicos(hours[index]!), left[index]!) })),
  );
  const costOf = (of: readonly NodeHour[]) =>
    of.reduce(
      (sum, { node, hourMs }) =>
        sum + node.indexes.get(hourMs)!.reduce((own, index) => own + grossPicos(hours[index]!), 0n),
      0n,
    );
  const boots = (of: readonly NodeHour[]) => (costOf(of) * BigInt(bootMinutes)) / 60n;
  const debt = costOf(change.taken) + boots(change.boots) - boots(change.bootsBefore);
  takeOff(claims, debt);
  return claims;
}
