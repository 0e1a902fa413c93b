import { type CapacityFact, type FactBatch, LIFECYCLES } from '../../domain/facts/facts.ts';
import { resourceKey } from '../../domain/fleet/resource-key.ts';
import { ownText } from '../../domain/text/own-text.ts';
import { PARTS_PER_GPU, ticksToHours, toParts } from '../../domain/units/gpu-time.ts';
import { fileSource } from '../../files/file-source.ts';
import { openRows, readRows, warn } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { GpuSpec, HardwareCatalog, InstanceShape } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';

const BATCH_FACTS = 5_000;

const COLUMNS = [
  {
    name: 'device',
    isRequired: false,
    meaning: 'id of the GPU or MIG slice; without it the devices of a row are called NODE:0, NODE:1 …',
  },
  { name: 'node', isRequired: false, meaning: 'machine that holds the device; the device itself when blank' },
  {
    name: 'gpuModel',
    isRequired: false,
    meaning: 'GPU model in any usual spelling; the instance type says it too',
  },
  {
    name: 'start',
    isRequired: true,
    meaning: 'from when on it is paid for: ISO 8601, or seconds (below 1e11) or milliseconds since 1970',
  },
  { name: 'end', isRequired: false, meaning: 'until when; blank when it is still paid for' },
  {
    name: 'gpuFraction',
    isRequired: false,
    meaning: 'share of a GPU that the device is (0–1]; 1 when blank',
  },
  { name: 'migProfile', isRequired: false, meaning: 'MIG profile instead of a fraction, such as 1g.10gb' },
  {
    name: 'count',
    isRequired: false,
    meaning: 'devices that the row stands for; as many as the instance type has, or 1, when blank',
  },
  {
    name: 'lifecycle',
    isRequired: false,
    meaning: `how it is paid: ${LIFECYCLES.join(', ')}; when blank on_demand with a provider or instance type, otherwise owned`,
  },
  {
    name: 'provider',
    isRequired: false,
    meaning: 'cloud, such as aws, azure, gcp; the instance type says it too',
  },
  { name: 'region', isRequired: false, meaning: 'region of the cloud' },
  { name: 'instanceType', isRequired: false, meaning: 'machine type of the cloud, such as p4d.24xlarge' },
  { name: 'pool', isRequired: false, meaning: 'node pool or partition' },
  { name: 'resourceId', isRequired: false, meaning: 'id of the machine on the bill: joins charges to it' },
  {
    name: 'memoryMib',
    isRequired: false,
    meaning: 'memory of the device, MiB; from the GPU model when blank',
  },
  { name: 'account', isRequired: false, meaning: 'account that pays' },
  { name: 'team', isRequired: false, meaning: 'owner of the machine, kept as node:team' },
  { name: 'model', isRequired: false, meaning: 'kept as node:model' },
  { name: 'environment', isRequired: false, meaning: 'kept as node:environment' },
  { name: 'namespace', isRequired: false, meaning: 'kept as node:namespace' },
] as const;

const OWNER_ATTRIBUTES = {
  team: 'node:team',
  model: 'node:model',
  environment: 'node:environment',
  namespace: 'node:namespace',
  pool: 'node:pool',
  account: 'account',
} as const;

/** What is paid for, in a table: one row per device, or per machine with a count. */
export function createCapacitySource({ catalog }: Readonly<{ catalog: HardwareCatalog }>): FileSource {
  return fileSource(
    {
      kind: 'capacity',
      summary: 'what is paid for: a table of devices or machines with start and end',
      columns: COLUMNS,
    },
    (path, options, summary) => readCapacity(path, options, summary, catalog),
  );
}

async function* readCapacity(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const devices = new Set<string>();
  let ticks = 0n;
  let openIntervals = 0;
  let capacity: CapacityFact[] = [];
  for await (const facts of readRows(rows, summary, (reader) => readCapacityRow(reader, catalog))) {
    for (const fact of facts) {
      if (!devices.has(fact.deviceId)) devices.add(ownText(fact.deviceId));
      if (fact.endMs === null) openIntervals += 1;
      if (fact.gpuModel === 'unknown') warnUnknownModel(summary);
      ticks += ticksOf(fact, options.nowMs);
      capacity.push(fact);
    }
    if (capacity.length >= BATCH_FACTS) {
      yield { capacity };
      capacity = [];
    }
  }
  yield { capacity };
  summary.totals = { devices: devices.size, gpuHours: ticksToHours(ticks), openIntervals };
}

function readCapacityRow(reader: RowReader, catalog: HardwareCatalog): CapacityFact[] {
  const instanceType = reader.text('instanceType');
  const shape = instanceType === null ? undefined : catalog.instance(instanceType);
  const reported = reader.text('gpuModel');
  const gpuModel =
    reported === null ? (shape?.gpuModel ?? 'unknown') : (catalog.gpuModel(reported) ?? reported);
  const size = readSize(reader, catalog.gpu(gpuModel), shape);
  const startMs = reader.required('start', reader.instant('start'), 0);
  const endMs = reader.end('end');
  if (endMs !== null && endMs <= startMs && !reader.reject)
    reader.fail(
      'end',
      'end-before-start',
      'the end is not after the start; check that the two columns are not swapped',
    );

  const provider = reader.text('provider') ?? shape?.provider ?? null;
  const ids = readDeviceIds(reader, shape);
  const resourceId = reader.text('resourceId');
  const fact = {
    ...size,
    node: reader.text('node') ?? reader.text('device') ?? '',
    nodeLife: null,
    gpuModel,
    lifecycle:
      reader.oneOf('lifecycle', LIFECYCLES) ??
      (provider !== null || instanceType !== null ? 'on_demand' : 'owned'),
    provider,
    region: reader.text('region'),
    instanceType,
    pool: reader.text('pool'),
    resourceKey: resourceId === null ? null : resourceKey(resourceId),
    attributes: reader.attributes(OWNER_ATTRIBUTES, 'node'),
    startMs,
    endMs,
  } as const;
  return ids.map((deviceId) => ({ deviceId, ...fact }));
}

/** How much of a GPU one device is, and its memory. */
function readSize(
  reader: RowReader,
  spec: GpuSpec | undefined,
  shape: InstanceShape | undefined,
): Pick<CapacityFact, 'gpuParts' | 'memoryMib'> {
  const memoryMib = reader.amount('memoryMib');
  const profile = reader.text('migProfile');
  const fraction = reader.fraction('gpuFraction', null);
  if (fraction === 0)
    reader.fail(
      'gpuFraction',
      'out-of-range',
      'a device that is no part of a GPU costs nothing; leave the row out',
    );
  if (profile !== null) {
    const slice = readProfile(reader, profile, spec);
    return { gpuParts: slice.gpuParts, memoryMib: wholeMib(memoryMib ?? slice.memoryMib) };
  }
  // Some clouds rent machines with less than one GPU.
  const share = fraction ?? (shape && shape.gpuCount < 1 ? shape.gpuCount : 1);
  const specMib = spec ? spec.memoryGib * 1024 * share : null;
  return { gpuParts: toParts(share), memoryMib: wholeMib(memoryMib ?? specMib) };
}

function wholeMib(memoryMib: number | null): number | null {
  return memoryMib === null ? null : Math.round(memoryMib);
}

function readProfile(
  reader: RowReader,
  profile: string,
  spec: GpuSpec | undefined,
): { gpuParts: number; memoryMib: number | null } {
  const known = spec?.migProfiles.find((candidate) => candidate.profile === profile.toLowerCase());
  if (!known || !spec?.migSlices) {
    const profiles = spec?.migProfiles.map((candidate) => candidate.profile).join(', ');
    reader.fail(
      'migProfile',
      'unknown-mig-profile',
      profiles
        ? `\`${profile}\` is no MIG profile of ${spec!.model}; it has ${profiles}`
        : `\`${profile}\` cannot be sized, because the GPU model is unknown or has no MIG; name the model in \`gpuModel\`, or give the share in \`gpuFraction\``,
    );
    return { gpuParts: PARTS_PER_GPU, memoryMib: null };
  }
  return { gpuParts: toParts(known.slices / spec.migSlices), memoryMib: known.memoryGib * 1024 };
}

function readDeviceIds(reader: RowReader, shape: InstanceShape | undefined): string[] {
  const device = reader.text('device');
  const given = reader.count('count');
  if (given === 0)
    reader.fail('count', 'out-of-range', 'a row that stands for no device costs nothing; leave it out');
  if (device !== null && (given === null || given === 1)) return [reader.id('device')];
  if (device === null && reader.text('node') === null) {
    reader.fail('device', 'missing-device', 'neither `device` nor `node` is given; a row needs one of them');
    return [];
  }
  const count = given ?? Math.max(1, Math.floor(shape?.gpuCount ?? 1));
  const base = reader.id(device === null ? 'node' : 'device');
  return Array.from({ length: reader.reject ? 0 : count }, (_, index) => `${base}:${index}`);
}

function warnUnknownModel(summary: ReadSummary): void {
  warn(
    summary,
    'unknown-gpu-model',
    'devices name neither a GPU model nor an instance type that the catalogue knows, so no price book has a price for them; add `gpuModel`',
  );
}

/** An interval that is still open counts to now. */
function ticksOf(fact: CapacityFact, nowMs: number): bigint {
  const endMs = Math.min(fact.endMs ?? nowMs, nowMs);
  return endMs <= fact.startMs ? 0n : BigInt(endMs - fact.startMs) * BigInt(fact.gpuParts);
}
