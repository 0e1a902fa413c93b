import { NOTHING, ON_DEMAND, roundUpToGrid, SPOT, type SpotMoment, type SpotPolicy } from './spot-job.ts';

/**
 * Uniform Progress ("Can't Be Late", NSDI'24): the job keeps to the straight line from its start to its deadline.
 *
 * Idle and behind the line: on-demand. Spot whenever it is there, until it is taken. On on-demand until the job is ahead of where
 * the line will be two change-overs later (hysteresis); then spot where it is there, and waiting where not, as long as it could
 * come back a tick later. Safety net: idle with no more time than the work and two change-overs, rounded up to the grid:
 * on-demand to the end.
 */
export const uniformProgress: SpotPolicy = ({ job, gapMs }) => {
  const slope = job.workMs / job.deadlineMs;
  let isCommitted = false;

  const aheadMs = ({ workLeftMs, timeLeftMs }: SpotMoment, laterMs: number) =>
    job.workMs - workLeftMs - (job.deadlineMs - timeLeftMs + laterMs) * slope;

  return (moment) => {
    const { holding, isSpotAvailable, workLeftMs, timeLeftMs } = moment;
    if (isCommitted) return ON_DEMAND;
    if (holding === SPOT) return SPOT;
    if (holding === ON_DEMAND) {
      if (aheadMs(moment, 2 * job.changeoverMs) < 0) return ON_DEMAND;
      if (isSpotAvailable) return SPOT;
      return workLeftMs + job.changeoverMs <= timeLeftMs - gapMs ? NOTHING : ON_DEMAND;
    }
    if (roundUpToGrid(workLeftMs + 2 * job.changeoverMs, gapMs) >= timeLeftMs) {
      isCommitted = true;
      return ON_DEMAND;
    }
    if (isSpotAvailable) return SPOT;
    return aheadMs(moment, 0) < 0 ? ON_DEMAND : NOTHING;
  };
};
