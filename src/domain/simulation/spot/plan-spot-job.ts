import { AGE_BUCKETS, type Lifetimes } from './lifetimes.ts';
import { type Holding, NOTHING, ON_DEMAND, SPOT, type SpotJob, type SpotRates } from './spot-job.ts';

/** What the rest of a job is expected to cost from a moment on, if every later decision is the best one. */
export interface SpotPlan {
  readonly stepMs: number;
  /**
   * One step after `timeMs`, seen from `timeMs`: the state that spot capacity is in now may have ended by then.
   * `lostMs` is all time that made no progress, change-overs that are under way included.
   */
  expectedCostAfter(
    timeMs: number,
    lostMs: number,
    holding: Holding,
    isAvailable: boolean,
    ageBucket: number,
  ): number;
}

const STEPS = 156;
const LEVELS = 25;
const HOLDINGS = 3;
const BUCKETS = AGE_BUCKETS.length;
const STATES = 2 * BUCKETS;
/** Values per level: for each state of spot capacity, for each holding. */
const WIDTH = STATES * HOLDINGS;

/**
 * Solves the job as a Markov decision process over (time, time lost, state of spot capacity and its age, what is held), with the
 * hazards as they are estimated now. On-demand capacity is always there, so that the cost is bounded in every state: where no
 * slack is left, it is on-demand to the end.
 *
 * Time goes in steps of about 1/156 of the deadline, in whole ticks, and the slack in 24 equal parts with linear interpolation;
 * a change-over is charged when it starts. That is coarser than the replay, and only decides what to prefer: the policy checks on
 * the exact grid that the deadline stays within reach.
 */
export function planSpotJob(
  lifetimes: Lifetimes,
  job: SpotJob,
  rates: SpotRates,
  gapMs: number,
  fromMs: number,
): SpotPlan {
  const stepMs = gapMs * Math.max(1, Math.round(job.deadlineMs / STEPS / gapMs));
  const steps = Math.ceil(job.deadlineMs / stepMs);
  const slackMs = Math.max(1, job.deadlineMs - job.workMs);
  const levelMs = slackMs / (LEVELS - 1);
  const onDemandStep = (rates.onDemandPerHour * stepMs) / 3_600_000;
  const spotStep = (rates.spotPerHour * stepMs) / 3_600_000;
  const next = transitions(lifetimes, stepMs);
  const values = new Float64Array((steps + 1) * LEVELS * WIDTH);
  const expected = new Float64Array(LEVELS * WIDTH);
  const waited = positions(stepMs / levelMs);
  const started = positions(job.changeoverMs / levelMs);

  for (let step = steps - 1; step >= Math.floor(fromMs / stepMs); step--) {
    for (let level = 0; level < LEVELS; level++)
      expectLevel(values, (step + 1) * LEVELS + level, expected, level, next);
    for (let level = 0; level < LEVELS; level++) decideLevel(step, level);
  }
  return { stepMs, expectedCostAfter };

  function decideLevel(step: number, level: number): void {
    const lostMs = level * levelMs;
    const workMs = job.workMs - (step * stepMs - lostMs);
    if (workMs <= 0) return;
    const newOnDemand = (rates.onDemandPerHour * (workMs + job.changeoverMs)) / 3_600_000;
    const keptOnDemand = (rates.onDemandPerHour * workMs) / 3_600_000;
    const waitingCell = waited.cell[level]!;
    const waitingShare = waited.share[level]!;
    const startedCell = started.cell[level]!;
    const startedShare = started.share[level]!;
    const here = level * WIDTH;
    const row = (step * LEVELS + level) * WIDTH;
    // Without an on-demand instance, a change-over must stay in reserve.
    const reserveMs = slackMs - job.changeoverMs;
    const canWait = lostMs + stepMs <= reserveMs;
    const canStart = lostMs + job.changeoverMs <= slackMs;
    const canStartSpot = lostMs + job.changeoverMs <= reserveMs;
    const canKeepSpot = lostMs <= reserveMs;

    for (let state = 0; state < STATES; state++) {
      const isAvailable = state >= BUCKETS;
      const column = state * HOLDINGS;
      let fresh = newOnDemand;
      if (canWait) fresh = Math.min(fresh, between(waitingCell + column + NOTHING, waitingShare));
      if (canStart)
        fresh = Math.min(fresh, onDemandStep + between(startedCell + column + ON_DEMAND, startedShare));
      if (isAvailable && canStartSpot)
        fresh = Math.min(fresh, spotStep + between(startedCell + column + SPOT, startedShare));
      values[row + column + NOTHING] = fresh;
      values[row + column + SPOT] =
        isAvailable && canKeepSpot ? Math.min(fresh, spotStep + expected[here + column + SPOT]!) : fresh;
      values[row + column + ON_DEMAND] = Math.min(
        fresh,
        keptOnDemand,
        onDemandStep + expected[here + column + ON_DEMAND]!,
      );
    }
  }

  function between(cell: number, share: number): number {
    return expected[cell]! * (1 - share) + expected[cell + WIDTH]! * share;
  }

  function expectedCostAfter(
    timeMs: number,
    lostMs: number,
    holding: Holding,
    isAvailable: boolean,
    ageBucket: number,
  ): number {
    const base = Math.min(steps, Math.floor(timeMs / stepMs) + 1) * LEVELS * WIDTH;
    const state = (isAvailable ? BUCKETS : 0) + ageBucket;
    const costIn = (of: number) => interpolate(values, base, lostMs / levelMs, of * HOLDINGS + holding);
    return (
      next.ends[state]! * costIn(next.afterEnd[state]!) +
      next.ages[state]! * costIn(next.afterAgeing[state]!) +
      next.stays[state]! * costIn(state)
    );
  }
}

type Transitions = Readonly<{
  ends: Float64Array;
  ages: Float64Array;
  stays: Float64Array;
  afterEnd: Int32Array;
  afterAgeing: Int32Array;
}>;

/** In one step a state ends, grows into the next bucket of ages (at the rate that it takes on average), or stays as it is. */
function transitions(lifetimes: Lifetimes, stepMs: number): Transitions {
  const stepHours = stepMs / 3_600_000;
  const states = Array.from({ length: STATES }, (_, state) => ({
    isAvailable: state >= BUCKETS,
    bucket: state % BUCKETS,
  }));
  const ends = Float64Array.from(
    states,
    ({ isAvailable, bucket }) => -Math.expm1(-lifetimes.endsPerHour(isAvailable, bucket) * stepHours),
  );
  const ages = Float64Array.from(states, ({ bucket }, state) => {
    const width = (AGE_BUCKETS[bucket + 1] ?? Number.POSITIVE_INFINITY) - AGE_BUCKETS[bucket]!;
    return (1 - ends[state]!) * Math.min(1, stepHours / width);
  });
  return {
    ends,
    ages,
    stays: Float64Array.from(states, (_, state) => 1 - ends[state]! - ages[state]!),
    afterEnd: Int32Array.from(states, ({ isAvailable }) => (isAvailable ? 0 : BUCKETS)),
    afterAgeing: Int32Array.from(states, ({ bucket }, state) => (bucket + 1 < BUCKETS ? state + 1 : state)),
  };
}

function expectLevel(
  values: Float64Array,
  from: number,
  expected: Float64Array,
  level: number,
  next: Transitions,
): void {
  const base = from * WIDTH;
  for (let state = 0; state < STATES; state++) {
    const after = base + next.afterEnd[state]! * HOLDINGS;
    const older = base + next.afterAgeing[state]! * HOLDINGS;
    const same = base + state * HOLDINGS;
    const cell = level * WIDTH + state * HOLDINGS;
    for (let holding = 0; holding < HOLDINGS; holding++) {
      expected[cell + holding] =
        next.ends[state]! * values[after + holding]! +
        next.ages[state]! * values[older + holding]! +
        next.stays[state]! * values[same + holding]!;
    }
  }
}

/** For each level of time lost, the cell below it and the share of the one above, when `more` levels are lost besides. */
function positions(more: number): Readonly<{ cell: Int32Array; share: Float64Array }> {
  const cell = new Int32Array(LEVELS);
  const share = new Float64Array(LEVELS);
  for (let level = 0; level < LEVELS; level++) {
    const below = Math.min(Math.floor(level + more), LEVELS - 2);
    cell[level] = below * WIDTH;
    share[level] = Math.min(level + more - below, 1);
  }
  return { cell, share };
}

/** Linear between two levels of time lost, and flat beyond the last. */
function interpolate(values: Float64Array, base: number, position: number, column: number): number {
  const level = Math.min(Math.max(0, Math.floor(position)), LEVELS - 2);
  const share = Math.min(Math.max(0, position - level), 1);
  const cell = base + level * WIDTH + column;
  return values[cell]! * (1 - share) + values[cell + WIDTH]! * share;
}
