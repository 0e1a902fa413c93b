import type { SpotRun } from './run-spot-job.ts';
import { type Holding, NOTHING, SPOT, type SpotJob, type SpotRates, type SpotTrace } from './spot-job.ts';

const UNREACHED = -1;

/**
 * What the job would have cost had the whole trace been known: the bound below every policy, under the rules of `runSpotJob`.
 *
 * A dynamic programme backwards over (tick, time lost so far, what is held). Time is lost by waiting (a tick) and by starting (a
 * change-over), so that only sums of the two that fit between the work and the deadline can occur; that keeps it small.
 */
export function cheapestInHindsight(trace: SpotTrace, job: SpotJob, rates: SpotRates): SpotRun {
  const grid = layGrid(job, trace.gapMs);
  const choices = chooseBackwards(trace, job, rates, grid);
  return follow(choices, trace, job, grid);
}

/** How many states the search has to weigh for one run: a fine grid with much slack has too many. */
export function statesInHindsight(job: SpotJob, gapMs: number): number {
  const { ticks, lostMs, states } = layGrid(job, gapMs);
  return ticks * lostMs.length * states;
}

type Grid = Readonly<{
  ticks: number;
  /** Every possible time lost, ascending, in milliseconds. */
  lostMs: readonly number[];
  /** Index of `lost + a tick`, and of `lost + the last part of a change-over`. */
  afterTick: Int32Array;
  afterPart: Int32Array;
  /** Ticks that a start takes, the last one in part. */
  startTicks: number;
  /** Idle, spot after 1…startTicks ticks, on-demand after 1…startTicks ticks. */
  states: number;
}>;

function layGrid({ workMs, deadlineMs, changeoverMs }: SpotJob, gapMs: number): Grid {
  const ticks = Math.floor(deadlineMs / gapMs);
  const slackMs = ticks * gapMs - workMs;
  const startTicks = Math.max(1, Math.ceil(changeoverMs / gapMs));
  const partMs = changeoverMs - (startTicks - 1) * gapMs;
  const sums = new Set<number>();
  for (let waited = 0; waited <= slackMs; waited += gapMs) {
    for (let lost = waited; lost <= slackMs; lost += changeoverMs) {
      sums.add(lost);
      if (changeoverMs === 0) break;
    }
  }
  const lostMs = [...sums].toSorted((a, b) => a - b);
  const indexOf = new Map(lostMs.map((lost, index) => [lost, index]));
  const after = (more: number) => Int32Array.from(lostMs, (lost) => indexOf.get(lost + more) ?? UNREACHED);
  const states = 1 + 2 * startTicks;
  return { ticks, lostMs, afterTick: after(gapMs), afterPart: after(partMs), startTicks, states };
}

/** For every tick, time lost and state: what to hold next. 0 idle, 1 spot, 2 on-demand. */
function chooseBackwards(trace: SpotTrace, job: SpotJob, rates: SpotRates, grid: Grid): Uint8Array {
  const { ticks, lostMs, states, startTicks } = grid;
  const size = lostMs.length * states;
  const choices = new Uint8Array(ticks * size);
  const spotTick = rates.spotPerHour;
  const onDemandTick = rates.onDemandPerHour;
  let later = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  let now = new Float64Array(size);

  for (let tick = ticks - 1; tick >= 0; tick--) {
    const isSpotAvailable = trace.available[trace.startTick + tick] === 1;
    const doneBelow = (tick + 1) * trace.gapMs - job.workMs;
    const costAt = (lost: number, state: number) => {
      if (lost === UNREACHED) return Number.POSITIVE_INFINITY;
      return lostMs[lost]! <= doneBelow ? 0 : later[lost * states + state]!;
    };
    for (let lost = 0; lost < lostMs.length; lost++) {
      const row = lost * states;
      const waiting = costAt(grid.afterTick[lost]!, 0);
      const spot = isSpotAvailable ? spotTick + costAt(lossOf(grid, lost, 0), 1) : Number.POSITIVE_INFINITY;
      const onDemand = onDemandTick + costAt(lossOf(grid, lost, 0), 1 + startTicks);
      const [fresh, freshChoice] = cheapest(waiting, spot, onDemand);
      now[row] = fresh;
      choices[tick * size + row] = freshChoice;
      for (let ran = 1; ran <= startTicks; ran++) {
        const next = Math.min(ran + 1, startTicks);
        const stay = isSpotAvailable
          ? spotTick + costAt(lossOf(grid, lost, ran), next)
          : Number.POSITIVE_INFINITY;
        keepBetter(row + ran, stay, 1, fresh, freshChoice);
        const stayOn = onDemandTick + costAt(lossOf(grid, lost, ran), startTicks + next);
        keepBetter(row + startTicks + ran, stayOn, 2, fresh, freshChoice);
      }
    }
    [later, now] = [now, later];

    function keepBetter(at: number, stay: number, choice: number, fresh: number, freshChoice: number): void {
      now[at] = Math.min(stay, fresh);
      choices[tick * size + at] = stay <= fresh ? choice + KEPT : freshChoice;
    }
  }
  return choices;
}

/** Marks a choice that goes on with the instance that is held, against one that starts anew. */
const KEPT = 4;

function cheapest(waiting: number, spot: number, onDemand: number): [number, number] {
  if (waiting <= spot && waiting <= onDemand) return [waiting, 0];
  return spot <= onDemand ? [spot, 1] : [onDemand, 2];
}

/** Time lost after one more tick of an instance that ran for `ran` ticks. */
function lossOf({ startTicks, afterTick, afterPart }: Grid, lost: number, ran: number): number {
  if (ran < startTicks - 1) return afterTick[lost]!;
  return ran === startTicks - 1 ? afterPart[lost]! : lost;
}

function follow(choices: Uint8Array, trace: SpotTrace, job: SpotJob, grid: Grid): SpotRun {
  const { ticks, lostMs, states, startTicks } = grid;
  const run = { spotTicks: 0, onDemandTicks: 0, starts: 0, lastHolding: NOTHING as Holding };
  let lost = 0;
  let state = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const choice = choices[(tick * lostMs.length + lost) * states + state]!;
    const holding = (choice % KEPT) as Holding;
    run.lastHolding = holding;
    if (holding === NOTHING) {
      lost = grid.afterTick[lost]!;
      state = 0;
    } else {
      const base = holding === SPOT ? 0 : startTicks;
      const ran = choice >= KEPT ? state - base : 0;
      if (ran === 0) run.starts += 1;
      if (holding === SPOT) run.spotTicks += 1;
      else run.onDemandTicks += 1;
      lost = lossOf(grid, lost, ran);
      state = base + Math.min(ran + 1, startTicks);
    }
    if (lost === UNREACHED) return { ...run, finishedAfterTicks: null };
    if (lostMs[lost]! <= (tick + 1) * trace.gapMs - job.workMs)
      return { ...run, finishedAfterTicks: tick + 1 };
  }
  return { ...run, finishedAfterTicks: null };
}
