import { groupBy } from '../../collections/group-by.ts';
import type { Lifecycle } from '../../facts/facts.ts';
import { BUCKETS, grossOf } from '../../ledger/buckets.ts';
import type { HolderHour, RunSpan } from '../../levers/holder-hour.ts';
import type { Picos } from '../../money/picos.ts';
import { type OwnerRules, resolveOwner } from '../../ownership/owner.ts';
import { type EpochMs, HOUR_MS, type TimeWindow } from '../../time/window.ts';
import { PARTS_PER_GPU, TICKS_PER_GPU_HOUR } from '../../units/gpu-time.ts';
import type { GpuFacts } from '../gpu-facts.ts';
import { statedFacts } from '../label-facts.ts';
import type { Copies, Launch, LaunchPart } from '../launch.ts';
import {
  type ExpectedHours,
  estimateCost,
  type LaunchEstimate,
  type LaunchPrice,
} from '../launch-estimate.ts';
import { modelSize } from '../model-size.ts';
import { type GpusAtOnce, type HeldGpu, mostAtOnce } from './held-gpus.ts';
import { findIdleHours, type IdleHours } from './idle-hours.ts';
import type { DevicePlace, PastHold, PastHolders, PastWorkload } from './past-holders.ts';
import type { PastFact, PastLaunch, PastReceipt } from './past-launch.ts';

export type PastParts = Readonly<{
  holders: PastHolders;
  /** The ledger of the window. */
  hours: readonly HolderHour[];
  runs: readonly RunSpan[];
  window: TimeWindow;
  /** Until when is known what was held. */
  untilMs: EpochMs;
  owners: OwnerRules;
  gpus: GpuFacts;
  currency: string;
}>;

/** As long as nothing that stands still is called forgotten: who kept its GPUs through that does not scale to zero. */
const KEPT_IDLE_HOURS = 2;

/**
 * The launches that held GPUs in a window. The attempts of a run are one launch; so are the pods of a service or of a notebook, which come and go under one
 * name; so are pods of other work of one name, as long as no hour lies between them. What watches over the fleet was launched by nobody.
 */
export function rebuildLaunches(parts: PastParts): readonly PastLaunch[] {
  const { holders, hours, runs } = parts;
  const hoursOf = groupBy(hours, ({ workloadId }) => workloadId);
  const holdsOf = groupBy(holders.holds, ({ workloadId }) => workloadId);
  const placesOf = groupBy(holders.places, ({ deviceId }) => deviceId);
  const runOf = findRuns(runs);
  const members = holders.workloads
    .filter(({ kind, workloadId }) => kind !== 'system' && holdsOf.has(workloadId))
    .map((workload) => ({
      workload,
      run: runOf.get(workload.workloadId) ?? null,
      holds: holdsOf.get(workload.workloadId)!,
      hours: hoursOf.get(workload.workloadId) ?? [],
    }));
  return [...groupBy(members, keyOf).values()]
    .flatMap(splitAtGaps)
    .map((group) => rebuild(parts, group, placesOf))
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

type Member = Readonly<{
  workload: PastWorkload;
  run: RunSpan | null;
  holds: readonly PastHold[];
  hours: readonly HolderHour[];
}>;

/** Of workloads that belong to one run. What several share is a launch of its own, that the runs came to. */
function findRuns(runs: readonly RunSpan[]): ReadonlyMap<string, RunSpan> {
  const found = new Map<string, RunSpan>();
  for (const [workloadId, own] of groupBy(runs, (run) => run.workloadId)) {
    if (workloadId !== null && new Set(own.map(({ runId }) => runId)).size === 1)
      found.set(workloadId, own.at(-1)!);
  }
  return found;
}

function keyOf({ workload, run }: Member): string {
  if (run !== null) return JSON.stringify(['run', run.runId]);
  const { kind, name, attributes } = workload;
  return JSON.stringify([kind, attributes['namespace'] ?? null, name]);
}

const COMES_AND_GOES = new Set(['inference', 'notebook']);

function splitAtGaps(group: readonly Member[]): (readonly Member[])[] {
  const [first] = group;
  if (first!.run !== null || COMES_AND_GOES.has(first!.workload.kind)) return [group];
  const found: Member[][] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const member of group.toSorted((a, b) => startOf(a.holds) - startOf(b.holds))) {
    if (startOf(member.holds) - endMs >= HOUR_MS) found.push([]);
    found.at(-1)!.push(member);
    endMs = Math.max(endMs, endOf(member.holds) ?? Number.POSITIVE_INFINITY);
  }
  return found;
}

function rebuild(
  parts: PastParts,
  group: readonly Member[],
  placesOf: ReadonlyMap<string, readonly DevicePlace[]>,
): PastLaunch {
  const { window, untilMs, owners, gpus, currency } = parts;
  const { workload, run } = group[0]!;
  const holds = group.flatMap((member) => member.holds);
  const hours = group.flatMap((member) => member.hours).toSorted((a, b) => a.hourMs - b.hourMs);
  const places = placed(holds, placesOf, window, untilMs);
  const most = mostAtOnce(places);
  const idle = findIdleHours(hours);
  const startMs = startOf(holds);
  const endMs = endOf(holds);
  const isOlder = startMs < window.fromMs;
  const unknown = new Map<PastFact, string>();
  const launch = launchOf(workload, run, places, most, idle, hours, unknown);
  const owner = resolveOwner(owners, workload.attributes);
  const estimate = estimateOf(launch, hours, holds, unknown, isOlder);
  const variants = variantsOf(places).map(({ lifecycle, region }) => ({
    launch: { ...launch, lifecycle, region },
    owner,
    estimate,
    gpus,
    currency,
  }));
  if (variants.some((variant) => variant.launch.region === null))
    unknown.set('region', 'no source says in which region its nodes are');
  return {
    id: run?.runId ?? group.map((member) => member.workload.workloadId).toSorted()[0]!,
    receipt: receiptOf(workload, run),
    variants: variants as unknown as PastLaunch['variants'],
    unknown,
    hours,
    idle,
    startMs,
    endMs: endMs !== null && endMs <= untilMs ? endMs : null,
    isOlder,
  };
}

function receiptOf({ kind, name }: PastWorkload, run: RunSpan | null): PastReceipt {
  if (run !== null) return { kind: 'run', name: run.runId };
  return { kind: kind === 'inference' ? 'endpoint' : 'workload', name };
}

type Placed = HeldGpu & Readonly<{ place: DevicePlace }>;

/** Each hold where its device was for the longest of it, in parts of a GPU: a share of a slice is a share of a part. */
function placed(
  holds: readonly PastHold[],
  placesOf: ReadonlyMap<string, readonly DevicePlace[]>,
  { fromMs, toMs }: TimeWindow,
  untilMs: EpochMs,
): Placed[] {
  return holds.flatMap((hold) => {
    const startMs = Math.max(hold.startMs, fromMs);
    const endMs = Math.min(hold.endMs ?? untilMs, toMs);
    const overlap = (place: DevicePlace) =>
      Math.min(endMs, place.endMs ?? endMs) - Math.max(startMs, place.startMs);
    const [place] = (placesOf.get(hold.deviceId) ?? []).toSorted((a, b) => overlap(b) - overlap(a));
    if (place === undefined || endMs <= startMs) return [];
    const gpuParts = Math.round((hold.shareParts * place.gpuParts) / PARTS_PER_GPU);
    return [{ workloadId: hold.workloadId, node: place.node, parts: gpuParts, startMs, endMs, place }];
  });
}

function launchOf(
  workload: PastWorkload,
  run: RunSpan | null,
  held: readonly Placed[],
  most: GpusAtOnce,
  idle: IdleHours,
  hours: readonly HolderHour[],
  unknown: Map<PastFact, string>,
): Omit<Launch, 'lifecycle' | 'region'> {
  const { kind, name, attributes } = workload;
  const isContinuous = COMES_AND_GOES.has(kind);
  const stated = statedFacts(labelsOf(attributes));
  const model = stated.modelParameters ?? attributes['label:model'] ?? attributes['tag:model'] ?? null;
  const size = model === null ? null : modelSize(model);
  const models = distinct(held.map(({ place }) => place.gpuModel));
  const provider = only(held.map(({ place }) => place.provider));
  const resourceKind = attributes['controllerKind'] ?? null;
  const note = (fact: PastFact, isUnknown: boolean, why: string) => isUnknown && unknown.set(fact, why);
  note('gpuModel', models.length === 0 || models.includes(''), 'no source says which GPU it had');
  note('provider', provider === null, 'no source says whose nodes they are');
  note('queue', (run?.queue ?? null) === null, 'no source says in which queue it waited');
  note('resource', resourceKind === null, 'no source says what kind of object it was');
  note('file', true, 'it is rebuilt from what it held, and not from a file');
  note('labels', !hasLabels(attributes), 'no source told any of its labels');
  note('timeLimit', !isContinuous, 'no source says which time limit it had');
  note('idleLimit', stated.idleLimitHours === null, 'no source says what would have stopped it');
  note('modelSize', size === null, 'nothing that is known says how large its model is');
  return {
    file: '',
    line: 0,
    resourceKind: resourceKind ?? '',
    kind,
    name: run?.name ?? name,
    namespace: attributes['namespace'] ?? null,
    queue: run?.queue ?? null,
    attributes,
    ...shapeOf(kind, models, held, most, idle, hours, unknown),
    isContinuous,
    provider,
    limitHours: null,
    expectedHours: stated.expectedHours,
    idleLimitHours: stated.idleLimitHours,
    isInterruptible: stated.isInterruptible,
    isLatencyCritical: stated.isLatencyCritical,
    modelSize: size,
    lines: {},
  };
}

/** A service is as many copies of its pods as there were; anything else is one, on the nodes where most was held. */
function shapeOf(
  kind: PastWorkload['kind'],
  gpuModels: readonly string[],
  held: readonly Placed[],
  most: GpusAtOnce,
  idle: IdleHours,
  hours: readonly HolderHour[],
  unknown: Map<PastFact, string>,
): Readonly<{ parts: readonly LaunchPart[]; copies: Copies }> {
  const instanceType = only(held.map(({ place }) => place.instanceType));
  const part = (gpusPerNode: number, nodes: number): LaunchPart => {
    return { name: '', gpuModels, instanceType, gpusPerNode, nodes, nodesMin: nodes, nodesMax: nodes };
  };
  const isService = COMES_AND_GOES.has(kind);
  if (isService) {
    unknown.set('replicas', 'no source says how many copies it may have');
    unknown.set('autoscaling', 'no source says what changes the number of its copies');
  }
  const sizes = groupBy(isService ? most.perHolder : most.perNode, (gpus) => gpus);
  const parts = [...sizes].map(([gpus, alike]) => part(gpus, alike.length));
  const [one, ...others] = parts;
  const isAlike = isService && one !== undefined && others.length === 0;
  const wasAtZero = isService && hasGap(hours);
  if (isService && !wasAtZero && idle.certain < KEPT_IDLE_HOURS)
    unknown.set('scaleToZero', 'it never had an idle hour to go to zero in');
  const least = wasAtZero ? 0 : 1;
  const most1 = isAlike ? one.nodes : 1;
  return {
    parts: isAlike ? [part(one.gpusPerNode, 1)] : parts,
    copies: { stated: most1, min: isService ? least : 1, max: most1, isAutoscaled: false },
  };
}

/** Whether there was an hour between others in which it held nothing. */
function hasGap(hours: readonly HolderHour[]): boolean {
  const times = distinct(hours.map(({ hourMs }) => hourMs));
  return times.some((hourMs, index) => index > 0 && hourMs - times[index - 1]! > HOUR_MS);
}

type Variant = Readonly<{ lifecycle: Lifecycle; region: string | null }>;

function variantsOf(held: readonly Placed[]): readonly Variant[] {
  const found = groupBy(held, ({ place }) => JSON.stringify([place.lifecycle, place.region]));
  const variants = [...found.values()].map(([first]) => first!.place as Variant);
  return variants.length > 0 ? variants : [{ lifecycle: null as unknown as Lifecycle, region: null }];
}

/** What it cost, by what it held: exactly for a run that has ended, and by the price of a GPU-hour in the mean. */
function estimateOf(
  launch: Omit<Launch, 'lifecycle' | 'region'>,
  hours: readonly HolderHour[],
  holds: readonly PastHold[],
  unknown: Map<PastFact, string>,
  isOlder: boolean,
): LaunchEstimate {
  const whole = { ...launch, lifecycle: null, region: null };
  const ran = launch.isContinuous ? null : hoursRun(holds);
  if (!launch.isContinuous && ran === null) unknown.set('hours', 'it still runs');
  else if (isOlder && !launch.isContinuous) unknown.set('hours', 'it began before the window');
  const price = priceOf(launch, hours);
  if (price === null) {
    unknown.set('cost', 'some of its time has no price');
    return estimateCost(whole, null, ran);
  }
  const estimate = estimateCost(whole, price, ran);
  if (launch.isContinuous) return estimate;
  const spent = hours.reduce((sum, { cost }) => sum + grossOf(cost), 0n);
  return { ...estimate, perRun: { low: spent, expected: spent, high: spent } };
}

function hoursRun(holds: readonly PastHold[]): ExpectedHours | null {
  const endMs = endOf(holds);
  if (endMs === null) return null;
  const hours = (endMs - startOf(holds)) / HOUR_MS;
  return { low: hours, expected: hours, high: hours, basis: 'past_runs', detail: 'as it ran' };
}

function priceOf({ parts }: Pick<Launch, 'parts'>, hours: readonly HolderHour[]): LaunchPrice | null {
  const ticks = hours.reduce((sum, hour) => sum + grossOf(hour.ticks), 0n);
  if (ticks === 0n || hours.some(({ unpricedTicks }) => unpricedTicks > 0n)) return null;
  const picos: Picos = hours.reduce((sum, { cost }) => sum + grossOf(cost), 0n);
  const perGpuHour = (picos * TICKS_PER_GPU_HOUR) / ticks;
  return {
    perGpuHour: parts.map(() => perGpuHour),
    references: ['the ledger'],
    source: 'price_book',
    assumptions: [],
  };
}

/** As a manifest spells them: exporters write `tare_dev_idle_limit` for `tare.dev/idle-limit`. */
function labelsOf(attributes: PastWorkload['attributes']): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) {
    const name = key.replace(/^(label|tag|annotation):/, '');
    const stated = /^tare_dev_(.+)$/.exec(name)?.[1];
    labels[stated === undefined ? name : `tare.dev/${stated.replaceAll('_', '-')}`] = value;
  }
  return labels;
}

function hasLabels(attributes: PastWorkload['attributes']): boolean {
  return Object.keys(attributes).some((name) => /^(label|tag|annotation):/.test(name));
}

function startOf(holds: readonly PastHold[]): EpochMs {
  return holds.reduce((first, { startMs }) => Math.min(first, startMs), Number.POSITIVE_INFINITY);
}

function endOf(holds: readonly PastHold[]): EpochMs | null {
  return holds.reduce<EpochMs | null>(
    (last, { endMs }) => (last === null || endMs === null ? null : Math.max(last, endMs)),
    0,
  );
}

/** The one value of all, or `null` where they differ or are not known. */
function only(values: readonly (string | null)[]): string | null {
  const known = distinct(values);
  return known.length === 1 ? known[0]! : null;
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Costs and GPU time of some hours. */
export function sumHours(
  hours: Iterable<HolderHour>,
): Readonly<{ picos: Picos; idlePicos: Picos; ticks: bigint }> {
  let [picos, idlePicos, ticks] = [0n, 0n, 0n];
  for (const { cost, ticks: spent } of hours) {
    for (const bucket of BUCKETS) {
      picos += cost[bucket];
      ticks += spent[bucket];
    }
    idlePicos += cost.idle;
  }
  return { picos, idlePicos, ticks };
}
