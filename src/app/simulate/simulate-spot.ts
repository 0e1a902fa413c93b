import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos, type Picos, picosToNumber } from '../../domain/money/picos.ts';
import { meanTimeBetweenLossesMs, surveyAvailability } from '../../domain/simulation/spot/availability.ts';
import {
  cheapestInHindsight,
  statesInHindsight,
} from '../../domain/simulation/spot/cheapest-in-hindsight.ts';
import {
  type CheckpointTimes,
  dalyInterval,
  wastedFraction,
  youngInterval,
} from '../../domain/simulation/spot/checkpoint-interval.ts';
import { SPOT_POLICIES } from '../../domain/simulation/spot/policies.ts';
import { runSpotJob, type SpotRun } from '../../domain/simulation/spot/run-spot-job.ts';
import {
  isFeasible,
  SPOT,
  type SpotJob,
  type SpotTrace,
  ticksBeforeDeadline,
} from '../../domain/simulation/spot/spot-job.ts';
import { SPOT_POLICY_NAMES, type SpotPolicyName } from '../../domain/simulation/spot/spot-policy-name.ts';
import { TareError } from '../errors.ts';
import type { SpotCounting, SpotFigures, SpotSimulation } from '../results/simulations/spot-simulation.ts';
import type { Progress } from '../tare.ts';

export type SpotRequest = Readonly<{
  /** Each starts the job once. All on the same grid, and long enough for the deadline. */
  traces: readonly SpotTrace[];
  job: SpotJob;
  onDemandPerHour: Picos;
  spotPerHour: Picos;
  policy: SpotPolicyName;
  counting: SpotCounting;
  /** What one checkpoint takes; `null`: nobody asked. */
  checkpointMs: number | null;
  /** Plays the other policies as well. */
  comparesAll: boolean;
}>;

/**
 * Plays a job from every start of a trace, and counts what it would have cost.
 * @throws TareError when not even on-demand capacity meets the deadline
 */
export function simulateSpot(request: SpotRequest, progress: Progress = () => {}): SpotSimulation {
  const { traces, job, policy, comparesAll } = request;
  const [first] = traces;
  if (first === undefined)
    throw new TareError('usage', 'there is no trace long enough for the deadline', 'use a longer record');
  if (!isFeasible(job, first.gapMs)) throw infeasible(request, first.gapMs);

  if (comparesAll || policy === 'optimal') checkSize(job, first.gapMs);
  const names = comparesAll ? SPOT_POLICY_NAMES : [policy];
  const compared = names.map((name, index) =>
    figuresOf(name, request, (played) =>
      progress({
        task: `playing ${name}`,
        done: index * traces.length + played,
        total: names.length * traces.length,
        unit: 'chunks',
      }),
    ),
  );
  const chosen = compared.find((figures) => figures.policy === policy)!;
  return {
    ...chosen,
    workHours: job.workMs / HOUR_MS,
    deadlineHours: job.deadlineMs / HOUR_MS,
    changeoverHours: job.changeoverMs / HOUR_MS,
    onDemandPerHour: formatPicos(request.onDemandPerHour),
    spotPerHour: formatPicos(request.spotPerHour),
    counting: request.counting,
    gapSeconds: first.gapMs / 1000,
    ...describeTraces(request),
    compared: comparesAll ? compared : [],
    gapClosedPercent: comparesAll ? gapClosed(compared, policy) : null,
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function infeasible({ job }: SpotRequest, gapMs: number): TareError {
  const hours = (ms: number) => `${Number((ms / HOUR_MS).toFixed(3))} h`;
  return new TareError(
    'usage',
    `${hours(job.workMs)} of work and a change-over of ${hours(job.changeoverMs)} do not fit into the ticks of ${gapMs / 1000} s before a deadline of ${hours(job.deadlineMs)}, not even on on-demand capacity`,
    'give the job a later deadline',
  );
}

const MOST_STATES = 100_000_000;

function checkSize(job: SpotJob, gapMs: number): void {
  const states = statesInHindsight(job, gapMs);
  if (states <= MOST_STATES) return;
  throw new TareError(
    'usage',
    `the optimum on ticks of ${gapMs / 1000} s would weigh ${states} states for each run; at most ${MOST_STATES} are sensible`,
    'merge ticks with --tick-seconds 300, or leave optimal and --compare away',
  );
}

function figuresOf(
  policy: SpotPolicyName,
  request: SpotRequest,
  tell: (played: number) => void,
): SpotFigures {
  const { traces, job, counting } = request;
  const runs = traces.map((trace, index) => {
    tell(index);
    return play(policy, trace, request);
  });
  const gapMs = BigInt(traces[0]!.gapMs);
  const paid = runs.map((run) => paidTicks(run, counting));
  const totals = paid.map(
    ({ spot, onDemand }) => BigInt(spot) * request.spotPerHour + BigInt(onDemand) * request.onDemandPerHour,
  );
  const costOf = (picosPerHourTicks: bigint, count: number) =>
    divideHalfEven(picosPerHourTicks * gapMs, BigInt(HOUR_MS) * BigInt(count));
  const meanCost = costOf(sum(totals), runs.length);
  const costs = totals.map((total) => picosToNumber(costOf(total, 1)));
  const onDemandTicks = Math.ceil((job.workMs + job.changeoverMs) / Number(gapMs));
  const onDemandCost = costOf(BigInt(onDemandTicks) * request.onDemandPerHour, 1);
  const hoursPerRun = (ticks: readonly number[]) => (mean(ticks) * Number(gapMs)) / HOUR_MS;
  return {
    policy,
    traces: runs.length,
    meanCost: formatPicos(meanCost),
    stdCost: deviation(costs).toFixed(3),
    deadlineMisses: runs.filter(({ finishedAfterTicks }) => finishedAfterTicks === null).length,
    meanSpotHours: hoursPerRun(paid.map(({ spot }) => spot)),
    meanOnDemandHours: hoursPerRun(paid.map(({ onDemand }) => onDemand)),
    meanStarts: mean(runs.map(({ starts }) => starts)),
    savingPercent: 100 * (1 - picosToNumber(meanCost) / picosToNumber(onDemandCost)),
  };
}

function play(policy: SpotPolicyName, trace: SpotTrace, request: SpotRequest): SpotRun {
  const rates = {
    onDemandPerHour: picosToNumber(request.onDemandPerHour),
    spotPerHour: picosToNumber(request.spotPerHour),
  };
  return policy === 'optimal'
    ? cheapestInHindsight(trace, request.job, rates)
    : runSpotJob(trace, request.job, rates, SPOT_POLICIES[policy]);
}

function paidTicks(run: SpotRun, counting: SpotCounting): { spot: number; onDemand: number } {
  const extra = counting === 'extra-tick' ? 1 : 0;
  const isSpot = run.lastHolding === SPOT;
  return {
    spot: run.spotTicks + (isSpot ? extra : 0),
    onDemand: run.onDemandTicks + (isSpot ? 0 : extra),
  };
}

function describeTraces({ traces, job, checkpointMs }: SpotRequest) {
  const gapMs = traces[0]!.gapMs;
  const ticks = ticksBeforeDeadline(job, gapMs);
  const seen = traces.map(({ available, startTick }) =>
    surveyAvailability(available.subarray(startTick, startTick + ticks)),
  );
  const all = {
    ticks: sumOf(seen.map((survey) => survey.ticks)),
    availableTicks: sumOf(seen.map((survey) => survey.availableTicks)),
    losses: sumOf(seen.map((survey) => survey.losses)),
  };
  const betweenLosses = meanTimeBetweenLossesMs(all, gapMs);
  return {
    availabilityPercent: (100 * all.availableTicks) / all.ticks,
    tracesWithHistory: traces.filter(({ startTick }) => startTick > 0).length,
    meanHistoryHours: (mean(traces.map(({ startTick }) => startTick)) * gapMs) / HOUR_MS,
    meanHoursBetweenLosses: betweenLosses === null ? null : betweenLosses / HOUR_MS,
    checkpoint:
      checkpointMs === null || betweenLosses === null
        ? null
        : checkpointAdvice({
            checkpoint: checkpointMs,
            meanTimeBetweenFailures: betweenLosses,
            restart: job.changeoverMs,
          }),
  };
}

function checkpointAdvice(times: CheckpointTimes): SpotSimulation['checkpoint'] {
  const young = youngInterval(times);
  return {
    youngMinutes: young / MINUTE_MS,
    dalyMinutes: dalyInterval(times) / MINUTE_MS,
    wastedPercent: 100 * wastedFraction(times, young),
  };
}

function gapClosed(compared: readonly SpotFigures[], policy: SpotPolicyName): number | null {
  const costOf = (name: SpotPolicyName) =>
    Number(compared.find((figures) => figures.policy === name)?.meanCost);
  const gap = costOf('uniform-progress') - costOf('optimal');
  return gap > 0 ? (100 * (costOf('uniform-progress') - costOf(policy))) / gap : null;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

/** Of the whole population, as the published figures are. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
