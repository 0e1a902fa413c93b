import {
  type AllocationFact,
  type Attributes,
  type CapacityFact,
  type FactBatch,
  LIFECYCLES,
  type Lifecycle,
  type RunFact,
  type WorkloadFact,
} from '../../domain/facts/facts.ts';
import { lostFrom } from '../../domain/facts/lost-work.ts';
import { findNamedHolder } from '../../domain/facts/named-holder.ts';
import { fingerprintRun } from '../../domain/facts/run-fingerprint.ts';
import { readRunState } from '../../domain/facts/run-state.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import { digest } from '../../files/digest.ts';
import { readNumber } from '../../files/read-cell.ts';
import { readRows, warn } from '../../files/read-rows.ts';
import { RowReader } from '../../files/row-reader.ts';
import type { Table } from '../../files/table.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, ReadSummary } from '../../ports/source.ts';
import { gpuDeviceId, readRunKey } from './run-key.ts';
import { lookUpWandbColumns } from './wandb-columns.ts';

const BATCH_RUNS = 1_000;
const UNIT_SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

type Fields = ReadonlyMap<string, string>;

type ExportedRun = Readonly<{
  run: RunFact;
  /** `null` where the devices are not this run's: another source knows them, or nobody does. */
  machine: Machine | null;
  checkpoints: readonly EpochMs[];
}>;

type Machine = Readonly<{
  gpus: number;
  gpuModel: string;
  node: string;
  lifecycle: Lifecycle;
  provider: string | null;
}>;

/** Runs of a project, as the API or the table of the web page exports them. */
export async function* readExportedRuns(
  path: string,
  table: Table,
  {
    options,
    summary,
    catalog,
  }: Readonly<{ options: FileReadOptions; summary: ReadSummary; catalog: HardwareCatalog }>,
): AsyncGenerator<FactBatch> {
  const columns = lookUpWandbColumns(path, table.columns, options);
  const reader = new RowReader(path, columns, options.nowMs);
  const counts: Record<string, number> = {};
  let batch = emptyBatch();
  for await (const exported of readRows({ path, table, columns, reader }, summary, (row) =>
    readRun(row, catalog),
  )) {
    addFacts(batch, exported);
    warnOf(summary, exported);
    for (const name of ['runs', exported.run.state]) counts[name] = (counts[name] ?? 0) + 1;
    if (batch.runs.length >= BATCH_RUNS) {
      yield batch;
      batch = emptyBatch();
    }
  }
  yield batch;
  summary.totals = counts;
}

function readRun(reader: RowReader, catalog: HardwareCatalog): ExportedRun {
  const runId = readRunKey(reader, null);
  const config = readConfig(reader);
  const metadata = new Map([...(reader.record('metadata') ?? []), ...reader.family('metadata.')]);
  const stateDetail = reader.text('state');
  const state = readRunState(stateDetail ?? 'unknown');
  const times = readTimes(reader, state);
  const named =
    reader.text('workload') ??
    findNamedHolder([...config, ...metadata], { slurmCluster: reader.text('slurmCluster') });
  const machine = named === null ? readMachine(reader, metadata, runId, catalog) : null;
  const parameters = Object.fromEntries(config);
  const checkpointMs = reader.instant('lastCheckpoint');
  return {
    run: {
      runId,
      attempt: 1,
      name: reader.text('name') ?? runId.split(/[:/]/).at(-1)!,
      experiment: reader.text('sweep') ?? reader.text('group') ?? reader.text('project'),
      state,
      stateDetail,
      queue: null,
      ...times,
      workloadId: named ?? (machine === null ? null : runId),
      parentRunId: null,
      fingerprint: fingerprintRun(
        {
          codeVersion: metadata.get('git.commit') ?? null,
          data: reader.text('data'),
          parameters: config.size === 0 ? null : parameters,
        },
        digest,
      ),
      parameters,
      metrics: readSummaryMetrics(reader),
      attributes: readAttributes(reader, config),
    },
    machine,
    checkpoints: checkpointMs === null ? [] : [checkpointMs],
  };
}

/** Raw configurations wrap each value as `{"value": …, "desc": …}`; what begins with `_wandb` is the SDK's own. */
function readConfig(reader: RowReader): Fields {
  const leaves = [...(reader.record('config') ?? []), ...reader.family('config.')];
  return new Map(
    leaves
      .filter(([name]) => !name.startsWith('_wandb'))
      .map(([name, value]) => [name.replace(/\.value$/, ''), value]),
  );
}

/** Summaries hold media, tables and texts too; only numbers can be compared. */
function readSummaryMetrics(reader: RowReader): Record<string, number> {
  const leaves = [...(reader.record('summary') ?? []), ...reader.family('summary.')];
  return Object.fromEntries(
    leaves.flatMap(([name, text]) => {
      const cell = readNumber(text);
      return name.startsWith('_') || !('value' in cell) ? [] : [[name, cell.value] as const];
    }),
  );
}

function readTimes(
  reader: RowReader,
  state: RunFact['state'],
): Pick<RunFact, 'queuedMs' | 'startMs' | 'endMs'> {
  const created = reader.required('created', reader.instant('created'), 0);
  if (state === 'waiting') return { queuedMs: created, startMs: null, endMs: null };
  const heartbeat = reader.instant('heartbeat');
  if (state === 'running') return { queuedMs: null, startMs: created, endMs: null };
  const runtime = heartbeat === null ? runtimeSeconds(reader) : null;
  const endMs = heartbeat ?? (runtime === null ? null : created + Math.round(runtime * SECOND_MS));
  if (endMs === null)
    reader.fail(
      'heartbeat',
      'missing-end',
      'the run has ended, and nothing says when; export heartbeat_at, or the summary with its _runtime',
    );
  return { queuedMs: null, startMs: created, endMs: endMs === null ? null : Math.max(created, endMs) };
}

/** The web page writes `1h 2m 3s`; summaries hold seconds: `_wandb.runtime` of the whole run, `_runtime` up to its last step. */
function runtimeSeconds(reader: RowReader): number | null {
  const summary = new Map([...(reader.record('summary') ?? []), ...reader.family('summary.')]);
  const text = reader.text('runtime') ?? summary.get('_wandb.runtime') ?? summary.get('_runtime');
  if (text === undefined) return null;
  const cell = readNumber(text);
  if ('value' in cell) return cell.value;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([dhms])/g)];
  if (parts.length === 0)
    reader.fail('runtime', 'bad-runtime', `\`${text}\` is no run time; expected seconds, or 1h 2m 3s`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_SECONDS[unit!]!, 0);
}

function readMachine(
  reader: RowReader,
  metadata: Fields,
  runId: string,
  catalog: HardwareCatalog,
): Machine | null {
  const counted = Number(metadata.get('gpu_count') ?? metadata.get('gpuCount') ?? Number.NaN);
  const gpus = reader.count('gpus') ?? (Number.isInteger(counted) ? counted : null);
  if (gpus === null) return null;
  const reported = reader.text('gpuModel') ?? metadata.get('gpu') ?? null;
  return {
    gpus,
    gpuModel: reported === null ? 'unknown' : (catalog.gpuModel(reported) ?? reported),
    node: reader.text('node') ?? metadata.get('host') ?? runId,
    lifecycle: reader.oneOf('lifecycle', LIFECYCLES) ?? 'owned',
    provider: reader.text('provider'),
  };
}

function readAttributes(reader: RowReader, config: Fields): Attributes {
  const attributes: Record<string, string> = { ...reader.attributes({}, 'label') };
  for (const name of ['team', 'model', 'environment']) {
    const value = reader.text(name) ?? config.get(name);
    if (value) attributes[`label:${name}`] = value;
  }
  for (const name of ['entity', 'project', 'group', 'sweep', 'user']) {
    const value = reader.text(name);
    if (value !== null) attributes[`wandb:${name}`] = value;
  }
  return attributes;
}

type Batch = {
  runs: RunFact[];
  workloads: WorkloadFact[];
  allocations: AllocationFact[];
  capacity: CapacityFact[];
  checkpoints: { workloadId: string; atMs: EpochMs }[];
};

function emptyBatch(): Batch {
  return { runs: [], workloads: [], allocations: [], capacity: [], checkpoints: [] };
}

function addFacts(batch: Batch, { run, machine, checkpoints }: ExportedRun): void {
  const { runId, workloadId, name, attributes, state, startMs, endMs } = run;
  batch.runs.push(run);
  if (workloadId !== null) batch.checkpoints.push(...checkpoints.map((atMs) => ({ workloadId, atMs })));
  if (machine === null) return;
  batch.workloads.push({ workloadId: runId, kind: 'training', name, attributes });
  if (startMs === null || startMs === endMs) return;
  const lostFromMs = lostFrom({ state, kind: 'training', startMs, endMs, checkpoints });
  for (let gpu = 0; gpu < machine.gpus; gpu += 1) {
    const deviceId = gpuDeviceId(runId, gpu);
    const held = { deviceId, startMs, endMs };
    batch.allocations.push({ workloadId: runId, shareParts: PARTS_PER_GPU, lostFromMs, ...held });
    batch.capacity.push(asCapacity(machine, held));
  }
}

function asCapacity(
  { node, gpuModel, lifecycle, provider }: Machine,
  held: Pick<CapacityFact, 'deviceId' | 'startMs' | 'endMs'>,
): CapacityFact {
  return {
    ...held,
    gpuParts: PARTS_PER_GPU,
    node,
    nodeLife: null,
    gpuModel,
    memoryMib: null,
    lifecycle,
    provider,
    region: null,
    instanceType: null,
    pool: null,
    resourceKey: null,
    attributes: {},
  };
}

function warnOf(summary: ReadSummary, { run, machine }: ExportedRun): void {
  warn(
    summary,
    'devices-unknown',
    'runs name neither a holder nor their GPUs, so what they cost is unknown: export run.metadata, or say it with --set gpus=…',
    run.workloadId === null ? 1 : 0,
  );
  warn(
    summary,
    'own-devices',
    'runs name no holder, so each counts as holding all GPUs of its machine, paid for exactly as long as it lasted. Log SLURM_JOB_ID, POD_NAME or tare.workload_id in the config where another source knows the real devices',
    machine !== null && machine.gpus > 0 ? 1 : 0,
  );
}
