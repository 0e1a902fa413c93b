import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  HOUR_MS,
  MINUTE_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type { Life, Machine } from './build-machines.ts';
import type { Attempt, Draft, Hold } from './hold.ts';
import { nameRuns } from './name-runs.ts';
import { type Random, randomStream } from './random.ts';
import { type JobPlan, type Lane, WORKLOADS, type Work } from './work-plan.ts';
import { growth, isWeekend, type Pattern } from './workload-patterns.ts';

type Span = TimeWindow & Pick<Life, 'isPreempted'>;

/** Plays every lane over the window. Lanes are independent; each has its own stream of chance, named for where it runs. */
export function scheduleWork(
  lanes: readonly Lane[],
  machines: ReadonlyMap<string, Machine>,
  seed: number,
  window: TimeWindow,
): Hold[] {
  return lanes.flatMap((lane) => {
    const name = lane.on.map(({ node, slots }) => node + slots).join();
    const random = randomStream(seed, `lane/${name}`);
    const devices = lane.on.flatMap(({ node, slots }) =>
      slots.map((slot) => machines.get(node)!.devices.find((device) => device.slot === `${slot}`)!),
    );
    // Lanes over several nodes use only nodes that live through the whole window, so the first one speaks for all.
    const spans = machines.get(lane.on[0]!.node)!.lives;
    const drafts = spans.flatMap((span) => workOn(lane.work, span, window, random));
    return nameRuns(drafts, randomStream(seed, `runs/${name}`)).map((hold) => ({ ...hold, devices }));
  });
}

function workOn(work: Work, span: Span, window: TimeWindow, random: Random): Draft[] {
  switch (work.kind) {
    case 'always':
      return [held(work.workload, work.pattern, span)];
    case 'daily':
      return daysOf(span)
        .filter((day) => !work.weekdays || !isWeekend(day))
        .flatMap((day) => clip(held(work.workload, work.pattern, hoursOf(day, work.from, work.to)), span))
        .map((hold) => (WORKLOADS[work.workload]!.kind === 'training' ? nightlyRun(hold, window) : hold));
    case 'jobs':
      return runJobs(work, span, window, random);
    case 'notebook':
      return openNotebooks(work, span, random);
    case 'tenants':
      return work.tenants.map(({ workload, pattern }) => ({
        ...held(workload, pattern, span),
        share: 1 / work.tenants.length,
      }));
    default:
      return work satisfies never;
  }
}

function nightlyRun(hold: Draft, window: TimeWindow): Draft {
  const end = hold.toMs === window.toMs ? 'running' : 'succeeded';
  return { ...hold, attempt: { end, isRetry: false, checkpointHours: null, runName: '', number: 0 } };
}

function runJobs(
  work: Extract<Work, { kind: 'jobs' }>,
  span: Span,
  window: TimeWindow,
  random: Random,
): Draft[] {
  const attempts: Draft[] = [];
  let atMs = span.fromMs + 10 * MINUTE_MS;
  while (atMs < span.toMs) {
    const job = random.pick(work.jobs);
    const end = runJob(job, atMs, span, window, random, attempts);
    atMs = end + pauseAfter(end, work.pauseHours, window, random);
  }
  return attempts;
}

/** Attempts until the work is done or the machine is gone; a new attempt goes on from the last checkpoint. */
function runJob(
  job: JobPlan,
  startMs: EpochMs,
  span: Span,
  window: TimeWindow,
  random: Random,
  attempts: Draft[],
): EpochMs {
  let left = wholeMinutes(random.skewed(...job.hours));
  let atMs = startMs;
  for (let retry = 0; atMs < span.toMs; retry++) {
    // Somebody looks at the third failure at the latest, and fixes it; a hopeless job is given up instead.
    const fails = random.chance(job.failureChance) && (retry < 3 || job.failureChance === 1);
    const stopsMs = atMs + (fails ? wholeMinutes((left / HOUR_MS) * random.between(0.2, 0.95)) : left);
    const toMs = Math.min(stopsMs, span.toMs);
    const end = toMs < stopsMs ? endOfMachine(span, window) : endOfWork(job, fails);
    const isLost = end !== 'succeeded' && end !== 'running';
    const savedMs = isLost ? lastCheckpoint(atMs, toMs, job.checkpointHours) : toMs;
    attempts.push({
      ...held(job.workload, job.pattern, { fromMs: atMs, toMs }),
      lostFromMs: isLost ? savedMs : null,
      attempt: { end, isRetry: retry > 0, checkpointHours: job.checkpointHours, runName: '', number: 0 },
    });
    if (!fails || job.failureChance === 1) return toMs;
    left = Math.max(30 * MINUTE_MS, left - (savedMs - atMs));
    atMs = toMs + wholeMinutes(random.between(0.15, 0.7));
  }
  return span.toMs;
}

/** Taken away, still running when the past ends, or given back by people who stop what runs there. */
function endOfMachine(span: Span, window: TimeWindow): Attempt['end'] {
  if (span.isPreempted) return 'preempted';
  return span.toMs === window.toMs ? 'running' : 'cancelled';
}

function endOfWork({ pattern }: JobPlan, fails: boolean): Attempt['end'] {
  if (!fails) return 'succeeded';
  return pattern.kind === 'hung' ? 'timed_out' : 'failed';
}

function lastCheckpoint(fromMs: EpochMs, toMs: EpochMs, everyHours: number | null): EpochMs {
  if (everyHours === null) return fromMs;
  const every = everyHours * HOUR_MS;
  return fromMs + Math.floor((toMs - fromMs) / every) * every;
}

/** Who starts the next job sleeps at night and rests on weekends, more or less; with time, the queue gets fuller. */
function pauseAfter(
  atMs: EpochMs,
  [least, most]: readonly [number, number],
  window: TimeWindow,
  random: Random,
): EpochMs {
  const progress = (atMs - window.fromMs) / (window.toMs - window.fromMs);
  const pause = wholeMinutes(random.skewed(least, most) * (2 - growth(progress)));
  const nextMs = atMs + pause;
  const hour = (nextMs % DAY_MS) / HOUR_MS;
  // Pauses of minutes are a script's, and a script does not sleep.
  const isStartedByHand = most >= 0.5;
  const waitsForMorning = isStartedByHand && (hour < 6 || isWeekend(nextMs)) && random.chance(0.18);
  return waitsForMorning ? floorToDay(nextMs) + wholeMinutes(random.between(30, 34)) - atMs : pause;
}

function openNotebooks(work: Extract<Work, { kind: 'notebook' }>, span: Span, random: Random): Draft[] {
  const sessions: Draft[] = [];
  let freeFromMs = span.fromMs;
  for (const day of daysOf(span)) {
    const opensMs = day + wholeMinutes(random.between(7.5, 10.5));
    const isWorking = !isWeekend(day) && random.chance(0.85);
    if (!isWorking || opensMs < freeFromMs) continue;
    const closesMs = day + wholeMinutes(random.between(16, 19) + nightsLeftOpen(work.leftOpen, random) * 24);
    sessions.push(...clip(held(work.workload, work.pattern, { fromMs: opensMs, toMs: closesMs }), span));
    freeFromMs = closesMs;
  }
  return sessions;
}

function nightsLeftOpen(chance: number, random: Random): number {
  let nights = 0;
  while (nights < 14 && random.chance(chance)) nights++;
  return nights;
}

function held(workload: string, pattern: Pattern, { fromMs, toMs }: TimeWindow): Draft {
  return {
    workload,
    workloadId: workload,
    attempt: null,
    pattern,
    fromMs,
    toMs,
    share: 1,
    lostFromMs: null,
  };
}

function clip(hold: Draft, span: TimeWindow): Draft[] {
  const fromMs = Math.max(hold.fromMs, span.fromMs);
  const toMs = Math.min(hold.toMs, span.toMs);
  return fromMs < toMs ? [{ ...hold, fromMs, toMs }] : [];
}

/** Midnights whose day, or whose night before, touches the span. */
function daysOf(span: TimeWindow): EpochMs[] {
  const first = floorToDay(span.fromMs) - DAY_MS;
  return Array.from({ length: Math.ceil((span.toMs - first) / DAY_MS) }, (_, day) => first + day * DAY_MS);
}

function hoursOf(dayMs: EpochMs, from: number, to: number): TimeWindow {
  return { fromMs: dayMs + from * HOUR_MS, toMs: dayMs + to * HOUR_MS };
}

function wholeMinutes(hours: number): EpochMs {
  return Math.round(hours * 60) * MINUTE_MS;
}
