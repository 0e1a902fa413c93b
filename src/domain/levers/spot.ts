import { groupBy } from '../collections/group-by.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { HolderHour } from './holder-hour.ts';
import { type MarketPrices, marketName, type PlaceOfHour } from './market.ts';
import type { NodePlace } from './node-place.ts';
import type { PricedProposal, ProposedLevers } from './priced-proposal.ts';
import {
  DEFAULT_SPOT,
  type SpotOptions,
  type SpotPool,
  type SpotTerms,
  spotMoves,
  weighSpot,
} from './weigh-spot.ts';

/**
 * Runs that were bought on demand and could have run on spot: training and batch work that kept checkpoints, or was short enough to be
 * done again, and that would still have met its deadline. Checkpoints are taken as often as Daly has it, and what they and the
 * interruptions cost is paid for at the price of spot.
 */
export function proposeSpot(
  hours: readonly HolderHour[],
  attempts: readonly AttemptRecord[],
  placeOf: PlaceOfHour,
  prices: MarketPrices,
  options: SpotOptions = DEFAULT_SPOT,
): ProposedLevers {
  const pools = weighSpot(hours, attempts, placeOf, prices, options);
  return {
    proposals: pools.flatMap((pool) => spotProposal(hours, pool, options) ?? []),
    missing: pools.flatMap((pool) => missingOf(hours, pool)),
  };
}

/** To run what could on spot; `null` where nothing could, or nobody says for how much. */
export function spotProposal(
  hours: readonly HolderHour[],
  pool: SpotPool,
  options: SpotOptions,
): PricedProposal | null {
  const { kept, place, price, terms } = pool;
  if (kept.length === 0 || place === null || price === null || terms === null) return null;
  return proposalOf(hours, pool, { price, terms, place, options });
}

function missingOf(hours: readonly HolderHour[], pool: SpotPool): ProposedLevers['missing'] {
  const { target, gpuModel, kept, unsaved, late, price } = pool;
  const namesOf = (indexes: readonly number[]) => [
    ...new Set(indexes.map((index) => hours[index]!.workload)),
  ];
  const [without, after] = [namesOf(unsaved), namesOf(late)];
  const some = (names: readonly string[]) => names.toSorted().slice(0, 3).join(', ');
  const reasons = [
    ...(without.length > 0
      ? [
          `${without.length} of its workloads keep no checkpoint that is known (${some(without)}): on spot they would begin again`,
        ]
      : []),
    ...(after.length > 0
      ? [`${after.length} of its workloads would end after their deadline on spot (${some(after)})`]
      : []),
    ...(kept.length > 0 && price === null ? [`no spot price of ${gpuModel} is known where it runs`] : []),
  ];
  return reasons.map((reason) => ({ lever: 'spot', target, reason }));
}

type Given = Readonly<{
  price: bigint;
  terms: SpotTerms;
  place: NodePlace;
  options: SpotOptions;
}>;

function proposalOf(
  hours: readonly HolderHour[],
  { target, pool, gpuModel, kept: scope }: SpotPool,
  { price, terms, place, options }: Given,
): PricedProposal {
  const { provider, region, instanceType } = place;
  const { checkpointSeconds, measured, nodes, preemptions, intervalSeconds, wasted } = terms;
  const workloads = new Set(scope.map((index) => hours[index]!.workloadId)).size;
  const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
  return {
    lever: 'spot',
    target,
    owner: ownerOf(hours, scope),
    replay: (residual) => spotMoves(scope, residual, price, terms),
    scope,
    isTradeOff: true,
    markets: [marketName(provider, gpuModel)],
    needsQuality: false,
    risk: 'medium',
    facts: [
      `${workloads} workloads kept checkpoints or ran for at most ${options.shortHours} h`,
      measured > 0
        ? `a checkpoint takes ${checkpointSeconds.toFixed(0)} s, the median of ${measured} measured`
        : `no run measured how long a checkpoint takes: ${checkpointSeconds} s are taken`,
      preemptions.isMeasured
        ? `on spot a node of this fleet was taken every ${preemptions.hoursBetween.toFixed(1)} h, ${preemptions.seen} times`
        : `${preemptions.seen} preemptions were seen: one node in ${preemptions.hoursBetween} h is taken`,
      `a checkpoint every ${Math.round(intervalSeconds / 60)} minutes wastes least: ${percent(wasted)} of the time`,
    ],
    assumptions: [
      'spot capacity is there when it is asked for; runs may end later than they did',
      `${nodes.toFixed(1)} nodes work on one job, and each that is taken stops it for ${options.restartSeconds / 60} minutes`,
      'never for what answers requests',
    ],
    action: `run the jobs of ${target} on spot, with a checkpoint every ${Math.round(intervalSeconds / 60)} minutes`,
    rows: scope.length,
    change: {
      kind: 'spot-task',
      pool,
      gpuModel,
      gpusPerNode: Math.max(1, ...scope.map((index) => hours[index]!.devices)),
      nodes: Math.max(1, Math.round(nodes)),
      provider,
      region,
      machine: instanceType,
      checkpointSeconds: intervalSeconds,
    },
  };
}

/** Whoever holds most of it is asked. */
function ownerOf(hours: readonly HolderHour[], scope: readonly number[]): string {
  const teams = groupBy(scope, (index) => hours[index]!.team);
  const [most] = [...teams].sort(([a, of], [b, other]) => other.length - of.length || (a < b ? -1 : 1));
  return most![0];
}
