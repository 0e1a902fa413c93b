import type { JudgedLaunch } from '../../domain/governance/judged-launch.ts';
import { describeSize, type Launch } from '../../domain/governance/launch.ts';
import { headlineCost } from '../../domain/governance/launch-estimate.ts';
import { formatPicos, roundPicos } from '../../domain/money/picos.ts';
import type { ChangeSide, LaunchChange } from '../results/check.ts';

/** Which launch of the base each launch continues; those that are new are not in it. */
export function pairUp(
  before: readonly JudgedLaunch[],
  after: readonly JudgedLaunch[],
): ReadonlyMap<JudgedLaunch, JudgedLaunch> {
  const open = new Map<string, JudgedLaunch[]>();
  for (const launch of before) {
    const key = launchKey(launch.launch);
    open.set(key, [...(open.get(key) ?? []), launch]);
  }
  const pairs = new Map<JudgedLaunch, JudgedLaunch>();
  for (const launch of after) {
    const candidates = open.get(launchKey(launch.launch)) ?? [];
    // A file may have moved; of several of one name, the one of the same file is meant.
    const found = candidates.find((one) => one.launch.file === launch.launch.file) ?? candidates[0];
    if (found === undefined) continue;
    pairs.set(launch, found);
    open.set(
      launchKey(launch.launch),
      candidates.filter((one) => one !== found),
    );
  }
  return pairs;
}

/** What was added, removed, or has another size or cost. */
export function compareLaunches(
  before: readonly JudgedLaunch[],
  after: readonly JudgedLaunch[],
): readonly LaunchChange[] {
  const pairs = pairUp(before, after);
  const continued = new Set(pairs.values());
  const changes = after.flatMap((launch) => {
    const earlier = pairs.get(launch) ?? null;
    return earlier !== null && isSame(earlier, launch) ? [] : [toChange(earlier, launch)];
  });
  const removed = before.filter((launch) => !continued.has(launch)).map((launch) => toChange(launch, null));
  return [...changes, ...removed];
}

function launchKey({ resourceKind, namespace, name }: Launch): string {
  return JSON.stringify([resourceKind, namespace, name]);
}

function isSame(a: JudgedLaunch, b: JudgedLaunch): boolean {
  const [one, other] = [headlineCost(a.estimate), headlineCost(b.estimate)];
  return (
    describeSize(a.launch) === describeSize(b.launch) &&
    a.launch.lifecycle === b.launch.lifecycle &&
    one?.picos === other?.picos &&
    one?.per === other?.per
  );
}

function toChange(before: JudgedLaunch | null, after: JudgedLaunch | null): LaunchChange {
  const now = (after ?? before)!.launch;
  const costs = [before, after].map((side) => side && headlineCost(side.estimate));
  const [then, later] = [costs[0] ?? null, costs[1] ?? null];
  const isKnown = (before === null || then !== null) && (after === null || later !== null);
  const isComparable = isKnown && (then === null || later === null || then.per === later.per);
  return {
    file: now.file,
    line: after === null ? null : now.line,
    name: now.name,
    change: before === null ? 'added' : after === null ? 'removed' : 'changed',
    before: before && sideOf(before),
    after: after && sideOf(after),
    per: (later ?? then)?.per ?? (now.isContinuous ? 'month' : 'run'),
    difference: isComparable ? formatPicos(roundPicos((later?.picos ?? 0n) - (then?.picos ?? 0n), 2)) : null,
  };
}

function sideOf({ launch, estimate }: JudgedLaunch): ChangeSide {
  const cost = headlineCost(estimate);
  return { size: describeSize(launch), cost: cost === null ? null : formatPicos(roundPicos(cost.picos, 2)) };
}
