import { basename } from 'node:path';
import {
  type AllocationFact,
  type FactBatch,
  LIFECYCLES,
  type UsageFact,
  WORKLOAD_KINDS,
  type WorkloadFact,
} from '../../domain/facts/facts.ts';
import { ownText } from '../../domain/text/own-text.ts';
import { DAY_MS, type EpochMs, formatInstant, MINUTE_MS, SECOND_MS } from '../../domain/time/window.ts';
import { FleetHold } from '../../domain/usage/hold-fleet.ts';
import { type SampleTime, surveySamples } from '../../domain/usage/survey-samples.ts';
import { type ColumnLookup, lookUpColumns } from '../../files/column-lookup.ts';
import { openTable } from '../../files/read-table.ts';
import type { Table } from '../../files/table.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, FileReadOptions, FileSource, ReadSummary, Reject } from '../../ports/source.ts';
import { asCapacity, asUsage, type Machine } from './gpu-facts.ts';
import {
  deviceIdOf,
  type GpuReading,
  parseTimestamp,
  type QueryGpuParser,
  queryGpuParser,
} from './parse-query-gpu.ts';

const BATCH_FACTS = 5_000;
/** For a single capture: what the live collection is set to. */
const ASSUMED_INTERVAL_MS = MINUTE_MS;

/** The captures bring their own columns; these are for `--set`. */
const SETTINGS = [
  {
    name: 'node',
    isRequired: false,
    meaning: 'machine the capture was taken on; the name of the file when absent',
  },
  {
    name: 'timeZoneOffset',
    isRequired: false,
    meaning: 'offset of the local time in the capture, such as +02:00; UTC when absent',
  },
  {
    name: 'timestamp',
    isRequired: false,
    meaning: 'when a capture without a timestamp column was taken, ISO 8601',
  },
  {
    name: 'intervalSeconds',
    isRequired: false,
    meaning: 'distance between samples; taken from the file when absent',
  },
  { name: 'workload', isRequired: false, meaning: 'id of what held the GPUs all the time' },
  {
    name: 'kind',
    isRequired: false,
    meaning: `what that workload is: ${WORKLOAD_KINDS.join(', ')}; batch when absent`,
  },
  { name: 'team', isRequired: false, meaning: 'owner of that workload, kept as label:team' },
  { name: 'model', isRequired: false, meaning: 'model that it trains or serves, kept as label:model' },
  { name: 'environment', isRequired: false, meaning: 'kept as label:environment' },
  { name: 'namespace', isRequired: false, meaning: 'kept as namespace' },
  {
    name: 'lifecycle',
    isRequired: false,
    meaning: `how the machine is paid: ${LIFECYCLES.join(', ')}; owned when absent`,
  },
  { name: 'provider', isRequired: false, meaning: 'cloud the machine is rented from' },
  { name: 'region', isRequired: false, meaning: 'its region' },
  { name: 'instanceType', isRequired: false, meaning: 'its machine type' },
  { name: 'pool', isRequired: false, meaning: 'its pool or partition' },
  { name: 'resourceId', isRequired: false, meaning: 'its id on the bill' },
] as const;

/** Captures of `nvidia-smi --query-gpu=… --format=csv`, with any columns, one sample or a loop. */
export class NvidiaSmiFileSource implements FileSource {
  readonly kind = 'nvidia-smi';
  readonly summary = 'captures of nvidia-smi --query-gpu=… --format=csv, one sample or a loop (-l)';
  readonly columns = SETTINGS;
  readonly #catalog: HardwareCatalog;

  constructor({ catalog }: Readonly<{ catalog: HardwareCatalog }>) {
    this.#catalog = catalog;
  }

  read(path: string, options: FileReadOptions): FactReading {
    const summary: ReadSummary = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
    return { batches: readCapture(path, options, summary, this.#catalog), summary };
  }
}

type Capture = Readonly<{
  path: string;
  table: Table;
  parser: QueryGpuParser;
  settings: Settings;
  nowMs: EpochMs;
}>;
type Settings = Readonly<{
  machine: Machine;
  offset: string | null;
  timestamp: string | null;
  intervalMs: number | null;
  workload: WorkloadFact | null;
}>;

async function* readCapture(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const capture = await openCapture(path, options, summary);
  if (!capture) return;
  const { machine, workload } = capture.settings;
  const survey = await surveySamples(() => sampleTimes(capture));
  const intervalMs = capture.settings.intervalMs ?? survey.intervalMs ?? ASSUMED_INTERVAL_MS;
  const fleet = new FleetHold(survey.isOrdered);
  const known = new Map<string, Pick<GpuReading, 'name' | 'memoryTotalMib'>>();
  let usage: UsageFact[] = [];
  let allocations: AllocationFact[] = [];
  let isMig = false;

  for await (const row of readSamples(capture, summary)) {
    const { reading, deviceId, atMs } = row;
    if (!known.has(deviceId)) known.set(ownText(deviceId), describe(reading));
    isMig ||= reading.isMig;
    const sample = {
      atMs,
      intervalMs,
      isZero: reading.gpuUtil === 0,
      workloadId: workload?.workloadId ?? null,
    };
    if (fleet.add(deviceId, sample, allocations))
      usage.push(asUsage(reading, { deviceId, atMs, intervalMs, processes: null }));
    if (usage.length >= BATCH_FACTS) {
      yield { usage, allocations };
      usage = [];
      allocations = [];
    }
  }

  const seen = fleet.finish(allocations);
  const capacity = seen.map(({ deviceId, firstMs, endMs }) =>
    asCapacity(known.get(deviceId)!, machine, { deviceId, startMs: firstMs, endMs }, catalog),
  );
  yield { usage, allocations, capacity, workloads: workload && seen.length > 0 ? [workload] : [] };
  summarise(summary, fleet, intervalMs);
  warnAbout(summary, capture, survey.intervalMs, isMig);
}

async function openCapture(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
): Promise<Capture | null> {
  const table = await openTable(path, options);
  const parser = queryGpuParser(table.columns);
  if (parser.fields.has('pid')) {
    warn(
      summary,
      'compute-apps-capture',
      `${path} is a capture of --query-compute-apps; it says who used the GPU, not how much, and was left out`,
    );
    return null;
  }
  if (!['uuid', 'index', 'pci.bus_id'].some((field) => parser.fields.has(field)))
    throw new UnreadableFileError(
      'missing-column',
      `${path}: no column says which GPU a line is about (uuid, index or pci.bus_id). The file has: ${table.columns.slice(0, 20).join(', ')}. Capture it with \`nvidia-smi --query-gpu=timestamp,uuid,name,utilization.gpu,memory.used,memory.total,power.draw --format=csv\`; for a capture with noheader say --fields with the same list.`,
    );
  const lookup = lookUpColumns(path, table.columns, SETTINGS, { map: options.map, set: options.set });
  return { path, table, parser, settings: readSettings(path, lookup), nowMs: options.nowMs };
}

const OFFSET = /^(Z|[+-]\d{2}:?\d{2})$/;

function readSettings(path: string, lookup: ColumnLookup): Settings {
  const text = (name: string) => lookup.reader(name)([]);
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const said = text(name);
    const value = values.find((candidate) => candidate === said?.toLowerCase().replaceAll('-', '_'));
    if (said !== null && value === undefined)
      throw badSetting(path, name, said, `one of ${values.join(', ')}`);
    return value ?? fallback;
  };
  const offset = text('timeZoneOffset');
  if (offset !== null && !OFFSET.test(offset))
    throw badSetting(path, 'timeZoneOffset', offset, 'an offset such as +02:00, or Z');
  const timestamp = text('timestamp');
  if (timestamp !== null && parseTimestamp(timestamp, offset ?? 'Z') === undefined)
    throw badSetting(path, 'timestamp', timestamp, 'a time such as 2026-10-14T09:00:00Z');
  const seconds = text('intervalSeconds');
  const intervalMs = seconds === null ? null : Math.round(Number(seconds) * SECOND_MS);
  if (intervalMs !== null && !(intervalMs > 0))
    throw badSetting(path, 'intervalSeconds', seconds!, 'seconds above zero');

  return {
    machine: {
      node: text('node') ?? hostFromName(path),
      nodeLife: null,
      lifecycle: oneOf('lifecycle', LIFECYCLES, 'owned'),
      provider: text('provider'),
      region: text('region'),
      instanceType: text('instanceType'),
      pool: text('pool'),
      resourceId: text('resourceId'),
    },
    offset,
    timestamp,
    intervalMs,
    workload: readWorkload(text, oneOf('kind', WORKLOAD_KINDS, 'batch'), lookup.labels),
  };
}

function badSetting(path: string, name: string, said: string, expected: string): UnreadableFileError {
  return new UnreadableFileError(
    'invalid-setting',
    `${path}: --set ${name}=${said} cannot be used; expected ${expected}.`,
  );
}

/** `gpu-07.csv.gz` was taken on gpu-07, unless somebody says otherwise. */
function hostFromName(path: string): string {
  return basename(path)
    .replace(/\.gz$/i, '')
    .replace(/\.(csv|tsv|txt|log)$/i, '');
}

function readWorkload(
  text: (name: string) => string | null,
  kind: WorkloadFact['kind'],
  labels: readonly string[],
): WorkloadFact | null {
  const workloadId = text('workload');
  if (workloadId === null) return null;
  const named = [
    ...labels.map((label) => [label, text(label)] as const),
    ['label:team', text('team')] as const,
    ['label:model', text('model')] as const,
    ['label:environment', text('environment')] as const,
    ['namespace', text('namespace')] as const,
  ];
  const attributes = Object.fromEntries(
    named.filter((entry): entry is [string, string] => entry[1] !== null),
  );
  return { workloadId, kind, name: workloadId, attributes };
}

type GpuSample = Readonly<{ reading: GpuReading; deviceId: string; atMs: EpochMs }>;

async function* sampleTimes(capture: Capture): AsyncGenerator<SampleTime> {
  for await (const row of capture.table.rows) {
    const sample = row.kind === 'row' ? readSample(capture, row.line, row.cells) : null;
    if (sample && 'reading' in sample) yield sample;
  }
}

async function* readSamples(capture: Capture, summary: ReadSummary): AsyncGenerator<GpuSample> {
  for await (const row of capture.table.rows) {
    if (row.kind === 'broken') {
      summary.rowsRead += 1;
      summary.rejects.push({
        where: `${capture.path}:${row.line}`,
        code: 'broken-row',
        message: row.message,
      });
      continue;
    }
    const sample = readSample(capture, row.line, row.cells);
    if (!sample) continue;
    summary.rowsRead += 1;
    if ('reading' in sample) yield sample;
    else summary.rejects.push(sample);
  }
}

/** `null` for a header that is repeated. */
function readSample(
  { path, parser, settings, nowMs }: Capture,
  line: number,
  cells: readonly (string | null)[],
): GpuSample | Reject | null {
  const reject = (column: string, code: string, message: string): Reject => ({
    where: `${path}:${line}:${column}`,
    code,
    message,
  });
  const parsed = parser.parse(cells);
  if (parsed.kind === 'header') return null;
  if (parsed.kind === 'problem') return reject(parsed.column, 'bad-measure', parsed.message);
  const { reading } = parsed;
  const deviceId = deviceIdOf(reading, settings.machine.node);
  if (deviceId === null)
    return reject('uuid', 'missing-device', 'the line does not say which GPU it is about');
  const text = reading.timestamp ?? settings.timestamp;
  if (text === null)
    return reject(
      'timestamp',
      'missing-time',
      'the line does not say when it was taken; add `timestamp` to --query-gpu, or say it with --set timestamp=2026-10-14T09:00:00Z',
    );
  const atMs = parseTimestamp(text, settings.offset ?? 'Z');
  if (atMs === undefined)
    return reject(
      'timestamp',
      'bad-time',
      `\`${text}\` is not a time of nvidia-smi; expected 2026/07/14 09:00:44.579`,
    );
  if (atMs > nowMs + DAY_MS)
    return reject(
      'timestamp',
      'wrong-clock',
      `${formatInstant(atMs)} lies more than a day in the future; check the clock of the machine that wrote it`,
    );
  return { reading, deviceId, atMs };
}

function describe({ name, memoryTotalMib }: GpuReading): Pick<GpuReading, 'name' | 'memoryTotalMib'> {
  return { name: name === null ? null : ownText(name), memoryTotalMib };
}

function summarise(summary: ReadSummary, { totals, devices }: FleetHold, intervalMs: number): void {
  const hours = (ms: number) => Math.round(ms / 3.6) / 1e6;
  summary.totals = {
    samples: totals.samples,
    devices,
    intervalSeconds: intervalMs / SECOND_MS,
    sampledGpuHours: hours(totals.sampledMs),
    zeroGpuHours: hours(totals.zeroMs),
    stretchedGpuHours: hours(totals.stretchedMs),
    unobservedGpuHours: hours(totals.unobservedMs),
  };
}

function warnAbout(
  summary: ReadSummary,
  { path, parser, settings }: Capture,
  foundIntervalMs: number | null,
  isMig: boolean,
): void {
  const samples = Number(summary.totals['samples'] ?? 0);
  if (samples === 0) return;
  if (parser.fields.has('timestamp') && settings.offset === null)
    warn(
      summary,
      'local-time',
      `${path} holds local times without a zone; they were read as UTC. Say --set timeZoneOffset=+02:00 if that is wrong`,
      samples,
    );
  if (settings.intervalMs === null && foundIntervalMs === null)
    warn(
      summary,
      'interval-assumed',
      `no GPU has two samples, so each is taken to stand for ${ASSUMED_INTERVAL_MS / SECOND_MS} s; say it with --set intervalSeconds=…`,
    );
  if (!parser.fields.has('utilization.gpu'))
    warn(
      summary,
      'no-utilization',
      'the capture has no utilization.gpu, so what the GPUs did stays unknown',
      samples,
    );
  if (isMig)
    warn(
      summary,
      'mig-hides-utilization',
      'MIG is enabled: nvidia-smi reports no utilisation then, and it stays unknown. DCGM reports it per slice',
    );
}

function warn(summary: ReadSummary, code: string, message: string, count = 1): void {
  summary.warnings.push({ code, message, count });
}
