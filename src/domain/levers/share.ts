import { groupBy } from '../collections/group-by.ts';
import { PPM } from '../units/gpu-time.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';
import { PAIR_SPEED, slowdownPpm } from './interference.ts';
import { type MigLayout, type MigProfile, migLayout, smallestProfile } from './mig-profiles.ts';
import { type Change, type Claim, type Proposal, smaller, takeOff } from './proposal.ts';

/** How much of one device one workload needs, by the 99th percentile of the samples taken while it held the device alone. */
export type UsageProfile = Readonly<{
  workloadId: string;
  deviceId: string;
  node: string;
  gpuModel: string;
  /** False for a slice. */
  isWholeGpu: boolean;
  deviceMemoryMib: number | null;
  samples: number;
  memoryP99Mib: number | null;
  /** Parts per million of the time in which a kernel ran. */
  busyP99Ppm: number | null;
  /** Parts per million of the chip; `null` when some sample had nothing better than the engine's activity. */
  effectiveP99Ppm: number | null;
}>;

export type ShareOptions = Readonly<{
  /** Memory to spare above the 99th percentile, as a factor. */
  memoryHeadroom: number;
  /** Tenants of a time-sliced GPU may be busy for this much of the time together, at their 99th percentiles. */
  busyBound: number;
  maxTenants: number;
  /** Fewer samples than this say nothing about a 99th percentile. */
  leastSamples: number;
}>;

export const DEFAULT_SHARE: ShareOptions = {
  memoryHeadroom: 1.15,
  busyBound: 0.9,
  maxTenants: 4,
  leastSamples: 100,
};

/** Training asks for all of a GPU sooner or later; whoever sizes it looks at its batch first. */
const SHAREABLE = ['inference', 'notebook', 'batch', 'system'];

type Tenant = Readonly<{ profile: UsageProfile; memoryMib: number; hours: readonly number[] }>;
type Bin = { tenants: Tenant[]; slices: MigProfile[]; busy: number; memoryMib: number };

/**
 * Workloads that need little of a GPU each, put together: on slices where the GPU can be cut, in time slices where it cannot. Largest
 * first into the first GPU with room. In every hour the dearest of those present pays for the GPU, and the others' are saved; in time
 * slices less what they slow each other by, as if the GPU were paid for so much longer.
 */
export function proposeShare(
  hours: readonly HolderHour[],
  profiles: readonly UsageProfile[],
  options: ShareOptions = DEFAULT_SHARE,
): Proposal[] {
  const hoursOf = groupBy(hours.keys(), (index) => hours[index]!.workloadId);
  const tenants = profiles
    .filter((profile) => isLight(profile, options))
    .map((profile) => ({
      profile,
      memoryMib: profile.memoryP99Mib! * options.memoryHeadroom,
      hours: (hoursOf.get(profile.workloadId) ?? []).filter(
        (index) => hours[index]!.node === profile.node && hours[index]!.gpuModel === profile.gpuModel,
      ),
    }))
    .filter(({ hours: own }) => own.length > 0 && SHAREABLE.includes(hours[own[0]!]!.kind));
  const places = groupBy(tenants, ({ hours: own, profile }) =>
    JSON.stringify([hours[own[0]!]!.pool, profile.gpuModel]),
  );
  return [...places.values()].flatMap((together) => {
    const layout = migLayout(together[0]!.profile.gpuModel);
    const bins = layout ? packSlices(together, layout) : packTimeSlices(together, options);
    return bins
      .filter(({ tenants: of }) => of.length > 1)
      .map((bin) => proposalOf(hours, bin, layout !== undefined, options));
  });
}

function isLight(profile: UsageProfile, { leastSamples, busyBound }: ShareOptions): boolean {
  const { isWholeGpu, samples, memoryP99Mib, busyP99Ppm } = profile;
  if (!isWholeGpu || samples < leastSamples || memoryP99Mib === null || busyP99Ppm === null) return false;
  return computeOf(profile) < busyBound;
}

/** Of the chip where a slice has its own part of it. */
function computeOf({ effectiveP99Ppm, busyP99Ppm }: UsageProfile): number {
  return (effectiveP99Ppm ?? busyP99Ppm!) / PPM;
}

function packSlices(tenants: readonly Tenant[], layout: MigLayout): Bin[] {
  const sized = tenants.flatMap((tenant) => {
    const slice = smallestProfile(layout, computeOf(tenant.profile), tenant.memoryMib);
    return slice && slice.compute < layout.compute ? [{ tenant, slice }] : [];
  });
  const bins: Bin[] = [];
  for (const { tenant, slice } of sized.sort(
    (a, b) => b.slice.compute - a.slice.compute || byName(a.tenant, b.tenant),
  )) {
    const free = bins.find(
      ({ slices }) =>
        total(slices, ({ compute }) => compute) + slice.compute <= layout.compute &&
        total(slices, ({ memory }) => memory) + slice.memory <= layout.memory,
    );
    const bin = free ?? openBin(bins);
    bin.tenants.push(tenant);
    bin.slices.push(slice);
  }
  return bins;
}

function packTimeSlices(tenants: readonly Tenant[], { busyBound, maxTenants }: ShareOptions): Bin[] {
  const bins: Bin[] = [];
  const busyOf = ({ profile }: Tenant) => profile.busyP99Ppm! / PPM;
  for (const tenant of tenants.toSorted((a, b) => busyOf(b) - busyOf(a) || byName(a, b))) {
    const capacityMib = tenant.profile.deviceMemoryMib;
    if (capacityMib === null) continue;
    const free = bins.find(
      (bin) =>
        bin.tenants.length < maxTenants &&
        bin.busy + busyOf(tenant) <= busyBound &&
        bin.memoryMib + tenant.memoryMib <= capacityMib,
    );
    const bin = free ?? openBin(bins);
    bin.tenants.push(tenant);
    bin.busy += busyOf(tenant);
    bin.memoryMib += tenant.memoryMib;
  }
  return bins;
}

function openBin(bins: Bin[]): Bin {
  const bin: Bin = { tenants: [], slices: [], busy: 0, memoryMib: 0 };
  bins.push(bin);
  return bin;
}

function byName(a: Tenant, b: Tenant): number {
  const name = ({ profile }: Tenant) => `${profile.workloadId}/${profile.deviceId}`;
  return name(a) < name(b) ? -1 : 1;
}

function total<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function proposalOf(
  hours: readonly HolderHour[],
  bin: Bin,
  isMig: boolean,
  { busyBound, memoryHeadroom }: ShareOptions,
): Proposal {
  const lastHours = bin.tenants.map(({ hours: own }) => hours[own.at(-1)!]!);
  const names = [...new Set(lastHours.map(({ workload }) => workload))];
  const owners = [...new Set(lastHours.map(({ team }) => team))];
  const { gpuModel } = bin.tenants[0]!.profile;
  const scope = [...new Set(bin.tenants.flatMap(({ hours: own }) => own))].sort((a, b) => a - b);
  const how = isMig ? `slices ${bin.slices.map(({ name }) => name).join(', ')}` : 'time slices (or MPS)';
  const change: Change = isMig
    ? { kind: 'mig', gpuModel, gpus: [bin.slices.map(({ name }) => name)] }
    : { kind: 'time-slicing', gpuModel, tenants: bin.tenants.length };
  return {
    lever: 'share',
    target: names.join(', '),
    owner: owners.length === 1 ? owners[0]! : 'several',
    replay: (left) => claimsOf(hours, bin.tenants, isMig, left),
    scope,
    cause: null,
    risk: isMig ? 'low' : 'medium',
    facts: bin.tenants.map(({ profile }, index) => describe(lastHours[index]!.workload, profile)),
    assumptions: [
      `memory: the 99th percentile × ${memoryHeadroom}`,
      isMig
        ? 'a slice has its compute and memory to itself: tenants do not slow each other'
        : `tenants are busy for at most ${Math.round(busyBound * 100)} % of the time together, at their 99th percentiles: beyond that they wait for each other`,
      ...(isMig ? [] : [interferenceText(bin.tenants.length)]),
      'GPUs that become free stop costing money, or are taken by work that would have been paid for elsewhere',
    ],
    action: `put ${names.join(', ')} on one ${gpuModel}, in ${how}`,
    rows: bin.tenants.reduce((sum, { profile }) => sum + profile.samples, 0),
    change,
  };
}

/** Measured on pairs of training jobs; light endpoints meet more rarely, and nobody has measured them. */
function interferenceText(tenants: number): string {
  const percent = (pairSpeed: number) => Number((slowdownPpm(tenants, pairSpeed) * 100n) / BigInt(PPM));
  return `${tenants} tenants slow each other by ${percent(PAIR_SPEED.mean)} % while all are there, as measured pairs of jobs did on average (${percent(PAIR_SPEED.worstTenth)} % in the worst tenth): taken off the saving`;
}

function describe(workload: string, profile: UsageProfile): string {
  const { memoryP99Mib, deviceMemoryMib, busyP99Ppm, effectiveP99Ppm } = profile;
  const percent = (ppm: number) => `${(ppm / 10_000).toFixed(0)} %`;
  const chip = effectiveP99Ppm === null ? '' : `, ${percent(effectiveP99Ppm)} of the chip`;
  const memory = `${(memoryP99Mib! / 1024).toFixed(1)}${deviceMemoryMib === null ? '' : ` of ${(deviceMemoryMib / 1024).toFixed(0)}`} GiB`;
  return `${workload}: 99 % of the time at most ${percent(busyP99Ppm!)} busy${chip}, ${memory}`;
}

function claimsOf(
  hours: readonly HolderHour[],
  tenants: readonly Tenant[],
  isMig: boolean,
  left: readonly bigint[],
): Claim[] {
  const present = groupBy(
    tenants.flatMap(({ hours: own }) =>
      own.map((index) => ({ index, picos: perDevice(hours[index]!, left[index]!) })),
    ),
    ({ index }) => hours[index]!.hourMs,
  );
  return [...present.values()].flatMap((together) => {
    const [kept, ...saved] = together.sort((a, b) =>
      a.picos === b.picos ? a.index - b.index : a.picos > b.picos ? -1 : 1,
    );
    if (!isMig) takeOff(saved, (kept!.picos * slowdownPpm(together.length)) / BigInt(PPM));
    return saved;
  });
}

/** An hour may be about several devices of the workload, of which a tenant is one. */
function perDevice(hour: HolderHour, left: bigint): bigint {
  const own = grossPicos(hour) / BigInt(Math.max(1, hour.devices));
  const share = left / BigInt(Math.max(1, hour.devices));
  return smaller(share, own);
}
