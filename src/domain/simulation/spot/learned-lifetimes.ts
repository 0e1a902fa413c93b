import { ageBucketOf, createLifetimes } from './lifetimes.ts';
import { planSpotJob, type SpotPlan } from './plan-spot-job.ts';
import { type Holding, NOTHING, ON_DEMAND, SPOT, type SpotMoment, type SpotPolicy } from './spot-job.ts';

/** A plan is made anew when the record it rests on has grown by this factor: often at first, hardly ever after weeks of history. */
const REPLAN_GROWTH = 1.5;
/** And not for less than this much more of it. */
const REPLAN_HOURS = 4;

/**
 * Tare's own policy. It keeps an estimate of how long spot capacity stays and stays away at each age, learned from the ticks
 * before the start and from those of the run so far, plans the rest of the job with it, and takes in each tick what is then
 * expected to cost least.
 *
 * It never misses a feasible deadline, whatever happens to spot capacity: it waits, or holds spot, only where on-demand started
 * at the next tick still meets the deadline. By induction that choice is there at every tick.
 */
export const learnedLifetimes: SpotPolicy = ({ job, rates, gapMs, history }) => {
  const lifetimes = createLifetimes(gapMs);
  for (const available of history) lifetimes.observe(available === 1);
  let plan: SpotPlan | null = null;
  let plannedAtHours = 0;

  return (moment) => {
    lifetimes.observe(moment.isSpotAvailable);
    const { observedHours } = lifetimes;
    const timeMs = moment.tick * gapMs;
    if (
      plan === null ||
      observedHours > Math.max(plannedAtHours * REPLAN_GROWTH, plannedAtHours + REPLAN_HOURS)
    ) {
      plan = planSpotJob(lifetimes, job, rates, gapMs, timeMs);
      plannedAtHours = observedHours;
    }
    return cheapestSafe(moment, plan, ageBucketOf(lifetimes.ageHours));
  };

  function cheapestSafe(moment: SpotMoment, { stepMs, expectedCostAfter }: SpotPlan, age: number): Holding {
    const timeMs = moment.tick * gapMs;
    const lostMs = Math.max(0, timeMs - (job.workMs - moment.workLeftMs));
    const stepHours = stepMs / 3_600_000;
    const costOf = (holding: Holding, perHour: number, moreLostMs: number) =>
      perHour * stepHours +
      expectedCostAfter(timeMs, lostMs + moreLostMs, holding, moment.isSpotAvailable, age);
    const startingMs = (holding: Holding) =>
      moment.holding === holding ? moment.changeoverLeftMs : job.changeoverMs;

    let best: Holding = ON_DEMAND;
    let lowest = costOf(ON_DEMAND, rates.onDemandPerHour, startingMs(ON_DEMAND));
    if (canWait(moment)) {
      const cost = costOf(NOTHING, 0, stepMs);
      if (cost < lowest) [best, lowest] = [NOTHING, cost];
    }
    if (canHoldSpot(moment)) {
      const cost = costOf(SPOT, rates.spotPerHour, startingMs(SPOT));
      if (cost <= lowest) [best, lowest] = [SPOT, cost];
    }
    return best;
  }

  function canWait({ workLeftMs, timeLeftMs }: SpotMoment): boolean {
    return workLeftMs + job.changeoverMs <= timeLeftMs - gapMs;
  }

  /** Even when the instance is gone after this tick. */
  function canHoldSpot({
    isSpotAvailable,
    holding,
    changeoverLeftMs,
    workLeftMs,
    timeLeftMs,
  }: SpotMoment): boolean {
    if (!isSpotAvailable) return false;
    const startingMs = holding === SPOT ? changeoverLeftMs : job.changeoverMs;
    const workAfterMs = workLeftMs - Math.max(0, gapMs - startingMs);
    return workAfterMs <= 0 || workAfterMs + job.changeoverMs <= timeLeftMs - gapMs;
  }
};
