import {
  type Holding,
  NOTHING,
  ON_DEMAND,
  SPOT,
  type SpotJob,
  type SpotMoment,
  type SpotPolicy,
  type SpotRates,
  type SpotTrace,
  ticksBeforeDeadline,
} from './spot-job.ts';

export type SpotRun = Readonly<{
  /** Ticks that are paid, each in full. */
  spotTicks: number;
  onDemandTicks: number;
  /** Instances that were started, the first one included. */
  starts: number;
  /** What was held when it ended. */
  lastHolding: Holding;
  /** Ticks from the start until the work was done; `null` when the deadline was missed. */
  finishedAfterTicks: number | null;
}>;

/**
 * Plays one job against a trace.
 *
 * At the start of each tick the policy sees whether spot capacity is there and picks what to hold until the next. A tick is paid
 * in full. Changing into an instance starts it: the change-over comes first, and a start that is given up before its end has to
 * be made again. The job ends with the tick in which its work is done; nothing is paid after that.
 *
 * @throws RangeError when the trace ends before the deadline, or the policy takes spot capacity that is not there
 */
export function runSpotJob(trace: SpotTrace, job: SpotJob, rates: SpotRates, policy: SpotPolicy): SpotRun {
  const { gapMs, available, startTick } = trace;
  const ticks = ticksBeforeDeadline(job, gapMs);
  if (startTick + ticks > available.length) throw new RangeError('the trace ends before the deadline');
  const decide = policy({ job, rates, gapMs, history: available.subarray(0, startTick) });
  const moment: { -readonly [Key in keyof SpotMoment]: SpotMoment[Key] } = {
    tick: 0,
    isSpotAvailable: false,
    holding: NOTHING,
    workLeftMs: job.workMs,
    changeoverLeftMs: 0,
    timeLeftMs: ticks * gapMs,
  };
  const paidTicks = [0, 0, 0];
  let starts = 0;

  for (let tick = 0; tick < ticks && moment.workLeftMs > 0; tick++) {
    moment.tick = tick;
    moment.timeLeftMs = (ticks - tick) * gapMs;
    moment.isSpotAvailable = available[startTick + tick] === 1;
    if (moment.holding === SPOT && !moment.isSpotAvailable) release(moment, NOTHING);

    const next = decide(moment);
    if (next === SPOT && !moment.isSpotAvailable)
      throw new RangeError('the policy took spot that is not there');
    if (next !== moment.holding) {
      release(moment, next);
      if (next !== NOTHING) starts += 1;
      moment.changeoverLeftMs = next === NOTHING ? 0 : job.changeoverMs;
    }
    paidTicks[next]! += 1;
    if (next !== NOTHING) makeProgress(moment, gapMs);
  }
  return {
    spotTicks: paidTicks[SPOT]!,
    onDemandTicks: paidTicks[ON_DEMAND]!,
    starts,
    lastHolding: moment.holding,
    finishedAfterTicks: moment.workLeftMs > 0 ? null : paidTicks[0]! + paidTicks[1]! + paidTicks[2]!,
  };
}

function release(moment: { holding: Holding; changeoverLeftMs: number }, next: Holding): void {
  moment.holding = next;
  moment.changeoverLeftMs = 0;
}

function makeProgress(moment: { changeoverLeftMs: number; workLeftMs: number }, gapMs: number): void {
  const startingMs = Math.min(moment.changeoverLeftMs, gapMs);
  moment.changeoverLeftMs -= startingMs;
  moment.workLeftMs -= gapMs - startingMs;
}
