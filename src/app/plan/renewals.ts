import { groupBy } from '../../domain/collections/group-by.ts';
import type { HeldCommitment } from '../../domain/commitments/held-commitment.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { grossPicos, type HolderHour } from '../../domain/levers/holder-hour.ts';
import { climbLadder, demandAt, type LadderParts, type LadderStep } from '../../domain/levers/ladder.ts';
import type { MarketPrices, PlaceOfHour } from '../../domain/levers/market.ts';
import type { NodePlace } from '../../domain/levers/node-place.ts';
import type { Residual } from '../../domain/levers/plan-lever.ts';
import { estimateToCents, type Picos, picosToNumber } from '../../domain/money/picos.ts';
import { HOURS_PER_MONTH } from '../../domain/simulation/commitment/project-demand.ts';
import {
  bestSpend,
  costAtSpend,
  type SpendKind,
} from '../../domain/simulation/commitment/spend-commitment.ts';
import { DAY_MS, type EpochMs, formatInstant, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import type { MissingEvidence } from '../results/levers.ts';
import type { Renewal, SpendRenewal } from '../results/plan.ts';
import type { DecidedMarket } from './commitment-markets.ts';
import { priceText } from './commitment-markets.ts';
import { heldGpus } from './held-gpus.ts';

export type RenewalParts = Readonly<{
  hours: readonly HolderHour[];
  /** As the plan leaves them, before it commits to anything. */
  residual: Residual;
  period: TimeWindow;
  placeOf: PlaceOfHour;
  prices: MarketPrices;
  held: readonly HeldCommitment[];
  markets: readonly DecidedMarket[];
  /** GPUs that the plan commits to. */
  levelOf: (market: DecidedMarket) => number;
  maxCommittedPercent: number | null;
  growthPerMonth: number;
}>;

export type Renewals = Readonly<{
  renewals: readonly Renewal[];
  spend: readonly SpendRenewal[];
  missing: readonly MissingEvidence[];
}>;

const YEAR_MS = 365 * DAY_MS;

/** What ends within the term that is committed to now, and what is worth committing to again then. None of it is in the plan's saving. */
export function findRenewals(parts: RenewalParts): Renewals {
  const missing: MissingEvidence[] = [];
  const ladders = ladderMarkets(parts).flatMap((market) => {
    const ladder = ladderOf(parts, market);
    if (ladder === null || 'ladder' in ladder) return ladder === null ? [] : [ladder];
    missing.push(ladder);
    return [];
  });
  const renewals = ladders.flatMap((one) => climbLadder(one.ladder).map((step) => renewalOf(one, step)));
  return {
    renewals: renewals.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    spend: spendRenewals(parts, ladders),
    missing: [...missing, ...withoutEnd(parts.held)],
  };
}

type Market = Readonly<{ provider: string; gpuModel: string; place: NodePlace; indexes: readonly number[] }>;
type Ladder = Readonly<{
  provider: string;
  gpuModel: string;
  term: '1y' | '3y';
  committed: Picos;
  onDemand: Picos;
  hours: number;
  ladder: LadderParts;
}>;

/** Kinds of GPU at providers that something is held for, whether any of them is bought on demand or not. */
function ladderMarkets({ hours, placeOf }: RenewalParts): Market[] {
  const own = [...hours.keys()].filter((index) =>
    ['committed', 'on_demand'].includes(hours[index]!.lifecycle),
  );
  const groups = groupBy(own, (index) =>
    JSON.stringify([placeOf(hours[index]!)?.provider ?? null, hours[index]!.gpuModel]),
  );
  return [...groups.values()].flatMap((indexes) => {
    const place = placeOf(hours[indexes[0]!]!);
    if (place === null || place.provider === null) return [];
    return [{ provider: place.provider, gpuModel: hours[indexes[0]!]!.gpuModel, place, indexes }];
  });
}

function ladderOf(parts: RenewalParts, market: Market): Ladder | MissingEvidence | null {
  const { provider, gpuModel, place } = market;
  const { prices, period, growthPerMonth, maxCommittedPercent } = parts;
  const held = heldGpus(parts.held, market, period);
  if (held.every(({ fromMs, toMs }) => toMs === null && (fromMs ?? 0) <= period.toMs)) return null;
  const decided = parts.markets.find((one) => one.provider === provider && one.gpuModel === gpuModel);
  const oneYear = prices.committed(place, gpuModel, '1y');
  const committed =
    decided?.committedPerGpuHour ??
    oneYear ??
    prices.committed(place, gpuModel, '3y') ??
    paidAsCommitted(parts, market);
  const onDemand = decided?.onDemandPerGpuHour ?? prices.onDemand(place, gpuModel);
  if (committed === null || onDemand === null || onDemand <= committed) {
    const target = `${gpuModel} at ${provider}`;
    const what =
      onDemand === null
        ? 'no price on demand is known'
        : committed === null
          ? 'no committed price is known'
          : 'a commitment costs no less than on demand';
    return { lever: 'commit', target, reason: `what is held of it ends, and ${what} to renew it by` };
  }
  const isThreeYears = oneYear === null && prices.committed(place, gpuModel, '3y') !== null;
  const term = decided?.term ?? (isThreeYears ? '3y' : '1y');
  return {
    provider,
    gpuModel,
    term,
    committed,
    onDemand,
    hours: (period.toMs - period.fromMs) / HOUR_MS,
    ladder: {
      ...demands(parts, market),
      held,
      rate: Number(committed) / Number(onDemand),
      bought: decided === undefined ? 0 : parts.levelOf(decided),
      nowMs: period.toMs,
      untilMs: period.toMs + (term === '1y' ? 1 : 3) * YEAR_MS,
      growthAt: (atMs) =>
        (1 + growthPerMonth) ** Math.max(0, (atMs - period.toMs) / HOUR_MS / HOURS_PER_MONTH - 0.5),
      mostCommitted: (mean) =>
        maxCommittedPercent === null ? Number.POSITIVE_INFINITY : (mean * maxCommittedPercent) / 100,
    },
  };
}

/** Where no list has a price: what a committed GPU-hour costs now. */
function paidAsCommitted({ hours }: RenewalParts, { indexes }: Market): Picos | null {
  let [ticks, picos] = [0n, 0n];
  for (const index of indexes) {
    const hour = hours[index]!;
    if (hour.lifecycle !== 'committed' || hour.unpricedTicks > 0n) continue;
    ticks += grossOf(hour.ticks);
    picos += grossPicos(hour);
  }
  return ticks === 0n || picos === 0n ? null : (picos * TICKS_PER_GPU_HOUR) / ticks;
}

function demands(
  { hours, residual, period, placeOf }: RenewalParts,
  { provider, gpuModel, indexes }: Market,
) {
  const length = (period.toMs - period.fromMs) / HOUR_MS;
  const series = (of: readonly number[], ticksOf: (index: number) => bigint) => {
    const gpus = new Float64Array(length);
    for (const index of of)
      gpus[(hours[index]!.hourMs - period.fromMs) / HOUR_MS]! +=
        Number(ticksOf(index)) / Number(TICKS_PER_GPU_HOUR);
    return gpus;
  };
  // Levers may have moved hours of other kinds of GPU here, and some of these away.
  const there = [...hours.keys()].filter(
    (index) => residual.gpuModel[index] === gpuModel && placeOf(hours[index]!)?.provider === provider,
  );
  const left = (lifecycle: string) =>
    series(
      there.filter((index) => residual.lifecycle[index] === lifecycle),
      (index) => residual.ticks[index]!,
    );
  return {
    committed: series(
      indexes.filter((index) => hours[index]!.lifecycle === 'committed'),
      (index) => grossOf(hours[index]!.ticks),
    ),
    onDemandLeft: left('on_demand'),
    committedLeft: left('committed'),
  };
}

function renewalOf(
  { provider, gpuModel, term, committed, onDemand, hours }: Ladder,
  step: LadderStep,
): Renewal {
  const perMonth = (unitHours: number) =>
    estimateToCents((unitHours * picosToNumber(onDemand) * HOURS_PER_MONTH) / hours);
  return {
    at: formatInstant(step.atMs),
    provider,
    gpuModel,
    ending: step.ending,
    beginning: step.beginning,
    freedGpus: step.freedGpus,
    units: step.units,
    term,
    perGpuHour: priceText(committed),
    onDemandPerGpuHour: priceText(onDemand),
    onDemandPerMonth: perMonth(step.withoutUnits),
    renewedPerMonth: perMonth(step.withUnits),
    savesPerMonth: perMonth(step.withoutUnits - step.withUnits),
  };
}

/** The same as one commitment to spend over all kinds of GPU of a provider, for what is not covered then. */
function spendRenewals({ held, period }: RenewalParts, ladders: readonly Ladder[]): SpendRenewal[] {
  const moneyOnly = new Set(held.filter(({ kind }) => kind === 'spend').map(({ name }) => name));
  return [...groupBy(ladders, ({ provider }) => provider)].flatMap(([provider, of]) => {
    const ends = groupBy(
      of.flatMap(({ ladder }) => ladder.held.filter(({ name }) => moneyOnly.has(name))),
      ({ toMs }) => toMs,
    );
    const within = [...ends].filter(
      (entry): entry is [EpochMs, (typeof entry)[1]] =>
        entry[0] !== null && of.some(({ ladder }) => entry[0]! <= ladder.untilMs),
    );
    return within
      .sort(([a], [b]) => a - b)
      .map(([atMs, ending]) => {
        const kinds: SpendKind[] = of.map(({ ladder, onDemand, committed }) => ({
          demand: demandAt(ladder, Math.max(atMs, period.toMs)),
          onDemandPerHour: picosToNumber(onDemand),
          rate: Number(committed) / Number(onDemand),
        }));
        const perHour = bestSpend(kinds);
        const saved = costAtSpend(kinds, 0) - costAtSpend(kinds, perHour);
        return {
          at: formatInstant(atMs),
          provider,
          ending: [...new Set(ending.map(({ name }) => name))],
          gpuModels: of.map(({ gpuModel }) => gpuModel).sort(),
          perHour: estimateToCents(perHour),
          savesPerMonth: estimateToCents((saved * HOURS_PER_MONTH) / of[0]!.hours),
        };
      });
  });
}

function withoutEnd(held: readonly HeldCommitment[]): MissingEvidence[] {
  return held
    .filter(({ toMs, slots }) => toMs === null && slots.some(({ usedTicks }) => usedTicks.size > 0))
    .map(({ name }) => ({
      lever: 'commit',
      target: name,
      reason:
        'nobody says when it ends, so that it is taken to stay: write it under commitments in tare.yaml',
    }));
}
