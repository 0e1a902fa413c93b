import { groupBy } from '../collections/group-by.ts';
import { HOUR_MS } from '../time/window.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';
import type { HourCauses } from './idle-causes.ts';
import { type Claim, type Proposal, smaller, takeOff } from './proposal.ts';

export type ReleaseOptions = Readonly<{
  /** An empty node is kept for this long, in case something comes. */
  keepHours: number;
  /** Paid before a new node takes work. */
  bootMinutes: number;
}>;

export const DEFAULT_RELEASE: ReleaseOptions = { keepHours: 1, bootMinutes: 10 };

/** Only what is rented by the hour stops costing money when it is given back. */
const RENTED = ['on_demand', 'spot'];

type EmptyRun = Readonly<{ indexes: readonly number[]; comesBack: boolean }>;

/**
 * Nodes that nobody held at all, given back after a while and started again for the next holder. Hours in which runs waited are left
 * alone: there the node was wanted, and something else kept them apart.
 */
export function proposeRelease(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  options: ReleaseOptions = DEFAULT_RELEASE,
): Proposal[] {
  const rented = [...hours.keys()].filter((index) => RENTED.includes(hours[index]!.lifecycle));
  return [...groupBy(rented, (index) => hours[index]!.pool)].flatMap(([pool, indexes]) => {
    const runs = [...groupBy(indexes, (index) => hours[index]!.node).values()].flatMap((ofNode) =>
      emptyRuns(hours, causes, ofNode).filter(({ indexes: run }) => run.length > options.keepHours),
    );
    return runs.length === 0 ? [] : [proposalOf(hours, pool, indexes, runs, options)];
  });
}

/** Stretches of hours in which a node had nothing but time that nobody held. */
function emptyRuns(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  ofNode: readonly number[],
): EmptyRun[] {
  const byHour = [...groupBy(ofNode, (index) => hours[index]!.hourMs)].sort(([a], [b]) => a - b);
  const runs: { indexes: number[]; comesBack: boolean }[] = [];
  let last = { hourMs: Number.NaN, isEmpty: false };
  for (const [hourMs, indexes] of byHour) {
    const isEmpty = indexes.every((index) => isFree(hours[index]!, causes[index]!));
    const follows = hourMs - last.hourMs === HOUR_MS;
    if (isEmpty && last.isEmpty && follows) runs.at(-1)!.indexes.push(indexes[0]!);
    else if (isEmpty) runs.push({ indexes: [indexes[0]!], comesBack: false });
    else if (last.isEmpty && follows) runs.at(-1)!.comesBack = true;
    last = { hourMs, isEmpty };
  }
  return runs;
}

function isFree(hour: HolderHour, { unallocated }: HourCauses): boolean {
  return (
    hour.workloadId === '' &&
    hour.ticks.unallocated > 0n &&
    unallocated !== null &&
    ['nobody-asked', 'unknown'].includes(unallocated.cause)
  );
}

function proposalOf(
  hours: readonly HolderHour[],
  pool: string,
  scope: readonly number[],
  runs: readonly EmptyRun[],
  { keepHours, bootMinutes }: ReleaseOptions,
): Proposal {
  const nodes = new Set(runs.flatMap(({ indexes }) => indexes.map((index) => hours[index]!.node)));
  const nodeHours = runs.reduce((sum, { indexes }) => sum + indexes.length, 0);
  return {
    lever: 'release',
    target: pool === 'none' ? 'nodes without a pool' : `pool ${pool}`,
    owner: ownerOf(hours, scope),
    replay: (left) => runs.flatMap((run) => claimsOf(hours, run, keepHours, bootMinutes, left)),
    scope,
    cause: 'nobody-asked',
    risk: 'medium',
    facts: [
      `${nodes.size} nodes stood empty ${runs.length} times for longer than ${keepHours} h, ${nodeHours} node-hours in all`,
      `the longest was ${Math.max(...runs.map(({ indexes }) => indexes.length))} h`,
    ],
    assumptions: [
      `a new node takes ${bootMinutes} minutes to be ready, paid and waited for`,
      'capacity is there again when it is asked for',
    ],
    action: `give back nodes of ${pool} that nobody has held for ${keepHours} h`,
    rows: scope.length,
    change: { kind: 'release-empty-nodes', pool, afterHours: keepHours },
  };
}

/** Whoever held most of the pool's hours is asked. */
export function ownerOf(hours: readonly HolderHour[], scope: readonly number[]): string {
  const teams = groupBy(
    scope.filter((index) => hours[index]!.workloadId !== ''),
    (index) => hours[index]!.team,
  );
  const [most] = [...teams].sort(([a, of], [b, other]) => other.length - of.length || (a < b ? -1 : 1));
  return most?.[0] ?? 'nobody';
}

function claimsOf(
  hours: readonly HolderHour[],
  run: EmptyRun,
  keepHours: number,
  bootMinutes: number,
  left: readonly bigint[],
): Claim[] {
  const beyond = run.indexes.slice(keepHours);
  const claims = beyond.map((index) => ({
    index,
    picos: smaller(hours[index]!.cost.unallocated, left[index]!),
  }));
  const last = beyond.at(-1);
  if (run.comesBack && last !== undefined) {
    takeOff(claims, (grossPicos(hours[last]!) * BigInt(bootMinutes)) / 60n);
  }
  return claims;
}
