import type { AllocationFact, CapacityFact, FactBatch, WorkloadKind } from '../../domain/facts/facts.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, ticksToHours, toParts } from '../../domain/units/gpu-time.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { readWorkload, WORKLOAD_COLUMNS, WorkloadCollector, type WorkloadRow } from './collect-workloads.ts';
import { emptySummary, openRows, readRows, warn } from './read-rows.ts';
import type { RowReader } from './row-reader.ts';

const BATCH_FACTS = 5_000;

const COLUMNS = [
  { name: 'workload', isRequired: true, meaning: 'id of what holds the device: a pod, a job' },
  {
    name: 'device',
    isRequired: false,
    meaning: 'id of the GPU or MIG slice that is held; without it the row stands on devices of its own',
  },
  { name: 'node', isRequired: false, meaning: 'machine, for rows without a device; `unplaced` when blank' },
  {
    name: 'gpuModel',
    isRequired: false,
    meaning: 'GPU model, for rows without a device; `unknown` when blank',
  },
  {
    name: 'gpus',
    isRequired: false,
    meaning: 'GPUs held, for rows without a device: a whole number, or a fraction below 1; 0 holds nothing',
  },
  {
    name: 'gpuMilli',
    isRequired: false,
    meaning: 'thousandths of a GPU held; counts where gpus is 1 or blank, because only one GPU can be shared',
  },
  {
    name: 'share',
    isRequired: false,
    meaning: 'share (0–1] of the device that is held; all of it when blank',
  },
  {
    name: 'start',
    isRequired: true,
    meaning:
      'when it was scheduled: ISO 8601, or seconds (below 1e11) or milliseconds since 1970; blank when it never was (pending, costs nothing)',
  },
  { name: 'end', isRequired: false, meaning: 'when it ended; blank when it still runs' },
  {
    name: 'state',
    isRequired: false,
    meaning:
      'how it ended; failed, cancelled, preempted, evicted, timeout, out_of_memory and node_fail lose the work since the last checkpoint (not for inference and system)',
  },
  {
    name: 'checkpoint',
    isRequired: false,
    meaning: 'time of the last checkpoint of a failed attempt; all of it is lost when blank',
  },
  ...WORKLOAD_COLUMNS,
] as const;

/** As Kubernetes, Slurm and most schedulers spell them, without regard to case, blanks and what follows (`CANCELLED by 1001`). */
const FAILED =
  /^(failed|failure|error|cancel+ed|canceled|preempted|evicted|timeout|timed_?out|out_?of_?memory|oom(_?killed)?|node_?fail(ed|ure)?|killed|deadline)/;
/** A server that crashes has served until then: nothing it did is thrown away. */
const NEVER_LOSES: readonly (WorkloadKind | null)[] = ['inference', 'system'];

/** Who held what, in a table: one row per pod, job or attempt. */
export class AllocationsSource implements FileSource {
  readonly kind = 'allocations';
  readonly summary = 'who held which GPUs: a table of pods or jobs with start and end';
  readonly columns = COLUMNS;
  readonly #catalog: HardwareCatalog;

  constructor({ catalog }: Readonly<{ catalog: HardwareCatalog }>) {
    this.#catalog = catalog;
  }

  read(path: string, options: FileReadOptions): FactReading {
    const summary = emptySummary();
    return { batches: readAllocations(path, options, summary, this.#catalog), summary };
  }
}

type AllocationRow = Readonly<{
  workload: WorkloadRow;
  /** What is held, whole devices first; empty when the row asks for no GPU. */
  holds: readonly Hold[];
  gpuModel: string;
  node: string;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  lostFromMs: EpochMs | null;
}>;

type Hold = Readonly<{ deviceId: string; gpuParts: number; shareParts: number; isPlaced: boolean }>;

type Sums = { ticks: bigint; lostTicks: bigint; pending: number; withoutGpu: number; empty: number };

async function* readAllocations(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const workloads = new WorkloadCollector();
  const sums: Sums = { ticks: 0n, lostTicks: 0n, pending: 0, withoutGpu: 0, empty: 0 };
  let count = 0;
  let allocations: AllocationFact[] = [];
  let capacity: CapacityFact[] = [];
  for await (const row of readRows(rows, summary, (reader) => readAllocationRow(reader, catalog))) {
    if (!holdsSomething(row, sums)) continue;
    workloads.add(row.workload);
    for (const hold of row.holds) {
      allocations.push(asAllocation(row, hold));
      if (!hold.isPlaced) capacity.push(asCapacity(row, hold));
      addTicks(sums, row, hold, options.nowMs);
      count += 1;
    }
    if (allocations.length >= BATCH_FACTS) {
      warnUnplaced(summary, capacity.length);
      yield { allocations, capacity };
      allocations = [];
      capacity = [];
    }
  }
  warnUnplaced(summary, capacity.length);
  yield { allocations, capacity, workloads: workloads.facts() };
  summarise(summary, sums, count, workloads);
}

function readAllocationRow(reader: RowReader, catalog: HardwareCatalog): AllocationRow {
  const workloadId = reader.required('workload', reader.text('workload'), '');
  const startMs = reader.instant('start');
  const endMs = reader.instant('end');
  if (startMs !== null && endMs !== null && endMs < startMs)
    reader.fail(
      'end',
      'end-before-start',
      'the end lies before the start; check that the two columns are not swapped',
    );
  const workload = readWorkload(reader, workloadId);
  const reported = reader.text('gpuModel');
  return {
    workload,
    holds: reader.text('device') === null ? readUnplaced(reader, workloadId) : [readPlaced(reader)],
    gpuModel: reported === null ? 'unknown' : (catalog.gpuModel(reported) ?? reported),
    node: reader.text('node') ?? 'unplaced',
    startMs,
    endMs,
    lostFromMs: readLostFrom(reader, workload.kind, startMs, endMs),
  };
}

function readPlaced(reader: RowReader): Hold {
  const milli = reader.amount('gpuMilli');
  const share = reader.fraction('share', null) ?? (milli === null ? 1 : milli / 1000);
  if (share === 0 || share > 1)
    reader.fail(
      milli === null ? 'share' : 'gpuMilli',
      'out-of-range',
      `${share} is not a share of one device, above 0 and at most 1`,
    );
  return {
    deviceId: reader.id('device'),
    gpuParts: PARTS_PER_GPU,
    shareParts: toParts(share),
    isPlaced: true,
  };
}

/** Devices of its own for a row that names none: whole ones, or one that is as large as the fraction. */
function readUnplaced(reader: RowReader, workloadId: string): Hold[] {
  const gpus = readGpus(reader);
  const count = gpus > 0 && gpus < 1 ? 1 : gpus;
  const id = workloadId.replaceAll('/', ':');
  return Array.from({ length: reader.reject ? 0 : count }, (_, index) => ({
    deviceId: `unplaced:${id}:${index}`,
    gpuParts: toParts(Math.min(1, gpus)),
    shareParts: PARTS_PER_GPU,
    isPlaced: false,
  }));
}

/** `gpuMilli ÷ 1000` where one GPU is asked for, otherwise the number of GPUs. */
function readGpus(reader: RowReader): number {
  const gpus = reader.amount('gpus');
  const milli = reader.amount('gpuMilli');
  if (gpus === null && milli === null && !reader.reject)
    reader.fail(
      'gpus',
      'missing-gpus',
      'the row names neither a device nor a number of GPUs; map one of `device`, `gpus`, `gpuMilli`',
    );
  const asked = milli !== null && (gpus === null || gpus === 1) ? milli / 1000 : (gpus ?? 0);
  if (asked > 1 && !Number.isInteger(asked))
    reader.fail(
      gpus === null ? 'gpuMilli' : 'gpus',
      'out-of-range',
      `${asked} GPUs; expected a whole number, or a fraction below 1`,
    );
  return asked;
}

function readLostFrom(
  reader: RowReader,
  kind: WorkloadKind | null,
  startMs: EpochMs | null,
  endMs: EpochMs | null,
): EpochMs | null {
  const state = reader.text('state')?.toLowerCase().replaceAll(/[- ]/g, '_');
  const checkpointMs = reader.instant('checkpoint');
  if (startMs === null || endMs === null || NEVER_LOSES.includes(kind)) return null;
  if (state === undefined || !FAILED.test(state)) return null;
  return Math.min(Math.max(checkpointMs ?? startMs, startMs), endMs);
}

/** The first reason counts alone, except that a row without GPU may also be pending. */
function holdsSomething(row: AllocationRow, sums: Sums): boolean {
  if (row.startMs === null) sums.pending += 1;
  if (row.holds.length === 0) sums.withoutGpu += 1;
  if (row.startMs === null || row.holds.length === 0) return false;
  if (row.startMs !== row.endMs) return true;
  sums.empty += 1;
  return false;
}

function asAllocation(row: AllocationRow, { deviceId, shareParts }: Hold): AllocationFact {
  const { startMs, endMs, lostFromMs } = row;
  return {
    workloadId: row.workload.workloadId,
    deviceId,
    shareParts,
    startMs: startMs!,
    endMs,
    lostFromMs,
  };
}

function asCapacity(row: AllocationRow, { deviceId, gpuParts }: Hold): CapacityFact {
  return {
    deviceId,
    gpuParts,
    node: row.node,
    nodeLife: null,
    gpuModel: row.gpuModel,
    memoryMib: null,
    lifecycle: 'owned',
    provider: null,
    region: null,
    instanceType: null,
    pool: null,
    resourceKey: null,
    attributes: {},
    startMs: row.startMs!,
    endMs: row.endMs,
  };
}

/** What is still held counts to now. A device's own size is known only where the row made it; a placed one counts as a whole GPU. */
function addTicks(sums: Sums, row: AllocationRow, hold: Hold, nowMs: EpochMs): void {
  const startMs = row.startMs!;
  const endMs = row.endMs ?? Math.max(nowMs, startMs);
  const parts = BigInt(hold.gpuParts) * BigInt(hold.shareParts);
  const whole = BigInt(PARTS_PER_GPU);
  sums.ticks += (BigInt(endMs - startMs) * parts) / whole;
  if (row.lostFromMs !== null) sums.lostTicks += (BigInt(endMs - row.lostFromMs) * parts) / whole;
}

function warnUnplaced(summary: ReadSummary, count: number): void {
  warn(
    summary,
    'unplaced-allocations',
    'rows name no device, so each stands on devices of its own that are paid for exactly as long as they are held: idle and unallocated time of the real devices does not show. Add a `device` column, or import `capacity` and `allocations` with the same device ids',
    count,
  );
}

function summarise(
  summary: ReadSummary,
  sums: Sums,
  allocations: number,
  workloads: WorkloadCollector,
): void {
  summary.totals = {
    allocations,
    pending: sums.pending,
    withoutGpu: sums.withoutGpu,
    zeroLength: sums.empty,
    gpuHours: ticksToHours(sums.ticks),
    lostGpuHours: ticksToHours(sums.lostTicks),
  };
  warn(
    summary,
    'workload-disagrees',
    'rows of one workload name different owners or kinds; the alphabetically first value was taken',
    workloads.disagreements,
  );
}
