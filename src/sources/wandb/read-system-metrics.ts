import type { FactBatch, UsageFact } from '../../domain/facts/facts.ts';
import { readActivity } from '../../domain/facts/read-activity.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time/window.ts';
import { type SampleTime, surveySamples } from '../../domain/usage/survey-samples.ts';
import { type OpenedRows, readRows, warn } from '../../files/read-rows.ts';
import { RowReader } from '../../files/row-reader.ts';
import type { Table } from '../../files/table.ts';
import type { FileReadOptions, ReadSummary } from '../../ports/source.ts';
import { gpuDeviceId, idOfFile, readRunKey } from './run-key.ts';
import { lookUpWandbColumns } from './wandb-columns.ts';

const BATCH_FACTS = 5_000;
const BYTES_PER_MIB = 1024 * 1024;
/** What the SDK samples at unless told otherwise; for a file with one sample of a run. */
const ASSUMED_INTERVAL_MS = 15 * SECOND_MS;

/** `system.gpu.0.smActive`, `gpu.0.gpu`, and `…/l:NODE` where several machines write to one run. `gpu.process.0.…` repeats the GPU's. */
const GPU_COLUMN =
  /^(?:system\.)?gpu\.(?<index>\d+)\.(?<quantity>gpu|smActive|memoryAllocatedBytes|powerWatts)(?:\/l:(?<label>.+))?$/;

type Quantity = 'gpu' | 'smActive' | 'memoryAllocatedBytes' | 'powerWatts';
type GpuColumns = Readonly<{ gpu: string; columns: Readonly<Partial<Record<Quantity, string>>> }>;

export function isSystemMetrics(columns: readonly string[]): boolean {
  return columns.some((column) => GPU_COLUMN.test(column));
}

/**
 * Samples of the GPUs of a run, one row a moment. They say what the devices did; who held them, and for how long they were paid, the
 * file of runs says.
 */
export async function* readSystemMetrics(
  path: string,
  table: Table,
  options: FileReadOptions,
  summary: ReadSummary,
): AsyncGenerator<FactBatch> {
  const gpus = gpusOf(table.columns);
  const names = gpus.flatMap(({ columns }) => Object.values(columns));
  const columns = lookUpWandbColumns(path, table.columns, options, names);
  const opened = { path, table, columns, reader: new RowReader(path, columns, options.nowMs) };
  const { intervalMs } = await surveySamples(() => sampleTimes(opened, path));
  const smScale = await scaleOfSmActive(opened, gpus);
  const devices = new Set<string>();
  let samples = 0;
  let usage: UsageFact[] = [];
  for await (const row of readRows(opened, summary, (reader) => readMoment(reader, path, gpus, smScale))) {
    for (const sample of row.samples) {
      devices.add(sample.deviceId);
      usage.push({ ...sample, intervalMs: row.intervalMs ?? intervalMs ?? ASSUMED_INTERVAL_MS });
    }
    samples += row.samples.length;
    if (usage.length >= BATCH_FACTS) {
      yield { usage };
      usage = [];
    }
  }
  yield { usage };
  summary.totals = { samples, devices: devices.size };
  warn(
    summary,
    'several-machines',
    'columns name machines (/l:NODE): the file of runs counts the GPUs of one, so name the holder of such runs, or count their devices with the kind `allocations`',
    names.some((name) => name.includes('/l:')) ? 1 : 0,
  );
}

function gpusOf(columns: readonly string[]): GpuColumns[] {
  const gpus = new Map<string, Record<string, string>>();
  for (const column of columns) {
    const { index, quantity, label } = GPU_COLUMN.exec(column)?.groups ?? {};
    if (index === undefined || quantity === undefined) continue;
    const gpu = label === undefined ? index : `${index}@${label.replaceAll('/', ':')}`;
    gpus.set(gpu, { ...gpus.get(gpu), [quantity]: column });
  }
  return [...gpus].map(([gpu, found]) => ({ gpu, columns: found }));
}

/** Rows that the second reading will reject say nothing about the interval of the others. */
async function* sampleTimes({ table, reader }: OpenedRows, path: string): AsyncGenerator<SampleTime> {
  for await (const row of table.rows) {
    if (row.kind === 'broken') continue;
    reader.take(row);
    const deviceId = readRunKey(reader, idOfFile(path));
    const atMs = reader.instant('time');
    if (atMs !== null && !reader.reject) yield { deviceId, atMs };
  }
}

/** SM active is a fraction in some versions and a percentage in others: the largest value of the file decides, above 1 means percent. */
async function scaleOfSmActive({ table, reader }: OpenedRows, gpus: readonly GpuColumns[]): Promise<number> {
  const names = gpus.flatMap(({ columns }) => columns.smActive ?? []);
  if (names.length === 0) return 1;
  for await (const row of table.rows) {
    if (row.kind === 'broken') continue;
    reader.take(row);
    if (names.some((name) => (reader.amount(name) ?? 0) > 1)) return 100;
  }
  return 1;
}

type Moment = Readonly<{ samples: readonly Omit<UsageFact, 'intervalMs'>[]; intervalMs: number | null }>;

function readMoment(reader: RowReader, path: string, gpus: readonly GpuColumns[], smScale: number): Moment {
  const runKey = readRunKey(reader, idOfFile(path));
  const atMs = reader.required('time', reader.instant('time'), 0);
  const seconds = reader.amount('intervalSeconds');
  return {
    samples: gpus.flatMap((gpu) => readSample(reader, gpu, { runKey, atMs, smScale })),
    intervalMs: seconds === null || seconds === 0 ? null : Math.round(seconds * SECOND_MS),
  };
}

/** Not every row has every measure: CPU and GPU are sampled by different clocks. */
function readSample(
  reader: RowReader,
  { gpu, columns }: GpuColumns,
  { runKey, atMs, smScale }: Readonly<{ runKey: string; atMs: EpochMs; smScale: number }>,
): Omit<UsageFact, 'intervalMs'>[] {
  const { gpu: util, smActive: sm, memoryAllocatedBytes: bytes, powerWatts: watts } = columns;
  const gpuUtil = util === undefined ? null : reader.percent(util);
  const smActive = sm === undefined ? null : smScale === 100 ? reader.percent(sm) : reader.fraction(sm, null);
  const memoryBytes = bytes === undefined ? null : reader.amount(bytes);
  const powerWatts = watts === undefined ? null : reader.amount(watts);
  if ([gpuUtil, smActive, memoryBytes, powerWatts].every((value) => value === null)) return [];
  const memoryUsedMib = memoryBytes === null ? null : Math.round(memoryBytes / BYTES_PER_MIB);
  const activity = readActivity({ smActive, engineActive: null, gpuUtil, memoryUsedMib, processes: null });
  return [{ deviceId: gpuDeviceId(runKey, gpu), atMs, activity, memoryUsedMib, powerWatts }];
}
