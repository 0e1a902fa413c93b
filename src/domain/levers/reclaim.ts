import { grossPicos, type HolderHour, seriesOfHolders } from './holder-hour.ts';
import type { HourCauses } from './idle-causes.ts';
import { type Claim, type Proposal, type Risk, smaller, takeOff } from './proposal.ts';
import { findHolds, type QuietRun } from './quiet-runs.ts';

export type ReclaimOptions = Readonly<{
  firstHourMs: number;
  graceHours: number;
  /** What coming back costs: GPU time until the environment, the data and the state are there again. */
  restartMinutes: number;
}>;

export const DEFAULT_RESTART_MINUTES = 10;

/**
 * Devices of holders that are not endpoints, given back once they stood still for longer than the grace time. Each quiet run saves
 * its hours beyond the grace time, less one restart where the holder came back.
 */
export function proposeReclaim(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  options: ReclaimOptions,
): Proposal[] {
  const byTarget = new Map<string, Target>();
  for (const series of seriesOfHolders(hours).values()) {
    const { workload, team, kind } = hours[series[0]!]!;
    if (kind === 'none' || kind === 'inference') continue;
    const target = targetOf(byTarget, JSON.stringify([workload, team]));
    target.scope.push(...series);
    for (const { runs } of findHolds(hours, series, options.firstHourMs)) {
      target.runs.push(...runs.filter(({ indexes }) => causes[indexes.at(-1)!]!.idle?.cause === 'forgotten'));
    }
  }
  return [...byTarget.values()]
    .filter(({ runs }) => runs.length > 0)
    .map((target) => proposalOf(hours, causes, target, options));
}

type Target = { scope: number[]; runs: QuietRun[] };

function targetOf(targets: Map<string, Target>, name: string): Target {
  const target = targets.get(name) ?? { scope: [], runs: [] };
  targets.set(name, target);
  return target;
}

function proposalOf(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  { scope, runs }: Target,
  { graceHours, restartMinutes }: ReclaimOptions,
): Proposal {
  const first = hours[scope[0]!]!;
  const restarts = runs.filter(({ comesBack }) => comesBack).length;
  const longest = runs.reduce((most, { indexes }) => Math.max(most, indexes.length), 0);
  return {
    lever: 'reclaim',
    target: first.workload,
    owner: first.team,
    replay: (left) => runs.flatMap((run) => claimsOf(hours, causes, run, graceHours, restartMinutes, left)),
    scope,
    cause: 'forgotten',
    risk: riskOf(first.kind, restarts),
    facts: [
      `${runs.length} times quiet for longer than ${graceHours} h, at most ${longest} h in a row`,
      restarts === 0 ? 'it never came back' : `it came back ${restarts} times, each at the cost of a restart`,
      ...new Set(runs.map(({ indexes }) => causes[indexes.at(-1)!]!.idle!.because).filter(isNoLength)),
    ],
    assumptions: [
      `a restart costs ${restartMinutes} minutes of its GPUs`,
      'a GPU given back stops costing money, or is taken by work that would have been paid for elsewhere',
      'what lies in GPU memory can be lost',
    ],
    action: `stop ${first.workload} after ${graceHours} h without activity`,
    rows: scope.length,
    change: {
      kind: 'stop-when-idle',
      workloadKind: first.kind,
      workloadId: first.workloadId,
      graceHours,
    },
  };
}

function isNoLength(because: string): boolean {
  return !because.startsWith('quiet for');
}

/** Nothing is asked back from hours with work in them; those of the grace time stay paid. A run that has ended needs no grace. */
function claimsOf(
  hours: readonly HolderHour[],
  causes: readonly HourCauses[],
  run: QuietRun,
  graceHours: number,
  restartMinutes: number,
  left: readonly bigint[],
): Claim[] {
  const beyond = run.indexes.filter((index, position) => {
    const { cause, because } = causes[index]!.idle ?? {};
    return cause === 'forgotten' && (position >= graceHours || because === 'held after its run ended');
  });
  const claims = beyond.map((index) => ({ index, picos: smaller(hours[index]!.cost.idle, left[index]!) }));
  const last = beyond.at(-1);
  if (run.comesBack && last !== undefined) {
    takeOff(claims, (grossPicos(hours[last]!) * BigInt(restartMinutes)) / 60n);
  }
  return claims;
}

function riskOf(kind: string, restarts: number): Risk {
  if (kind === 'notebook' || restarts === 0) return 'low';
  return 'medium';
}
