import { groupBy } from '../collections/group-by.ts';
import type { Picos } from '../money/picos.ts';
import { estimateSpeed, fitsMemory, type Roof } from '../simulation/rightsize/roofline.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';
import type { MarketPrices, PlaceOfHour } from './market.ts';
import type { NodePlace } from './node-place.ts';
import type { Move, Residual } from './plan-lever.ts';
import type { UsageProfile } from './share.ts';

/** How fast the same work went on other kinds of GPU. */
export type MeasuredSpeeds = Readonly<{
  /** Speed on `to` ÷ speed on `from`; `null` where it was not measured on both, 0 where it was tried and does not run. */
  ratio(workload: string, from: string, to: string): MeasuredRatio | null;
}>;

/** `source` in words that follow a speed: `measured on 4 of its runs`. */
export type MeasuredRatio = Readonly<{ ratio: number; source: string }>;

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
  /** Of endpoints: measured, and what was promised to 99 % of requests. */
  latencyOf: (workload: string) => Readonly<{ p99Ms: number | null; limitMs: number | null }>;
  options: RightSizeOptions;
}>;

/** What a workload needed at most of any of its devices. */
export type Needs = Readonly<{ memoryGib: number; busyP99: number; samples: number }>;

export type Speed = Readonly<{
  low: number;
  expected: number;
  high: number;
  source: string;
  isMeasured: boolean;
}>;

/** Why a kind of GPU is none for a workload. */
export type HardwareRefusal =
  | 'no-needs'
  | 'no-price'
  | 'no-specification'
  | 'arm'
  | 'no-memory'
  | 'does-not-run'
  | 'too-busy'
  | 'too-slow';

export type HardwareOption = Readonly<{
  gpuModel: string;
  isCurrent: boolean;
  roof: Roof | null;
  perGpuHour: Picos | null;
  /** Against the present one. */
  speed: Speed | null;
  /** With a tenth of memory to spare; `null` where too little is known. */
  fits: boolean | null;
  /** Of an endpoint, at the slowest estimate. */
  busyP99: number | null;
  p99Ms: Readonly<{ expected: number; worst: number }> | null;
  /** For the work of an hour on the present GPU: what it costs ÷ picos, an estimate. */
  costPerHour: number | null;
  /** The speed at which it costs as much as the present one. */
  breakEvenSpeed: number | null;
  refusal: HardwareRefusal | null;
}>;

/** One workload of one owner on one kind of GPU at one provider, beside all kinds that are offered there. */
export type HardwareTarget = Readonly<{
  scope: readonly number[];
  place: NodePlace | null;
  needs: Needs | null;
  /** The present one first; empty where nobody knows where it runs or what it costs there. */
  options: readonly HardwareOption[];
  /** The one to change to; `null` where none saves enough. */
  choice: HardwareOption | null;
}>;

/**
 * Every kind of GPU that the provider of a workload offers, judged by its memory, its speed and its price. Jobs run longer or shorter
 * on another one, by what was measured, or else by the roofs of the two chips, whose range is stated. Endpoints are on for as long as
 * they are, and have to keep up at the slowest estimate.
 */
export function weighHardware(parts: RightSizeParts): HardwareTarget[] {
  const { hours, placeOf, prices } = parts;
  const rented = [...hours.keys()].filter((index) => {
    const { lifecycle, workloadId, kind } = hours[index]!;
    return lifecycle === 'on_demand' && workloadId !== '' && kind !== 'system';
  });
  const targets = groupBy(rented, (index) => {
    const { workload, team, gpuModel } = hours[index]!;
    return JSON.stringify([workload, team, gpuModel, placeOf(hours[index]!)?.provider ?? null]);
  });
  return [...targets.values()].map((scope) => {
    const { gpuModel } = hours[scope[0]!]!;
    const place = placeOf(hours[scope[0]!]!);
    const needs = needsOf(parts, scope);
    if (place === null || prices.onDemand(place, gpuModel) === null)
      return { scope, place, needs, options: [], choice: null };
    const models = [gpuModel, ...prices.offered(place).filter((other) => other !== gpuModel)];
    const options = models.map((model) => optionOf(parts, { scope, place, needs }, model));
    return { scope, place, needs, options, choice: choose(parts, scope, options) };
  });
}

export function keepsItsHours(kind: string): boolean {
  return kind === 'inference' || kind === 'notebook';
}

/** Even at the slowest estimate it costs no more; whoever is on for as long as ever pays by the hour alone. */
export function isSafe({ speed, breakEvenSpeed }: HardwareOption, kind: string): boolean {
  return keepsItsHours(kind) || (speed !== null && breakEvenSpeed !== null && speed.low >= breakEvenSpeed);
}

export type Switch = Readonly<{ from: string; to: string; perGpuHour: Picos; speedPpm: bigint }>;

/** From the present kind to another; `null` where it has no price or no speed. */
export function switchTo(from: string, kind: string, other: HardwareOption): Switch | null {
  const { gpuModel: to, perGpuHour, speed } = other;
  if (perGpuHour === null || speed === null || speed.expected <= 0) return null;
  const ppm = keepsItsHours(kind) ? PPM : Math.max(1, Math.round(speed.expected * PPM));
  return { from, to, perGpuHour, speedPpm: BigInt(ppm) };
}

/** The hours that cost less on the other kind. */
export function switchMoves(
  scope: readonly number[],
  { picos, ticks, gpuModel, lifecycle }: Residual,
  { from, to, perGpuHour, speedPpm }: Switch,
): Move[] {
  return scope.flatMap((index) => {
    if (gpuModel[index] !== from || lifecycle[index] !== 'on_demand') return [];
    const needed = ticksOn(ticks[index]!, speedPpm);
    const saved = picos[index]! - costOf(needed, perGpuHour);
    return saved > 0n ? [{ index, picos: saved, ticks: needed, gpuModel: to }] : [];
  });
}

/** What all hours would cost on the other kind, cheaper or not. */
export function switchCost(
  scope: readonly number[],
  ticks: Residual['ticks'],
  { perGpuHour, speedPpm }: Switch,
): Picos {
  return scope.reduce((sum, index) => sum + costOf(ticksOn(ticks[index]!, speedPpm), perGpuHour), 0n);
}

function ticksOn(ticks: bigint, speedPpm: bigint): bigint {
  return (ticks * BigInt(PPM)) / speedPpm;
}

function costOf(ticks: bigint, perGpuHour: Picos): Picos {
  return (ticks * perGpuHour) / TICKS_PER_GPU_HOUR;
}

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

/** GPUs beside ARM processors: images of other machines do not run there. */
const BESIDE_ARM = /^(T4G|GH200|GB\d+)/;

type About = Readonly<{ scope: readonly number[]; place: NodePlace; needs: Needs | null }>;

function optionOf(parts: RightSizeParts, { scope, place, needs }: About, gpuModel: string): HardwareOption {
  const { hours, prices, roofOf, latencyOf } = parts;
  const { workload, kind, gpuModel: present } = hours[scope[0]!]!;
  const isCurrent = gpuModel === present;
  const roof = roofOf(gpuModel);
  const perGpuHour = prices.onDemand(place, gpuModel);
  const current = Number(prices.onDemand(place, present)!);
  const speed = isCurrent ? PRESENT : speedOn(parts, workload, present, gpuModel);
  const { p99Ms, limitMs } = latencyOf(workload);
  const runs = speed !== null && speed.expected > 0;
  const option = {
    gpuModel,
    isCurrent,
    roof,
    perGpuHour,
    speed,
    fits: isCurrent ? true : needs && roof && fitsMemory(needs.memoryGib, roof),
    busyP99: needs !== null && runs && keepsItsHours(kind) ? needs.busyP99 / speed.low : null,
    p99Ms: p99Ms !== null && runs ? { expected: p99Ms / speed.expected, worst: p99Ms / speed.low } : null,
    costPerHour:
      perGpuHour === null || !runs
        ? null
        : keepsItsHours(kind)
          ? Number(perGpuHour)
          : Number(perGpuHour) / speed.expected,
    breakEvenSpeed: perGpuHour === null ? null : Number(perGpuHour) / current,
  };
  return { ...option, refusal: isCurrent ? null : refusalOf(parts, { needs, option, kind, limitMs }) };
}

const PRESENT: Speed = { low: 1, expected: 1, high: 1, source: 'as it runs', isMeasured: true };

type Asked = Readonly<{
  needs: Needs | null;
  option: Omit<HardwareOption, 'refusal'>;
  kind: string;
  limitMs: number | null;
}>;

function refusalOf(
  { options }: RightSizeParts,
  { needs, option, kind, limitMs }: Asked,
): HardwareRefusal | null {
  const { gpuModel, perGpuHour, roof, fits, speed, busyP99, p99Ms } = option;
  if (BESIDE_ARM.test(gpuModel)) return 'arm';
  if (perGpuHour === null) return 'no-price';
  if (roof === null || speed === null) return 'no-specification';
  if (needs === null) return 'no-needs';
  if (!fits) return 'no-memory';
  if (speed.expected <= 0) return 'does-not-run';
  if (!keepsItsHours(kind)) return null;
  // Whoever answers people must keep up, even if the estimate was too high.
  if (busyP99! > options.busyBound) return 'too-busy';
  return limitMs !== null && p99Ms !== null && p99Ms.worst > limitMs ? 'too-slow' : null;
}

/** Measured, or estimated by the roofs of both chips; `null` where one of them is not known. */
function speedOn(
  { speeds, roofOf }: RightSizeParts,
  workload: string,
  present: string,
  other: string,
): Speed | null {
  const measured = speeds.ratio(workload, present, other);
  if (measured !== null) {
    const { ratio, source } = measured;
    return { low: ratio, expected: ratio, high: ratio, source, isMeasured: true };
  }
  const [roof, otherRoof] = [roofOf(present), roofOf(other)];
  if (roof === null || otherRoof === null) return null;
  const { low, expected, high, basis } = estimateSpeed(roof, otherRoof);
  return { low, expected, high, source: `estimated by ${basis}`, isMeasured: false };
}

/** The cheapest that saves enough; of those that do so even at the slowest estimate, if there are any. */
function choose(
  { hours, options: { leastShare } }: RightSizeParts,
  scope: readonly number[],
  options: readonly HardwareOption[],
): HardwareOption | null {
  const [present, ...others] = options;
  const { kind } = hours[scope[0]!]!;
  const most = Number(present!.perGpuHour!) * (1 - leastShare);
  const saving = others.filter(
    ({ refusal, costPerHour }) => refusal === null && costPerHour !== null && costPerHour <= most,
  );
  const safe = saving.filter((other) => isSafe(other, kind));
  return cheapestOf(safe.length > 0 ? safe : saving);
}

/** The first one of equals; `null` of none. */
export function cheapestOf(options: readonly HardwareOption[]): HardwareOption | null {
  return options.reduce<HardwareOption | null>(
    (least, one) =>
      one.refusal === null &&
      one.costPerHour !== null &&
      (least === null || one.costPerHour < least.costPerHour!)
        ? one
        : least,
    null,
  );
}
