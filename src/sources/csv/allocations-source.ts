import type { FactBatch } from '../../domain/facts/facts.ts';
import { lostFrom } from '../../domain/facts/lost-work.ts';
import { readRunState } from '../../domain/facts/run-state.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import { fileSource } from '../../files/file-source.ts';
import { openRows, readRows, warn } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { readWorkload, WORKLOAD_COLUMNS, WorkloadCollector, type WorkloadRow } from './collect-workloads.ts';
import { HOLD_COLUMNS, HoldFacts, type Holding, readHolding } from './read-holds.ts';
import { readInterval } from './read-interval.ts';

const BATCH_FACTS = 5_000;

const COLUMNS = [
  { name: 'workload', isRequired: true, meaning: 'id of what holds the device: a pod, a job' },
  ...HOLD_COLUMNS,
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

/** Who held what, in a table: one row per pod, job or attempt. */
export function createAllocationsSource({ catalog }: Readonly<{ catalog: HardwareCatalog }>): FileSource {
  return fileSource(
    {
      kind: 'allocations',
      summary: 'who held which GPUs: a table of pods or jobs with start and end',
      columns: COLUMNS,
    },
    (path, options, summary) => readAllocations(path, options, summary, catalog),
  );
}

type AllocationRow = Readonly<{
  workload: WorkloadRow;
  holding: Holding;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  lostFromMs: EpochMs | null;
}>;

type Skipped = { pending: number; withoutGpu: number; empty: number };

async function* readAllocations(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const workloads = new WorkloadCollector();
  const facts = new HoldFacts(options.nowMs);
  const skipped: Skipped = { pending: 0, withoutGpu: 0, empty: 0 };
  for await (const row of readRows(rows, summary, (reader) => readAllocationRow(reader, catalog))) {
    const { startMs, endMs, lostFromMs, holding } = row;
    if (!holdsSomething(row, skipped) || startMs === null) continue;
    workloads.add(row.workload);
    facts.add({ workloadId: row.workload.workloadId, startMs, endMs, lostFromMs }, holding);
    if (facts.waiting >= BATCH_FACTS) yield facts.take(summary);
  }
  yield { ...facts.take(summary), workloads: workloads.facts() };
  summarise(summary, skipped, facts, workloads);
}

function readAllocationRow(reader: RowReader, catalog: HardwareCatalog): AllocationRow {
  const workloadId = reader.required('workload', reader.text('workload'), '');
  const interval = readInterval(reader);
  const workload = readWorkload(reader, workloadId);
  const state = readRunState(reader.text('state') ?? '');
  const checkpointMs = reader.instant('checkpoint');
  const checkpoints = checkpointMs === null ? [] : [checkpointMs];
  return {
    workload,
    holding: readHolding(reader, workloadId, catalog),
    ...interval,
    lostFromMs: lostFrom({ state, kind: workload.kind, ...interval, checkpoints }),
  };
}

/** The first reason counts alone, except that a row without GPU may also be pending. */
function holdsSomething({ startMs, endMs, holding }: AllocationRow, skipped: Skipped): boolean {
  const isWithoutGpu = holding.holds.length === 0;
  if (startMs === null) skipped.pending += 1;
  if (isWithoutGpu) skipped.withoutGpu += 1;
  if (startMs === null || isWithoutGpu) return false;
  if (startMs !== endMs) return true;
  skipped.empty += 1;
  return false;
}

function summarise(
  summary: ReadSummary,
  skipped: Skipped,
  facts: HoldFacts,
  workloads: WorkloadCollector,
): void {
  summary.totals = {
    allocations: facts.count,
    pending: skipped.pending,
    withoutGpu: skipped.withoutGpu,
    zeroLength: skipped.empty,
    gpuHours: ticksToHours(facts.ticks),
    lostGpuHours: ticksToHours(facts.lostTicks),
  };
  warn(
    summary,
    'workload-disagrees',
    'rows of one workload name different owners or kinds; the alphabetically first value was taken',
    workloads.disagreements,
  );
}
