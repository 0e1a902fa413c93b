import type { QueueFact } from '../facts/facts.ts';
import { type EpochMs, floorToHour, HOUR_MS, MINUTE_MS, type TimeWindow } from '../time/window.ts';
import type { RunSpan } from './holder-hour.ts';

/** A queue in which work waited although its quota had no room for it. */
export type FullQueue = Readonly<{
  queue: string;
  workloads: number;
  /** What waits for: stated, or one for each workload. */
  gpus: number;
  reservedGpus: number;
  nominalGpus: number;
}>;

export type Waiting = Readonly<{
  /** Runs or workloads that waited for some of the hour. */
  count: number;
  full: readonly FullQueue[];
  /** Some queue with work waiting is known to have quota left. */
  hasQuotaLeft: boolean;
}>;

export type QueueSurvey = Readonly<{
  at: ReadonlyMap<EpochMs, Waiting>;
  /** Whether anything says who waits. */
  isKnown: boolean;
}>;

/** Less waiting than this within an hour is a scheduler's round, not a queue. */
const LEAST_WAIT_MS = 5 * MINUTE_MS;

/** Who waited in each hour, by runs that say when they were queued and by what schedulers say of their queues. */
export function surveyQueues(
  runs: readonly RunSpan[],
  queues: readonly QueueFact[],
  window: TimeWindow,
): QueueSurvey {
  const runsAt = new Map<EpochMs, number>();
  const queued = runs.filter(({ queuedMs }) => queuedMs !== null);
  for (const { queuedMs, startMs, endMs } of queued) {
    const span = { fromMs: queuedMs!, toMs: startMs ?? endMs ?? window.toMs };
    for (const { hourMs, ms } of hoursOf(span, window))
      if (ms >= LEAST_WAIT_MS) runsAt.set(hourMs, (runsAt.get(hourMs) ?? 0) + 1);
  }
  const queuesAt = waitingQueues(queues, window);
  const at = new Map<EpochMs, Waiting>();
  for (const hourMs of new Set([...runsAt.keys(), ...queuesAt.keys()])) {
    const told = queuesAt.get(hourMs) ?? [];
    const inQueues = told.reduce(
      (sum, { pendingWorkloads }) => sum + Math.max(1, Math.round(pendingWorkloads ?? 1)),
      0,
    );
    const full = told.flatMap((one) => fullQueue(one) ?? []);
    at.set(hourMs, {
      // A run that a queue holds back is told by both.
      count: Math.max(runsAt.get(hourMs) ?? 0, inQueues),
      full,
      hasQuotaLeft: told.some((one) => one.nominalGpus !== null && fullQueue(one) === null),
    });
  }
  const isTold = queues.some(({ waitingMs }) => waitingMs !== null);
  return { at, isKnown: queued.length > 0 || isTold };
}

function waitingQueues(queues: readonly QueueFact[], window: TimeWindow): Map<EpochMs, QueueFact[]> {
  const at = new Map<EpochMs, QueueFact[]>();
  for (const queue of queues) {
    if ((queue.waitingMs ?? 0) < LEAST_WAIT_MS) continue;
    for (const { hourMs } of hoursOf({ fromMs: queue.startMs, toMs: queue.endMs }, window))
      at.set(hourMs, [...(at.get(hourMs) ?? []), queue]);
  }
  return at;
}

/** `null` where there was room for what waits, or nothing says how much the queue may have. */
function fullQueue({
  queue,
  pendingWorkloads,
  pendingGpus,
  reservedGpus,
  usedGpus,
  nominalGpus,
}: QueueFact): FullQueue | null {
  const reserved = reservedGpus ?? usedGpus;
  if (nominalGpus === null || reserved === null) return null;
  const workloads = Math.max(1, Math.round(pendingWorkloads ?? 1));
  const gpus = pendingGpus ?? workloads;
  return nominalGpus - reserved < gpus / workloads
    ? { queue, workloads, gpus, reservedGpus: reserved, nominalGpus }
    : null;
}

/** The hours of a stretch inside the window, and how much of each it takes. */
function hoursOf(span: TimeWindow, window: TimeWindow): { hourMs: EpochMs; ms: number }[] {
  const fromMs = Math.max(window.fromMs, span.fromMs);
  const toMs = Math.min(window.toMs, span.toMs);
  const hours: { hourMs: EpochMs; ms: number }[] = [];
  for (let hourMs = floorToHour(fromMs); hourMs < toMs; hourMs += HOUR_MS)
    hours.push({ hourMs, ms: Math.min(toMs, hourMs + HOUR_MS) - Math.max(fromMs, hourMs) });
  return hours;
}
