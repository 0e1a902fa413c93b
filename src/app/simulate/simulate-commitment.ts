import { estimateToCents, type Picos, picosToNumber } from '../../domain/money/picos.ts';
import {
  bestLevel,
  type HourlyDemand,
  savedFraction,
  useOfLevel,
} from '../../domain/simulation/commitment/best-level.ts';
import {
  committedAt,
  type ExistingCommitment,
  leftToCommit,
} from '../../domain/simulation/commitment/existing-commitments.ts';
import {
  HOURS_PER_MONTH,
  measureGrowth,
  projectDemand,
} from '../../domain/simulation/commitment/project-demand.ts';
import { type CommitmentTerm, stackTerms } from '../../domain/simulation/commitment/stack-terms.ts';
import { surveyUnderUse } from '../../domain/simulation/commitment/under-use.ts';
import { TareError } from '../errors.ts';
import type { CommitmentSimulation } from '../results/simulations/commitment-simulation.ts';

export type CommitmentRequest = Readonly<{
  demand: HourlyDemand;
  missingHours: number;
  /** Committed ÷ on-demand price, above 0 and at most 1. */
  rate: number;
  trainHours: number;
  existing: readonly ExistingCommitment[];
  /** A share per month, or measured in the training hours. */
  growthPerMonth: number | 'trend';
  /** Empty: the one at `rate`. */
  terms: readonly CommitmentTerm[];
  survivalPerYear: number;
  onDemandPerHour: Picos | null;
}>;

/** Decides on the first hours, and judges on those that follow. */
export function simulateCommitment(request: CommitmentRequest): CommitmentSimulation {
  const { demand, rate, existing } = request;
  if (demand.length === 0)
    throw new TareError(
      'rowsRejected',
      'no hour of demand could be read',
      'see the rejected rows, and --map',
    );
  const trainHours = Math.min(request.trainHours, demand.length);
  const train = leftToCommit(demand.subarray(0, trainHours), existing, 0);
  const test = leftToCommit(demand.subarray(trainHours), existing, trainHours);
  const growth = request.growthPerMonth === 'trend' ? measureGrowth(train) : request.growthPerMonth;
  const expected = growth === 0 ? train : projectDemand(train, trainHours, growth);

  const level = bestLevel(expected, rate);
  const oracleLevel = test.length === 0 ? null : bestLevel(test, rate);
  const claimed = savedFraction(expected, rate, level);
  const realised = savedFraction(test, rate, level);
  const oracle = oracleLevel === null ? null : savedFraction(test, rate, oracleLevel);
  const underUse = surveyUnderUse(train, rate, level);
  return {
    level,
    rate,
    trainHours,
    testHours: test.length,
    missingHours: request.missingHours,
    growthPercentPerMonth: 100 * growth,
    claimedSavingsPercent: percent(claimed),
    claimedRangePercent: { low: percent(underUse.low), high: percent(underUse.high) },
    realisedSavingsPercent: percent(realised),
    oracleSavingsPercent: percent(oracle),
    oracleLevel,
    regretPercent: oracle === null || realised === null ? null : 100 * (oracle - realised),
    risk: {
      hoursBelowLevelPercent: 100 * underUse.hoursBelowLevel,
      weeksAtALossPercent: percent(underUse.weeksAtALoss),
      breakEvenUsePercent: 100 * rate,
      trainUsePercent: percent(useOfLevel(train, level)),
      testUsePercent: percent(useOfLevel(test, level)),
      testHoursBelowLevelPercent: percent(shareBelow(test, level)),
      testUnusedPercent: percent(unusedShare(test, level)),
    },
    existing: describeExisting(demand.subarray(0, trainHours), existing),
    stack: stackTerms(expected, request.terms, request.survivalPerYear).map(({ term, units }) => ({
      term: term.name,
      rate: term.rate,
      units,
    })),
    monthlySaving: monthlySaving(request.onDemandPerHour, [expected, claimed], [test, realised]),
  };
}

function shareBelow(demand: HourlyDemand, level: number): number | null {
  if (demand.length === 0) return null;
  return demand.reduce((hours, amount) => hours + Number(amount < level), 0) / demand.length;
}

/** Of what the level costs: a committed hour costs the same used or not. */
function unusedShare(demand: HourlyDemand, level: number): number | null {
  const used = useOfLevel(demand, level);
  return used === null ? null : 1 - used;
}

function percent(fraction: number | null): number | null {
  return fraction === null ? null : 100 * fraction;
}

function describeExisting(
  train: HourlyDemand,
  existing: readonly ExistingCommitment[],
): CommitmentSimulation['existing'] {
  const committed = train.map((_, hour) => committedAt(existing, hour));
  const used = train.map((amount, hour) => Math.min(amount, committed[hour]!));
  const [allCommitted, allUsed] = [sumOf(committed), sumOf(used)];
  return {
    units: committedAt(existing, train.length),
    usePercent: allCommitted === 0 ? null : (100 * allUsed) / allCommitted,
    coveragePercent: allCommitted === 0 ? null : percent(coverage(train, allUsed)),
  };
}

function coverage(demand: HourlyDemand, used: number): number | null {
  const all = sumOf(demand);
  return all === 0 ? null : used / all;
}

type Judged = readonly [demand: HourlyDemand, saved: number | null];

function monthlySaving(
  price: Picos | null,
  claimed: Judged,
  realised: Judged,
): CommitmentSimulation['monthlySaving'] {
  if (price === null) return null;
  const perMonth = ([demand, saved]: Judged) =>
    saved === null
      ? null
      : estimateToCents((saved * sumOf(demand) * HOURS_PER_MONTH * picosToNumber(price)) / demand.length);
  return { claimed: perMonth(claimed), realised: perMonth(realised) };
}

function sumOf(demand: HourlyDemand): number {
  return demand.reduce((sum, amount) => sum + amount, 0);
}
