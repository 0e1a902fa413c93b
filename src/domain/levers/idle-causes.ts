import type { QueueFact } from '../facts/facts.ts';
import type { EpochMs, TimeWindow } from '../time/window.ts';
import { type HolderHour, type RunSpan, seriesOfHolders } from './holder-hour.ts';
import { type FullQueue, surveyQueues, type Waiting } from './queue-hours.ts';
import { findHolds, type Hold, type QuietRun } from './quiet-runs.ts';

/** Why a paid hour did nothing. `unknown` is an answer too: nothing that was recorded says. */
export const IDLE_CAUSES = [
  /** Held by nobody, and no run was waiting. */
  'nobody-asked',
  /** Held by nobody while runs waited: too scattered, the wrong GPU, or a quota. */
  'did-not-fit',
  /** Held, and nothing came back: beyond the grace time, after its run ended, or never used. */
  'forgotten',
  /** An endpoint without requests. */
  'no-traffic',
  /** An endpoint with requests that do not fill the GPU. */
  'waiting-for-batch',
  /** Held for a run whose other pods have not started. */
  'waiting-for-gang',
  /** Gaps inside a run that works: data, checkpoints, evaluation on the host. */
  'loading',
  /** A notebook in use, between two cells. */
  'interactive',
  /** The first hour of a hold or of a node, before work begins. */
  'starting-up',
  /** Nothing recorded says why. */
  'unknown',
] as const;

export type IdleCause = (typeof IDLE_CAUSES)[number];

export type CauseFinding = Readonly<{
  cause: IdleCause;
  /** The evidence, as the end of a sentence: `quiet for 14 h`. */
  because: string;
  /** Runs that waited during this hour while it stood idle. */
  runsWaiting: number;
  /** A quota without room held them back. */
  isQuota?: true;
}>;

/** Findings beside the hours they are about; `null` where there is nothing to explain. */
export type HourCauses = Readonly<{ idle: CauseFinding | null; unallocated: CauseFinding | null }>;

export type CauseOptions = Readonly<{
  window: TimeWindow;
  /** How long a holder other than an endpoint may stand still before it counts as forgotten. */
  graceHours: number;
  /** What schedulers say of their queues; none by default. */
  queues?: readonly QueueFact[];
}>;

export const DEFAULT_GRACE_HOURS = 2;

/** One pair of findings for each hour, in the order of `hours`. Who waits is known from runs that say when they were queued, and from queues. */
export function findIdleCauses(
  hours: readonly HolderHour[],
  runs: readonly RunSpan[],
  { window, graceHours, queues = [] }: CauseOptions,
): HourCauses[] {
  const queue = surveyQueues(runs, queues, window);
  const ends = lastEnds(runs);
  const gangs = gangEnds(runs);
  const held: (Omit<CauseFinding, 'runsWaiting'> | null)[] = hours.map(() => null);
  for (const [key, series] of seriesOfHolders(hours)) {
    if (key.startsWith('\u0000')) continue;
    for (const hold of findHolds(hours, series, window.fromMs))
      explainHold(hours, hold, { ends, gangs }, graceHours, held);
  }
  const firstOfNode = firstHours(hours);
  return hours.map((hour, index) => {
    const waiting = queue.at.get(hour.hourMs) ?? NOBODY;
    const runsWaiting = waiting.count;
    const idle = held[index];
    return {
      idle: hour.ticks.idle > 0n && idle ? { ...idle, runsWaiting } : null,
      unallocated:
        hour.ticks.unallocated > 0n
          ? { ...explainFree(hour, waiting, queue.isKnown, firstOfNode, window), runsWaiting }
          : null,
    };
  });
}

type Finding = Omit<CauseFinding, 'runsWaiting'>;

const NOBODY: Waiting = { count: 0, full: [], hasQuotaLeft: false };

/** By workload: when its last run ended, and until when its pods were not all there. */
type RunTimes = Readonly<{ ends: ReadonlyMap<string, EpochMs>; gangs: ReadonlyMap<string, EpochMs> }>;

function explainHold(
  hours: readonly HolderHour[],
  hold: Hold,
  { ends, gangs }: RunTimes,
  graceHours: number,
  found: (Finding | null)[],
): void {
  const runOf = new Map(hold.runs.flatMap((run) => run.indexes.map((index) => [index, run] as const)));
  for (const [position, index] of hold.indexes.entries()) {
    const hour = hours[index]!;
    const run = runOf.get(index);
    const endedMs = ends.get(hour.workloadId);
    const isFirstHour = position === 0 && hold.startsInside;
    if (run && endedMs !== undefined && endedMs <= hour.hourMs) {
      found[index] = { cause: 'forgotten', because: 'held after its run ended' };
    } else if ((gangs.get(hour.workloadId) ?? 0) > hour.hourMs) {
      found[index] = { cause: 'waiting-for-gang', because: 'others of its pods had not started' };
    } else
      found[index] = run ? explainQuiet(hours, hour, run, gangs, graceHours) : explainBusy(hour, isFirstHour);
  }
}

function explainQuiet(
  hours: readonly HolderHour[],
  { kind, workloadId }: HolderHour,
  run: QuietRun,
  gangs: RunTimes['gangs'],
  graceHours: number,
): Finding {
  // Whoever waits for others has not been forgotten by then.
  const completeMs = gangs.get(workloadId) ?? 0;
  const { length } = run.indexes.filter((index) => hours[index]!.hourMs >= completeMs);
  const isNeverUsed = run.isFirst && !run.comesBack;
  if (kind === 'inference') return { cause: 'no-traffic', because: `no activity for ${length} h` };
  // What watches over the fleet is meant to do next to nothing.
  if (length > graceHours && kind !== 'system') {
    return { cause: 'forgotten', because: isNeverUsed ? 'never active' : `quiet for ${length} h` };
  }
  if (run.isFirst && run.comesBack) return { cause: 'starting-up', because: 'before its first activity' };
  return explainBusy({ kind }, false);
}

function explainBusy({ kind }: Pick<HolderHour, 'kind'>, isFirstHour: boolean): Finding {
  if (isFirstHour && kind !== 'notebook') {
    return { cause: 'starting-up', because: 'the first hour of the hold' };
  }
  switch (kind) {
    case 'inference':
      return { cause: 'waiting-for-batch', because: 'requests in every hour, none of them full' };
    case 'notebook':
      return { cause: 'interactive', because: 'activity within the grace time' };
    case 'training':
    case 'batch':
      return { cause: 'loading', because: 'gaps shorter than an hour between work' };
    default:
      return { cause: 'unknown', because: `nothing is known of workloads of kind ${kind}` };
  }
}

function explainFree(
  { node, hourMs }: HolderHour,
  { count, full, hasQuotaLeft }: Waiting,
  isQueueKnown: boolean,
  firstOfNode: ReadonlyMap<string, EpochMs>,
  window: TimeWindow,
): Finding {
  if (hourMs > window.fromMs && firstOfNode.get(node) === hourMs) {
    return { cause: 'starting-up', because: 'the first hour of the node' };
  }
  if (full.length > 0) return { cause: 'did-not-fit', because: quotaText(full[0]!), isQuota: true };
  if (count > 0) {
    const rest = hasQuotaLeft ? ' with quota left: what is free is scattered, or of another kind' : '';
    return { cause: 'did-not-fit', because: `${count} runs waited${rest}` };
  }
  if (isQueueKnown) return { cause: 'nobody-asked', because: 'no run waited' };
  return { cause: 'unknown', because: 'no source says what was waiting' };
}

function firstHours(hours: readonly HolderHour[]): Map<string, EpochMs> {
  const first = new Map<string, EpochMs>();
  for (const { node, hourMs } of hours) first.set(node, Math.min(hourMs, first.get(node) ?? hourMs));
  return first;
}

function quotaText({ queue, workloads, reservedGpus, nominalGpus }: FullQueue): string {
  const number = (value: number) => Number(value.toFixed(1));
  return `the quota of ${queue} was used up, ${number(reservedGpus)} of ${number(nominalGpus)} GPUs, while ${workloads} waited`;
}

/** When the last run of a workload ended; none where one still runs or where no run names it. */
function lastEnds(runs: readonly RunSpan[]): Map<string, EpochMs> {
  const ends = new Map<string, EpochMs>();
  for (const { workloadId, startMs, endMs } of runs) {
    if (workloadId === null || startMs === null) continue;
    ends.set(workloadId, Math.max(ends.get(workloadId) ?? 0, endMs ?? Number.POSITIVE_INFINITY));
  }
  return ends;
}

/** Until when some of a workload's pods had not started while others held their devices. */
function gangEnds(runs: readonly RunSpan[]): Map<string, EpochMs> {
  const ends = new Map<string, EpochMs>();
  for (const { workloadId, gangUntilMs } of runs)
    if (workloadId !== null && gangUntilMs !== null)
      ends.set(workloadId, Math.max(gangUntilMs, ends.get(workloadId) ?? 0));
  return ends;
}
