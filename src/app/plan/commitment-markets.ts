import { groupBy } from '../../domain/collections/group-by.ts';
import type { HeldCommitment } from '../../domain/commitments/held-commitment.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { type CommitMarket, commitMoves } from '../../domain/levers/commit.ts';
import { grossPicos, type HolderHour } from '../../domain/levers/holder-hour.ts';
import { freeNow } from '../../domain/levers/ladder.ts';
import { type MarketPrices, marketName, type PlaceOfHour } from '../../domain/levers/market.ts';
import type { NodePlace } from '../../domain/levers/node-place.ts';
import type { PricedProposal } from '../../domain/levers/priced-proposal.ts';
import {
  estimateToCents,
  formatPicos,
  type Picos,
  picosToNumber,
  roundPicos,
} from '../../domain/money/picos.ts';
import { HOURS_PER_MONTH } from '../../domain/simulation/commitment/project-demand.ts';
import {
  bestSpend,
  costAtSpend,
  type SpendKind,
} from '../../domain/simulation/commitment/spend-commitment.ts';
import { HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { PPM, TICKS_PER_GPU_HOUR, ticksToHours } from '../../domain/units/gpu-time.ts';
import type { SpendFigures } from '../results/plan.ts';
import type { CommitmentSimulation } from '../results/simulations/commitment-simulation.ts';
import { simulateCommitment } from '../simulate/simulate-commitment.ts';
import { heldGpus } from './held-gpus.ts';

/** One market with its demand and what a backtest says of it. */
export type DecidedMarket = Readonly<{
  provider: string;
  gpuModel: string;
  term: '1y' | '3y';
  rate: number;
  committedPerGpuHour: Picos;
  onDemandPerGpuHour: Picos;
  demand: Float64Array;
  simulation: CommitmentSimulation;
  kept: number | null;
  market: CommitMarket;
  proposal: PricedProposal;
  held: Readonly<{ ticks: bigint; usedTicks: bigint; allTicks: bigint }>;
}>;

export type CommitParts = Readonly<{
  hours: readonly HolderHour[];
  period: TimeWindow;
  placeOf: PlaceOfHour;
  prices: MarketPrices;
  /** Of the GPU-hours of a market; `null` is no limit. */
  maxCommittedPercent: number | null;
  survivalPerYear: number;
  /** What is held already. */
  commitments: readonly HeldCommitment[];
  /** A share of demand each month, and by how much the hours have grown with it already. */
  growth: Readonly<{ perMonth: number; factor: number }> | null;
}>;

export type DecidedCommitments = Readonly<{
  markets: readonly DecidedMarket[];
  spend: readonly SpendFigures[];
  missing: readonly Readonly<{ lever: string; target: string | null; reason: string }>[];
}>;

/** A year is promised on no less than this. */
export const LEAST_COMMIT_DAYS = 14;
const TRAIN_SHARE = 2 / 3;

/** Levels for each kind of GPU at each provider, decided on the demand of the fleet itself, each with its backtest. */
export function decideCommitments(parts: CommitParts): DecidedCommitments {
  const { hours, period, placeOf } = parts;
  const periodHours = (period.toMs - period.fromMs) / HOUR_MS;
  const missing: DecidedCommitments['missing'][number][] = [];
  const groups = groupBy(
    [...hours.keys()].filter((index) => hours[index]!.lifecycle === 'on_demand'),
    (index) => JSON.stringify([placeOf(hours[index]!)?.provider ?? null, hours[index]!.gpuModel]),
  );
  if (periodHours < LEAST_COMMIT_DAYS * 24) {
    const days = (periodHours / 24).toFixed(1);
    const reason = `${days} days of demand; ${LEAST_COMMIT_DAYS} are the least that a year is promised on`;
    return { markets: [], spend: [], missing: [{ lever: 'commit', target: null, reason }] };
  }
  const markets = [...groups.values()].flatMap((scope) => {
    const place = placeOf(hours[scope[0]!]!);
    const decided = decideMarket(parts, scope, place, periodHours);
    if ('reason' in decided) missing.push(decided);
    return 'reason' in decided ? [] : [decided];
  });
  return { markets, spend: spendOf(markets), missing };
}

type Refusal = Readonly<{ lever: string; target: string; reason: string }>;

function decideMarket(
  parts: CommitParts,
  own: readonly number[],
  place: NodePlace | null,
  periodHours: number,
): DecidedMarket | Refusal {
  const { hours, prices, placeOf } = parts;
  const { gpuModel } = hours[own[0]!]!;
  const provider = place?.provider ?? null;
  const target = marketName(provider, gpuModel);
  const refuse = (reason: string): Refusal => ({ lever: 'commit', target, reason });
  const ticks = own.reduce((sum, index) => sum + grossOf(hours[index]!.ticks), 0n);
  const picos = own.reduce((sum, index) => sum + grossPicos(hours[index]!), 0n);
  if (place === null || provider === null) return refuse('nothing says who rents these GPUs out');
  if (ticks === 0n || picos === 0n) return refuse('its hours have no price');
  const oneYear = prices.committed(place, gpuModel, '1y');
  const threeYears = prices.committed(place, gpuModel, '3y');
  const committed = oneYear ?? threeYears;
  if (committed === null) return refuse('no committed price of it is known where it runs');
  const term = oneYear === null ? '3y' : '1y';
  const onDemand = (picos * TICKS_PER_GPU_HOUR) / ticks;
  const rateOf = (price: Picos) => Number(price) / Number(onDemand);
  const rate = rateOf(committed);
  if (rate >= 1) return refuse('a commitment at the list price costs no less than what is paid now');
  const scope = [...hours.keys()].filter((index) => placeOf(hours[index]!)?.provider === provider);
  const free = freeOf(parts, { provider, gpuModel, scope, periodHours });
  const demand = demandOf(hours, own, parts.period, periodHours).map((gpus, hour) =>
    Math.max(0, gpus - free[hour]!),
  );
  if (demand.every((gpus) => gpus === 0)) return refuse('what is held already has room for all of it');
  const grown = parts.growth?.factor ?? 1;
  const simulation = simulateCommitment({
    // It is tried on what there was, with the growth that it takes for granted.
    demand: grown === 1 ? demand : demand.map((gpus) => Math.round((gpus / grown) * 1e6) / 1e6),
    missingHours: 0,
    rate,
    trainHours: Math.floor(demand.length * TRAIN_SHARE),
    existing: [],
    growthPerMonth: parts.growth?.perMonth ?? 0,
    terms: [
      ...(oneYear === null ? [] : [{ name: '1y', years: 1, rate }]),
      ...(threeYears === null || rateOf(threeYears) >= 1
        ? []
        : [{ name: '3y', years: 3, rate: rateOf(threeYears) }]),
    ],
    survivalPerYear: parts.survivalPerYear,
    onDemandPerHour: onDemand,
  });
  const kept = keptOf(simulation);
  if (kept === null || kept === 0) {
    return refuse(
      'what the first two thirds of the period would have committed to saved nothing in the rest',
    );
  }
  const held = heldOf(hours, scope, gpuModel);
  const market: CommitMarket = {
    gpuModel,
    scope,
    committedPerGpuHour: committed,
    periodHours,
    mostUnits: mostUnits(held, parts.maxCommittedPercent, periodHours),
    keptPpm: Math.round(kept * PPM),
    ...(free.some((gpus) => gpus > 0) && { freeTicks: ticksByHour(free, parts.period) }),
    ...laterIn(term, parts.growth?.perMonth ?? 0),
  };
  return {
    provider,
    gpuModel,
    term,
    rate,
    committedPerGpuHour: committed,
    onDemandPerGpuHour: onDemand,
    demand,
    simulation,
    kept,
    market,
    held,
    proposal: proposalOf(hours, { target, term, rate, market, simulation, kept, rows: own.length }),
  };
}

/** GPUs that were bought on demand, on average over each hour. Hours without any are zero: the ledger was built for them. */
function demandOf(
  hours: readonly HolderHour[],
  indexes: readonly number[],
  { fromMs }: TimeWindow,
  periodHours: number,
): Float64Array {
  const demand = new Float64Array(periodHours);
  for (const index of indexes) {
    const { hourMs, ticks } = hours[index]!;
    demand[(hourMs - fromMs) / HOUR_MS]! += Number(grossOf(ticks)) / Number(TICKS_PER_GPU_HOUR);
  }
  return demand;
}

type MarketHours = Readonly<{
  provider: string;
  gpuModel: string;
  scope: readonly number[];
  periodHours: number;
}>;

/** GPUs of what is held that had room in each hour. */
function freeOf(
  { hours, period, commitments }: CommitParts,
  { provider, gpuModel, scope, periodHours }: MarketHours,
): Float64Array {
  const committed = scope.filter(
    (index) => hours[index]!.lifecycle === 'committed' && hours[index]!.gpuModel === gpuModel,
  );
  return freeNow({
    committed: demandOf(hours, committed, period, periodHours),
    held: heldGpus(commitments, { provider, gpuModel }, period),
    nowMs: period.toMs,
  });
}

function ticksByHour(gpus: Float64Array, { fromMs }: TimeWindow): ReadonlyMap<number, bigint> {
  return new Map(
    [...gpus].map((amount, hour) => [
      fromMs + hour * HOUR_MS,
      BigInt(Math.round(amount * Number(TICKS_PER_GPU_HOUR))),
    ]),
  );
}

/** Demand that falls has to pay for the whole term; what it gains by growing is bought when it is there. */
function laterIn(term: '1y' | '3y', growthPerMonth: number): Pick<CommitMarket, 'laterPpm'> {
  if (growthPerMonth >= 0) return {};
  const months = term === '1y' ? 12 : 36;
  return {
    laterPpm: Array.from({ length: months }, (_, month) =>
      BigInt(Math.round(PPM * (1 + growthPerMonth) ** month)),
    ),
  };
}

/** Realised ÷ claimed, 0–1; `null` where nothing was claimed or nothing followed. */
function keptOf({ claimedSavingsPercent, realisedSavingsPercent }: CommitmentSimulation): number | null {
  if (claimedSavingsPercent === null || realisedSavingsPercent === null || claimedSavingsPercent <= 0)
    return null;
  return Math.max(0, Math.min(1, realisedSavingsPercent / claimedSavingsPercent));
}

function heldOf(hours: readonly HolderHour[], scope: readonly number[], gpuModel: string) {
  let [ticks, usedTicks, allTicks] = [0n, 0n, 0n];
  for (const index of scope) {
    const hour = hours[index]!;
    if (hour.gpuModel !== gpuModel) continue;
    const gross = grossOf(hour.ticks);
    allTicks += gross;
    if (hour.lifecycle !== 'committed') continue;
    ticks += gross;
    if (hour.workloadId !== '') usedTicks += gross;
  }
  return { ticks, usedTicks, allTicks };
}

/** A share of all of its GPU-hours, less what is committed already. */
function mostUnits(
  { ticks, allTicks }: DecidedMarket['held'],
  maxPercent: number | null,
  periodHours: number,
): number {
  if (maxPercent === null) return Number.MAX_SAFE_INTEGER;
  const gpuHours = (ticksToHours(allTicks) * maxPercent) / 100 - ticksToHours(ticks);
  return Math.max(0, Math.floor(gpuHours / periodHours));
}

type Decision = Readonly<{
  target: string;
  term: '1y' | '3y';
  rate: number;
  market: CommitMarket;
  simulation: CommitmentSimulation;
  kept: number;
  rows: number;
}>;

function proposalOf(
  hours: readonly HolderHour[],
  { target, term, rate, market, simulation, kept, rows }: Decision,
): PricedProposal {
  const { claimedSavingsPercent, realisedSavingsPercent, oracleSavingsPercent, risk } = simulation;
  const percent = (value: number | null) => (value === null ? 'unknown' : `${value.toFixed(1)} %`);
  return {
    lever: 'commit',
    target,
    owner: 'several',
    replay: (residual) => commitMoves(hours, market, residual),
    scope: market.scope.filter(
      (index) => hours[index]!.gpuModel === market.gpuModel && hours[index]!.lifecycle === 'on_demand',
    ),
    isTradeOff: false,
    markets: [target],
    needsQuality: false,
    risk: kept >= 0.8 && (risk.weeksAtALossPercent ?? 0) === 0 ? 'medium' : 'high',
    facts: [
      `${term} costs ${(100 * rate).toFixed(0)} % of what is paid on demand, used or not`,
      `backtest: claimed ${percent(claimedSavingsPercent)}, realised ${percent(realisedSavingsPercent)}, possible ${percent(oracleSavingsPercent)}`,
      `${risk.hoursBelowLevelPercent.toFixed(0)} % of hours lie below the level; in the backtest ${percent(risk.testHoursBelowLevelPercent)} did, and ${percent(risk.testUnusedPercent)} of its cost bought nothing`,
    ],
    assumptions: [
      `of what the period would have saved, ${Math.round(100 * kept)} % are counted: what the backtest kept`,
      `demand stays for the ${term === '1y' ? 'year' : 'three years'} that is paid for`,
    ],
    action: `commit to ${target}`,
    rows,
    change: null,
  };
}

/** One commitment to spend over all kinds of GPU of a provider, which moves between them as demand does. */
function spendOf(markets: readonly DecidedMarket[]): SpendFigures[] {
  return [...groupBy(markets, ({ provider }) => provider)].map(([provider, of]) => {
    const kinds: SpendKind[] = of.map(({ demand, onDemandPerGpuHour, rate }) => ({
      demand,
      onDemandPerHour: picosToNumber(onDemandPerGpuHour),
      rate,
    }));
    const perHour = bestSpend(kinds);
    const onDemand = costAtSpend(kinds, 0);
    const saved = onDemand - costAtSpend(kinds, perHour);
    const hours = kinds[0]!.demand.length;
    return {
      provider,
      gpuModels: of.map(({ gpuModel }) => gpuModel).sort(),
      perHour: estimateToCents(perHour),
      savingsPercent: onDemand === 0 ? null : (100 * saved) / onDemand,
      saving: estimateToCents((saved / hours) * HOURS_PER_MONTH),
    };
  });
}

/** A price as one prints it: to four decimals, where lists have more. */
export function priceText(picos: Picos): string {
  return formatPicos(roundPicos(picos, 4));
}
