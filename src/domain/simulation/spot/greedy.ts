import { NOTHING, ON_DEMAND, roundUpToGrid, SPOT, type SpotPolicy } from './spot-job.ts';

/**
 * Spot whenever it is there, waiting otherwise, and on-demand to the end once the time left would not suffice for it any more. A
 * spot instance that runs is kept until it is taken.
 *
 * One change-over is held in reserve, as published, where a tick is at least as long as that. On a finer grid a start that is
 * lost half-way costs more ticks than the check sees ahead, so that the reserve grows to two change-overs less one tick.
 */
export const greedy: SpotPolicy = ({ job: { changeoverMs }, gapMs }) => {
  const reserveMs = Math.max(changeoverMs, 2 * changeoverMs - gapMs);
  return ({ holding, isSpotAvailable, workLeftMs, timeLeftMs }) => {
    if (holding !== NOTHING) return holding;
    if (roundUpToGrid(workLeftMs + reserveMs, gapMs) >= timeLeftMs) return ON_DEMAND;
    return isSpotAvailable ? SPOT : NOTHING;
  };
};
