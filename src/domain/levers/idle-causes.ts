import { type EpochMs, floorToHour, HOUR_MS, MINUTE_MS, type TimeWindow } from '../time/window.ts';
import { type HolderHour, type RunSpan, seriesOfHolders } from './holder-hour.ts';
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
}>;

/** Findings beside the hours they are about; `null` where there is nothing to explain. */
export type HourCauses = Readonly<{ idle: CauseFinding | null; unallocated: CauseFinding | null }>;

export type CauseOptions = Readonly<{
  window: TimeWindow;
  /** How long a holder other than an endpoint may stand still before it counts as forgotten. */
  graceHours: number;
}>;

export const DEFAULT_GRACE_HOURS = 2;
/** Less waiting than this within an hour is a scheduler's round, not a queue. */
const LEAST_WAIT_MS = 5 * MINUTE_MS;

/** One pair of findings for each hour, in the order of `hours`. Who waits is known from runs that say when they were queued. */
export function findIdleCauses(
  hours: readonly HolderHour[],
  runs: readonly RunSpan[],
  { window, graceHours }: CauseOptions,
): HourCauses[] {
  const queue = surveyQueue(runs, window);
  const ends = lastEnds(runs);
  const held: (Omit<CauseFinding, 'runsWaiting'> | null)[] = hours.map(() => null);
  for (const [key, series] of seriesOfHolders(hours)) {
    if (key.startsWith('\u0000')) continue;
    for (const hold of findHolds(hours, series, window.fromMs))
      explainHold(hours, hold, ends, graceHours, held);
  }
  const firstOfNode = firstHours(hours);
  return hours.map((hour, index) => {
    const runsWaiting = queue.waitingAt.get(hour.hourMs) ?? 0;
    const idle = held[index];
    return {
      idle: hour.ticks.idle > 0n && idle ? { ...idle, runsWaiting } : null,
      unallocated:
        hour.ticks.unallocated > 0n
          ? { ...explainFree(hour, runsWaiting, queue.isKnown, firstOfNode, window), runsWaiting }
          : null,
    };
  });
}

type Finding = Omit<CauseFinding, 'runsWaiting'>;

function explainHold(
  hours: readonly HolderHour[],
  hold: Hold,
  ends: ReadonlyMap<string, EpochMs>,
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
    } else found[index] = run ? explainQuiet(hour, run, graceHours) : explainBusy(hour, isFirstHour);
  }
}

function explainQuiet({ kind }: HolderHour, run: QuietRun, graceHours: number): Finding {
  const length = run.indexes.length;
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
  runsWaiting: number,
  isQueueKnown: boolean,
  firstOfNode: ReadonlyMap<string, EpochMs>,
  window: TimeWindow,
): Finding {
  if (hourMs > window.fromMs && firstOfNode.get(node) === hourMs) {
    return { cause: 'starting-up', because: 'the first hour of the node' };
  }
  if (runsWaiting > 0) return { cause: 'did-not-fit', because: `${runsWaiting} runs waited` };
  if (isQueueKnown) return { cause: 'nobody-asked', because: 'no run waited' };
  return { cause: 'unknown', because: 'no source says what was waiting' };
}

function firstHours(hours: readonly HolderHour[]): Map<string, EpochMs> {
  const first = new Map<string, EpochMs>();
  for (const { node, hourMs } of hours) first.set(node, Math.min(hourMs, first.get(node) ?? hourMs));
  return first;
}

function surveyQueue(runs: readonly RunSpan[], window: TimeWindow) {
  const waitingAt = new Map<EpochMs, number>();
  const queued = runs.filter(({ queuedMs }) => queuedMs !== null);
  for (const { queuedMs, startMs, endMs } of queued) {
    const fromMs = Math.max(window.fromMs, queuedMs!);
    const toMs = Math.min(window.toMs, startMs ?? endMs ?? window.toMs);
    for (let hourMs = floorToHour(fromMs); hourMs < toMs; hourMs += HOUR_MS) {
      const waitedMs = Math.min(toMs, hourMs + HOUR_MS) - Math.max(fromMs, hourMs);
      if (waitedMs >= LEAST_WAIT_MS) waitingAt.set(hourMs, (waitingAt.get(hourMs) ?? 0) + 1);
    }
  }
  return { waitingAt, isKnown: queued.length > 0 };
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
