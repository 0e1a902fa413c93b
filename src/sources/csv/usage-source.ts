import {
  type AllocationFact,
  type CapacityFact,
  type FactBatch,
  LIFECYCLES,
  type Lifecycle,
  type UsageFact,
} from '../../domain/facts/facts.ts';
import { readActivity } from '../../domain/facts/read-activity.ts';
import { ownText } from '../../domain/text/own-text.ts';
import { type EpochMs, MINUTE_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import { FleetHold, type SeenDevice } from '../../domain/usage/hold-fleet.ts';
import { type SampleTime, surveySamples } from '../../domain/usage/survey-samples.ts';
import { fileSource } from '../../files/file-source.ts';
import { type OpenedRows, openRows, readRows, warn } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { readWorkload, WORKLOAD_COLUMNS, WorkloadCollector, type WorkloadRow } from './collect-workloads.ts';

const BATCH_FACTS = 5_000;
const BYTES_PER_MIB = 1024 * 1024;
/** For a file in which no device has two samples: what most collectors are set to. */
const ASSUMED_INTERVAL_MS = MINUTE_MS;

const COLUMNS = [
  {
    name: 'time',
    isRequired: true,
    meaning:
      'when the sample was taken: ISO 8601 (UTC without a zone), or seconds (below 1e11) or milliseconds since 1970',
  },
  { name: 'device', isRequired: true, meaning: 'id of the GPU or MIG slice, unique over the fleet' },
  {
    name: 'intervalSeconds',
    isRequired: false,
    meaning: 'usual distance between samples of a device; taken from the file when absent',
  },
  { name: 'smActive', isRequired: false, meaning: 'fraction 0–1 of the SMs at work' },
  { name: 'smActivePercent', isRequired: false, meaning: 'the same, 0–100' },
  {
    name: 'engineActive',
    isRequired: false,
    meaning: 'fraction 0–1 of the time in which the graphics or compute engine was active',
  },
  { name: 'engineActivePercent', isRequired: false, meaning: 'the same, 0–100' },
  {
    name: 'gpuUtil',
    isRequired: false,
    meaning: 'fraction 0–1 of the time in which some kernel ran (what nvidia-smi calls utilization)',
  },
  { name: 'gpuUtilPercent', isRequired: false, meaning: 'the same, 0–100' },
  { name: 'memoryUsedMib', isRequired: false, meaning: 'device memory in use, MiB' },
  { name: 'memoryUsedBytes', isRequired: false, meaning: 'the same, bytes' },
  { name: 'powerWatts', isRequired: false, meaning: 'power draw, watts' },
  {
    name: 'processes',
    isRequired: false,
    meaning: 'processes that use the device; blank when nobody counted',
  },
  {
    name: 'workload',
    isRequired: false,
    meaning: 'id of what holds the device at that time; blank when nobody does',
  },
  ...WORKLOAD_COLUMNS,
  {
    name: 'gpuModel',
    isRequired: false,
    meaning:
      'GPU model in any usual spelling. With it (or node) the devices count as paid for from their first sample to their last; leave both out when the kind `capacity` says what is paid for',
  },
  { name: 'node', isRequired: false, meaning: 'machine that holds the device; see gpuModel' },
  {
    name: 'lifecycle',
    isRequired: false,
    meaning: `how the machine is paid, beside gpuModel or node: ${LIFECYCLES.join(', ')}; owned when blank`,
  },
] as const;

/** Samples of devices in a table: what each GPU did, and optionally for whom. */
export function createUsageSource({ catalog }: Readonly<{ catalog: HardwareCatalog }>): FileSource {
  return fileSource(
    {
      kind: 'usage',
      summary: 'samples of what each GPU did: a table with time, device and utilisation',
      columns: COLUMNS,
    },
    (path, options, summary) => readUsage(path, options, summary, catalog),
  );
}

type UsageRow = Readonly<{
  deviceId: string;
  atMs: EpochMs;
  intervalMs: number | null;
  busy: number | null;
  fact: Omit<UsageFact, 'intervalMs'>;
  workload: WorkloadRow | null;
  machine: Machine | null;
}>;

type Machine = Readonly<{ gpuModel: string | null; node: string | null; lifecycle: Lifecycle | null }>;

async function* readUsage(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const survey = await surveySamples(() => sampleTimes(rows));
  const fleet = new FleetHold(survey.isOrdered);
  const workloads = new WorkloadCollector();
  const machines = new Map<string, Machine>();
  const intervals = new Map<number, number>();
  let usage: UsageFact[] = [];
  let ended: AllocationFact[] = [];

  for await (const row of readRows(rows, summary, readUsageRow)) {
    const intervalMs = row.intervalMs ?? survey.intervalMs ?? assumeInterval(summary);
    intervals.set(intervalMs, (intervals.get(intervalMs) ?? 0) + 1);
    const sample = {
      atMs: row.atMs,
      intervalMs,
      isZero: row.busy === 0,
      workloadId: row.workload?.workloadId ?? null,
    };
    if (row.workload) workloads.add(row.workload);
    if (row.machine) keepMachine(machines, row.deviceId, row.machine);
    if (fleet.add(row.deviceId, sample, ended)) usage.push({ ...row.fact, intervalMs });
    if (usage.length + ended.length >= BATCH_FACTS) {
      yield { usage, allocations: ended };
      usage = [];
      ended = [];
    }
  }

  const seen = fleet.finish(ended);
  yield {
    usage,
    allocations: ended,
    workloads: workloads.facts(),
    capacity: seen.flatMap((device) => asCapacity(device, machines.get(device.deviceId), catalog)),
  };
  summarise(summary, fleet, workloads, intervals);
}

/** Rows that the second reading will reject say nothing about the order of the others. */
async function* sampleTimes({ table, reader }: OpenedRows): AsyncGenerator<SampleTime> {
  for await (const row of table.rows) {
    if (row.kind === 'broken') continue;
    reader.take(row);
    const deviceId = reader.id('device');
    const atMs = reader.instant('time');
    if (atMs !== null && !reader.reject) yield { deviceId, atMs };
  }
}

function readUsageRow(reader: RowReader): UsageRow {
  const deviceId = reader.id('device');
  const atMs = reader.required('time', reader.instant('time'), 0);
  const gpuUtil = reader.fraction('gpuUtil', 'gpuUtilPercent') ?? reader.percent('gpuUtilPercent');
  const smActive = reader.fraction('smActive', 'smActivePercent') ?? reader.percent('smActivePercent');
  const engineActive =
    reader.fraction('engineActive', 'engineActivePercent') ?? reader.percent('engineActivePercent');
  const memoryUsedMib = readMemoryMib(reader);
  const activity = readActivity({
    smActive,
    engineActive,
    gpuUtil,
    memoryUsedMib,
    processes: reader.count('processes'),
  });
  const workloadId = reader.text('workload');
  return {
    deviceId,
    atMs,
    intervalMs: readIntervalMs(reader),
    busy: engineActive ?? gpuUtil ?? smActive,
    fact: { deviceId, atMs, activity, memoryUsedMib, powerWatts: reader.amount('powerWatts') },
    workload: workloadId === null ? null : readWorkload(reader, workloadId),
    machine: readMachine(reader),
  };
}

function readMemoryMib(reader: RowReader): number | null {
  const mib = reader.amount('memoryUsedMib');
  if (mib !== null) return Math.round(mib);
  const bytes = reader.amount('memoryUsedBytes');
  return bytes === null ? null : Math.round(bytes / BYTES_PER_MIB);
}

function readIntervalMs(reader: RowReader): number | null {
  const seconds = reader.amount('intervalSeconds');
  if (seconds === null) return null;
  const intervalMs = Math.round(seconds * 1000);
  if (intervalMs === 0)
    reader.fail(
      'intervalSeconds',
      'out-of-range',
      'the interval is zero; expected the seconds between two samples',
    );
  return intervalMs;
}

function readMachine(reader: RowReader): Machine | null {
  const gpuModel = reader.text('gpuModel');
  const node = reader.text('node');
  if (gpuModel === null && node === null) return null;
  return { gpuModel, node, lifecycle: reader.oneOf('lifecycle', LIFECYCLES) };
}

function assumeInterval(summary: ReadSummary): number {
  warn(
    summary,
    'interval-assumed',
    `no device has two samples, so each is taken to stand for ${ASSUMED_INTERVAL_MS / 1000} s; say it with --set intervalSeconds=…`,
  );
  return ASSUMED_INTERVAL_MS;
}

function keepMachine(machines: Map<string, Machine>, deviceId: string, machine: Machine): void {
  const known = machines.get(deviceId);
  if (known?.gpuModel && known.node) return;
  machines.set(known ? deviceId : ownText(deviceId), {
    gpuModel: known?.gpuModel ?? machine.gpuModel,
    node: known?.node ?? machine.node,
    lifecycle: known?.lifecycle ?? machine.lifecycle,
  });
}

function asCapacity(
  { deviceId, firstMs, endMs }: SeenDevice,
  machine: Machine | undefined,
  catalog: HardwareCatalog,
): CapacityFact[] {
  if (!machine) return [];
  const { gpuModel, node, lifecycle } = machine;
  return [
    {
      deviceId,
      gpuParts: PARTS_PER_GPU,
      node: node ?? 'unknown',
      nodeLife: null,
      gpuModel: gpuModel === null ? 'unknown' : (catalog.gpuModel(gpuModel) ?? gpuModel),
      memoryMib: null,
      lifecycle: lifecycle ?? 'owned',
      provider: null,
      region: null,
      instanceType: null,
      pool: null,
      resourceKey: null,
      attributes: {},
      startMs: firstMs,
      endMs,
    },
  ];
}

function summarise(
  summary: ReadSummary,
  { totals, devices }: FleetHold,
  workloads: WorkloadCollector,
  intervals: ReadonlyMap<number, number>,
): void {
  const [usualMs] = [...intervals].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [0];
  summary.totals = {
    samples: totals.samples,
    devices,
    intervalSeconds: usualMs / 1000,
    sampledGpuHours: toHours(totals.sampledMs),
    zeroGpuHours: toHours(totals.zeroMs),
    stretchedGpuHours: toHours(totals.stretchedMs),
    unobservedGpuHours: toHours(totals.unobservedMs),
  };
  warn(
    summary,
    'repeated-sample',
    'rows repeat the device and time of another one; each moment counts once, and every workload named there holds the device',
    totals.repeated,
  );
  warn(
    summary,
    'workload-disagrees',
    'rows of one workload name different owners or kinds; the alphabetically first value was taken',
    workloads.disagreements,
  );
}

/** Six decimals: a sample of a few milliseconds still shows. */
function toHours(ms: number): number {
  return Math.round(ms / 3.6) / 1e6;
}
