import { groupBy } from '../collections/group-by.ts';
import type { Picos } from '../money/picos.ts';
import { estimateSpeed, fitsMemory, type Roof } from '../simulation/rightsize/roofline.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';
import { type MarketPrices, marketName, type PlaceOfHour } from './market.ts';
import type { NodePlace } from './node-place.ts';
import type { Move, Residual } from './plan-lever.ts';
import type { PricedProposal, ProposedLevers } from './priced-proposal.ts';
import type { UsageProfile } from './share.ts';

/** How fast the same work went on other kinds of GPU, from runs of the own history. */
export type MeasuredSpeeds = Readonly<{
  /** Speed on `to` ÷ speed on `from`, of runs by this name; `null` where it did not run on both. */
  ratio(workload: string, from: string, to: string): Readonly<{ ratio: number; runs: number }> | null;
}>;

export type RightSizeOptions = Readonly<{
  /** An endpoint may be busy for this much of the time on the other GPU, at its 99th percentile and the slowest estimate. */
  busyBound: number;
  leastSamples: number;
  /** A change of machines for less than this share of what they cost is not worth its work. */
  leastShare: number;
}>;

export const DEFAULT_RIGHT_SIZE: RightSizeOptions = { busyBound: 0.8, leastSamples: 100, leastShare: 0.1 };

export type RightSizeParts = Readonly<{
  hours: readonly HolderHour[];
  profiles: ReadonlyMap<string, readonly UsageProfile[]>;
  placeOf: PlaceOfHour;
  prices: MarketPrices;
  roofOf: (gpuModel: string) => Roof | null;
  speeds: MeasuredSpeeds;
  options: RightSizeOptions;
}>;

/**
 * The cheapest kind of GPU at the same provider that has the memory and the speed for each workload. Jobs run longer or shorter there,
 * by what the own runs measured, or else by the roofs of the two chips, whose range is stated. Endpoints are on for as long as they
 * are, and have to keep up at the slowest estimate.
 */
export function proposeRightSize(parts: RightSizeParts): ProposedLevers {
  const { hours, placeOf } = parts;
  const missing: ProposedLevers['missing'][number][] = [];
  const rented = [...hours.keys()].filter((index) => {
    const { lifecycle, workloadId, kind } = hours[index]!;
    return lifecycle === 'on_demand' && workloadId !== '' && kind !== 'system';
  });
  const targets = groupBy(rented, (index) => {
    const { workload, team, gpuModel } = hours[index]!;
    return JSON.stringify([workload, team, gpuModel, placeOf(hours[index]!)?.provider ?? null]);
  });
  const proposals = [...targets.values()].flatMap((scope) => {
    const needs = needsOf(parts, scope);
    const { workload, gpuModel } = hours[scope[0]!]!;
    const place = placeOf(hours[scope[0]!]!);
    if (place === null || parts.prices.onDemand(place, gpuModel) === null) return [];
    if (needs === null) {
      missing.push({
        lever: 'right-size',
        target: workload,
        reason: 'too few samples say how much memory and time it needs',
      });
      return [];
    }
    const best = cheapestOther(parts, scope, place, needs);
    return best === null ? [] : [proposalOf(parts, scope, place, needs, best)];
  });
  return { proposals, missing };
}

type Needs = Readonly<{ memoryGib: number; busyP99: number; samples: number }>;

/** The most that any device of the workload needed. */
function needsOf({ hours, profiles, options }: RightSizeParts, scope: readonly number[]): Needs | null {
  const ids = [...new Set(scope.map((index) => hours[index]!.workloadId))];
  const { gpuModel } = hours[scope[0]!]!;
  const own = ids
    .flatMap((id) => profiles.get(id) ?? [])
    .filter((profile) => profile.gpuModel === gpuModel && profile.isWholeGpu);
  const samples = own.reduce((sum, profile) => sum + profile.samples, 0);
  const usable = own.filter(({ memoryP99Mib, busyP99Ppm }) => memoryP99Mib !== null && busyP99Ppm !== null);
  if (samples < options.leastSamples || usable.length === 0) return null;
  return {
    samples,
    memoryGib: Math.max(...usable.map(({ memoryP99Mib }) => memoryP99Mib!)) / 1024,
    busyP99: Math.max(...usable.map(({ busyP99Ppm }) => busyP99Ppm!)) / PPM,
  };
}

type Speed = Readonly<{ low: number; expected: number; high: number; source: string; isMeasured: boolean }>;
type Other = Readonly<{
  gpuModel: string;
  perGpuHour: Picos;
  speed: Speed;
  costPerHour: number;
  /** The speed at which it costs as much as the present one. */
  breakEvenSpeed: number;
}>;

/** GPUs beside ARM processors: images of other machines do not run there. */
const BESIDE_ARM = /^(T4G|GH200|GB\d+)/;

function cheapestOther(
  parts: RightSizeParts,
  scope: readonly number[],
  place: NodePlace,
  needs: Needs,
): Other | null {
  const { hours, prices, roofOf, options } = parts;
  const { gpuModel, kind } = hours[scope[0]!]!;
  const roof = roofOf(gpuModel);
  const current = Number(prices.onDemand(place, gpuModel)!);
  if (roof === null) return null;
  const others = prices.offered(place).flatMap((other): Other[] => {
    const otherRoof = roofOf(other);
    const perGpuHour = prices.onDemand(place, other);
    if (other === gpuModel || BESIDE_ARM.test(other) || otherRoof === null || perGpuHour === null) return [];
    if (!fitsMemory(needs.memoryGib, otherRoof)) return [];
    const speed = speedOn(parts, scope, other, roof, otherRoof);
    const common = { gpuModel: other, perGpuHour, speed, breakEvenSpeed: Number(perGpuHour) / current };
    if (keepsItsHours(kind)) {
      // Whoever answers people must keep up, even if the estimate was too high.
      if (needs.busyP99 / speed.low > options.busyBound) return [];
      return [{ ...common, costPerHour: Number(perGpuHour) }];
    }
    return [{ ...common, costPerHour: Number(perGpuHour) / speed.expected }];
  });
  const saving = others.filter(({ costPerHour }) => costPerHour <= current * (1 - options.leastShare));
  const safe = saving.filter((other) => isSafe(other, kind));
  return cheapest(safe.length > 0 ? safe : saving);
}

function cheapest(others: readonly Other[]): Other | null {
  return others.reduce<Other | null>(
    (least, other) => (least === null || other.costPerHour < least.costPerHour ? other : least),
    null,
  );
}

/** Even at the slowest estimate it costs no more; whoever is on for as long as ever pays by the hour alone. */
function isSafe({ speed, breakEvenSpeed }: Other, kind: string): boolean {
  return keepsItsHours(kind) || speed.low >= breakEvenSpeed;
}

function keepsItsHours(kind: string): boolean {
  return kind === 'inference' || kind === 'notebook';
}

function speedOn(
  { hours, speeds }: RightSizeParts,
  scope: readonly number[],
  other: string,
  roof: Roof,
  otherRoof: Roof,
): Speed {
  const { workload, gpuModel } = hours[scope[0]!]!;
  const measured = speeds.ratio(workload, gpuModel, other);
  if (measured !== null) {
    const { ratio, runs } = measured;
    return {
      low: ratio,
      expected: ratio,
      high: ratio,
      source: `measured on ${runs} of its runs`,
      isMeasured: true,
    };
  }
  const { low, expected, high, basis } = estimateSpeed(roof, otherRoof);
  return { low, expected, high, source: `estimated by ${basis}`, isMeasured: false };
}

function proposalOf(
  { hours }: RightSizeParts,
  scope: readonly number[],
  { provider }: NodePlace,
  needs: Needs,
  other: Other,
): PricedProposal {
  const { gpuModel: to, perGpuHour, speed, breakEvenSpeed } = other;
  const first = hours[scope[0]!]!;
  const { workload, gpuModel: from, kind } = first;
  const keepsHours = keepsItsHours(kind);
  const speedPpm = keepsHours ? BigInt(PPM) : BigInt(Math.max(1, Math.round(speed.expected * PPM)));
  return {
    lever: 'right-size',
    target: workload,
    owner: first.team,
    replay: (residual) => movesOf(scope, residual, { from, to, perGpuHour, speedPpm }),
    scope,
    isTradeOff: true,
    markets: [marketName(provider, from), marketName(provider, to)],
    needsQuality: false,
    risk: speed.isMeasured || keepsHours ? 'medium' : 'high',
    facts: [
      `it needs at most ${needs.memoryGib.toFixed(1)} GiB and is busy for at most ${Math.round(100 * needs.busyP99)} % of the time, at the 99th percentile of ${needs.samples} samples`,
      `${to} is ${speed.expected.toFixed(2)} times as fast (${speed.low.toFixed(2)} to ${speed.high.toFixed(2)}), ${speed.source}`,
    ],
    assumptions: [
      'as many GPUs of the other kind, with a tenth of memory to spare',
      keepsHours ? 'it is on for as many hours' : 'it takes as much longer as the GPU is slower',
      'the other kind is there when it is asked for',
    ],
    action: `run ${workload} on ${to} instead of ${from}`,
    rows: needs.samples,
    change: { kind: 'other-gpu', workload, from, to, provider },
    // A range that reaches into a loss is a reason to try it, not to count on it.
    ...(isSafe(other, kind)
      ? {}
      : {
          toMeasure: `run it on ${to} once and compare its GPU-hours: it is estimated at ${speed.expected.toFixed(2)} times the speed of ${from} (${speed.low.toFixed(2)} to ${speed.high.toFixed(2)}), and costs less above ${breakEvenSpeed.toFixed(2)}`,
        }),
  };
}

type Switch = Readonly<{ from: string; to: string; perGpuHour: Picos; speedPpm: bigint }>;

function movesOf(
  scope: readonly number[],
  { picos, ticks, gpuModel, lifecycle }: Residual,
  { from, to, perGpuHour, speedPpm }: Switch,
): Move[] {
  return scope.flatMap((index) => {
    if (gpuModel[index] !== from || lifecycle[index] !== 'on_demand') return [];
    const needed = (ticks[index]! * BigInt(PPM)) / speedPpm;
    const saved = picos[index]! - (needed * perGpuHour) / TICKS_PER_GPU_HOUR;
    return saved > 0n ? [{ index, picos: saved, ticks: needed, gpuModel: to }] : [];
  });
}
