import { groupBy } from '../collections/group-by.ts';
import { grossPicos, type HolderHour, type RunSpan } from '../levers/holder-hour.ts';
import { isQuiet } from '../levers/quiet-runs.ts';
import type { Picos } from '../money/picos.ts';
import type { EpochMs } from '../time/window.ts';
import { HOUR_MS } from '../time/window.ts';

export const ACTION_KINDS = ['suspend-notebook', 'scale-to-zero', 'release'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** A holder that has stood still up to the end of what the ledger knows. */
export type IdleNow = Readonly<{
  action: ActionKind;
  workloadId: string;
  workload: string;
  kind: string;
  owner: string;
  environment: string;
  nodes: readonly string[];
  devices: number;
  /** In a row, up to the end; the shortest over its nodes. */
  quietHours: number;
  /** What these hours cost; `null` where some of them have no price. */
  idlePicos: Picos | null;
  because: string;
}>;

/**
 * Holders of which every device on every node was seen, and quiet, for at least so many hours up to the end of the ledger. Hours that nobody
 * observed end a stretch: what is not known to be idle is left alone, as are holders that watch over the fleet.
 */
export function findIdleNow(
  hours: readonly HolderHour[],
  runs: readonly RunSpan[],
  endMs: EpochMs,
  leastHours: number,
): readonly IdleNow[] {
  const held = hours.filter(({ workloadId, kind }) => workloadId !== '' && kind !== 'system');
  return [...groupBy(held, ({ workloadId }) => workloadId)]
    .flatMap(([, own]) => idleOf(own, runs, endMs, leastHours))
    .toSorted((a, b) => compare(b.idlePicos ?? 0n, a.idlePicos ?? 0n) || b.quietHours - a.quietHours);
}

function idleOf(
  own: readonly HolderHour[],
  runs: readonly RunSpan[],
  endMs: EpochMs,
  leastHours: number,
): IdleNow[] {
  const byNode = [...groupBy(own, ({ node }) => node).values()];
  // What it has left already is no longer held.
  const current = byNode.filter((ofNode) => ofNode.some(({ hourMs }) => hourMs + HOUR_MS >= endMs));
  if (current.length === 0) return [];
  const quiet = current.map((ofNode) => quietUpTo(ofNode, endMs));
  const quietHours = Math.min(...quiet.map(({ length }) => length));
  if (quietHours < leastHours) return [];
  const last = quiet[0]![0]!;
  return [
    {
      action: actionOf(last.kind),
      workloadId: last.workloadId,
      workload: last.workload,
      kind: last.kind,
      owner: last.team,
      environment: last.environment,
      nodes: quiet.map((ofNode) => ofNode[0]!.node).toSorted(),
      devices: quiet.reduce((sum, ofNode) => sum + ofNode[0]!.devices, 0),
      quietHours,
      idlePicos: costOf(quiet.flat()),
      because: hasEnded(last, runs, endMs) ? 'held after its run ended' : `quiet for ${quietHours} h`,
    },
  ];
}

/** Newest first; ends at the first hour that is missing, unobserved, or has work in it. */
function quietUpTo(ofNode: readonly HolderHour[], endMs: EpochMs): readonly HolderHour[] {
  const found: HolderHour[] = [];
  let dueMs = Math.ceil(endMs / HOUR_MS) * HOUR_MS - HOUR_MS;
  for (const hour of ofNode.toSorted((a, b) => b.hourMs - a.hourMs)) {
    if (hour.hourMs !== dueMs || !isQuiet(hour)) break;
    found.push(hour);
    dueMs -= HOUR_MS;
  }
  return found;
}

function costOf(hours: readonly HolderHour[]): Picos | null {
  if (hours.some(({ unpricedTicks }) => unpricedTicks > 0n)) return null;
  return hours.reduce((sum, hour) => sum + grossPicos(hour), 0n);
}

function compare(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function actionOf(kind: string): ActionKind {
  if (kind === 'notebook') return 'suspend-notebook';
  return kind === 'inference' ? 'scale-to-zero' : 'release';
}

function hasEnded({ workloadId }: HolderHour, runs: readonly RunSpan[], endMs: EpochMs): boolean {
  const own = runs.filter((run) => run.workloadId === workloadId && run.startMs !== null);
  return own.length > 0 && own.every((run) => run.endMs !== null && run.endMs <= endMs);
}
