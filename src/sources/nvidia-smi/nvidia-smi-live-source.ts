import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { FactBatch, Lifecycle } from '../../domain/facts/facts.ts';
import { type EpochMs, formatInstant, MINUTE_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, LiveSource, ProbeFinding, ReadSummary } from '../../ports/source.ts';
import { asCapacity, asUsage, type Machine } from './gpu-facts.ts';
import { countProcesses, deviceIdOf, type GpuReading, queryGpuParser } from './parse-query-gpu.ts';
import { queryNvidiaSmi } from './run-nvidia-smi.ts';

const QUERY_GPU =
  '--query-gpu=index,uuid,pci.bus_id,name,utilization.gpu,memory.used,memory.total,power.draw,mig.mode.current';
const QUERY_APPS = '--query-compute-apps=gpu_uuid,gpu_bus_id,pid';
/** Changes at every start of a Linux machine. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

export type NvidiaSmiSettings = Readonly<{
  name?: string;
  /** Path of the program; found on the PATH when absent. */
  binary?: string;
  /** How often the source is asked; each sample stands for this long. */
  intervalMs?: number;
  /** Name of this machine; the host name when absent. */
  node?: string;
  lifecycle?: Lifecycle;
  provider?: string | null;
  region?: string | null;
  instanceType?: string | null;
  pool?: string | null;
  resourceId?: string | null;
}>;

/** The GPUs of this machine, as `nvidia-smi` sees them at the moment it is asked. It has no memory: the past cannot be read. */
export class NvidiaSmiLiveSource implements LiveSource {
  readonly kind = 'nvidia-smi';
  readonly name: string;
  readonly #binary: string;
  readonly #intervalMs: number;
  readonly #machine: Omit<Machine, 'nodeLife'>;
  readonly #catalog: HardwareCatalog;
  readonly #clock: Clock;

  constructor(
    settings: NvidiaSmiSettings,
    { catalog, clock }: Readonly<{ catalog: HardwareCatalog; clock: Clock }>,
  ) {
    const node = settings.node ?? hostname();
    this.name = settings.name ?? `nvidia-smi ${node}`;
    this.#binary = settings.binary ?? 'nvidia-smi';
    this.#intervalMs = settings.intervalMs ?? MINUTE_MS;
    this.#machine = {
      node,
      lifecycle: settings.lifecycle ?? 'owned',
      provider: settings.provider ?? null,
      region: settings.region ?? null,
      instanceType: settings.instanceType ?? null,
      pool: settings.pool ?? null,
      resourceId: settings.resourceId ?? null,
    };
    this.#catalog = catalog;
    this.#clock = clock;
  }

  /** Only the chunk of now, as long as one interval: asking twice within it replaces the sample. A window that ends now contains it. */
  chunks(window: TimeWindow): readonly Readonly<{ name: string; window: TimeWindow }>[] {
    const nowMs = this.#clock.nowMs();
    if (nowMs < window.fromMs || nowMs > window.toMs) return [];
    const fromMs = Math.floor(nowMs / this.#intervalMs) * this.#intervalMs;
    return [{ name: formatInstant(fromMs), window: { fromMs, toMs: fromMs + this.#intervalMs } }];
  }

  read(_window: TimeWindow, signal: AbortSignal): FactReading {
    const summary: ReadSummary = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
    return { batches: this.#poll(summary, signal), summary };
  }

  async probe(signal: AbortSignal): Promise<readonly ProbeFinding[]> {
    try {
      const { columns, rows } = await queryNvidiaSmi(this.#binary, QUERY_GPU, signal);
      return describeGpus(columns, rows);
    } catch (error) {
      if (!(error instanceof OutsideFailure)) throw error;
      return [{ status: 'failing', message: error.message, remedy: error.remedy }];
    }
  }

  async *#poll(summary: ReadSummary, signal: AbortSignal): AsyncGenerator<FactBatch> {
    const atMs = this.#clock.nowMs();
    const { columns, rows } = await queryNvidiaSmi(this.#binary, QUERY_GPU, signal);
    const processes = await this.#countProcesses(summary, signal);
    const machine: Machine = { ...this.#machine, nodeLife: await this.#nodeLife() };
    const { parse } = queryGpuParser(columns);
    const batch = { usage: [], capacity: [] } as Required<MutableBatch>;
    for (const [index, cells] of rows.entries()) {
      summary.rowsRead += 1;
      const parsed = parse(cells);
      if (parsed.kind === 'gpu') this.#addFacts(batch, parsed.reading, atMs, machine, processes);
      else if (parsed.kind === 'problem')
        summary.rejects.push({
          where: `${this.name}:${index + 2}:${parsed.column}`,
          code: 'bad-measure',
          message: parsed.message,
        });
    }
    summary.totals = { samples: batch.usage.length, devices: batch.capacity.length };
    yield batch;
  }

  #addFacts(
    batch: MutableBatch,
    reading: GpuReading,
    atMs: EpochMs,
    machine: Machine,
    processes: ReadonlyMap<string, number> | null,
  ): void {
    const deviceId = deviceIdOf(reading, machine.node);
    if (deviceId === null) return;
    const intervalMs = this.#intervalMs;
    const seen = { deviceId, startMs: atMs, endMs: atMs + intervalMs };
    batch.usage.push(
      asUsage(reading, { deviceId, atMs, intervalMs, processes: processesOf(reading, processes) }),
    );
    batch.capacity.push(asCapacity(reading, machine, seen, this.#catalog));
  }

  /** `null` when nobody could count: a container often may not see the processes of its host. */
  async #countProcesses(
    summary: ReadSummary,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, number> | null> {
    try {
      const { columns, rows } = await queryNvidiaSmi(this.#binary, QUERY_APPS, signal);
      return columns.length === 0 ? null : countProcesses(columns, rows);
    } catch (error) {
      if (!(error instanceof OutsideFailure)) throw error;
      summary.warnings.push({ code: 'processes-unknown', message: error.message, count: 1 });
      return null;
    }
  }

  /** The GPUs of a running machine are paid for between two polls too; a restart may be another machine. */
  async #nodeLife(): Promise<string | null> {
    const bootId = await readFile(BOOT_ID, 'utf8').catch(() => null);
    return bootId === null ? null : `${this.#machine.node}@${bootId.trim()}`;
  }
}

type MutableBatch = {
  usage: NonNullable<FactBatch['usage']>[number][];
  capacity: NonNullable<FactBatch['capacity']>[number][];
};

function processesOf(reading: GpuReading, processes: ReadonlyMap<string, number> | null): number | null {
  const device = reading.uuid ?? reading.busId;
  return processes === null || device === null ? null : (processes.get(device) ?? 0);
}

function describeGpus(columns: readonly string[], rows: readonly (readonly string[])[]): ProbeFinding[] {
  const { parse } = queryGpuParser(columns);
  const readings = rows.flatMap((cells) => {
    const parsed = parse(cells);
    return parsed.kind === 'gpu' ? [parsed.reading] : [];
  });
  if (readings.length === 0)
    return [
      {
        status: 'failing',
        message: 'nvidia-smi runs and lists no GPU',
        remedy: 'check that the driver sees the devices: nvidia-smi -L',
      },
    ];
  const names = [...new Set(readings.map(({ name }) => name ?? 'unknown'))].join(', ');
  const findings: ProbeFinding[] = [
    { status: 'fine', message: `${readings.length} × ${names}`, remedy: null },
  ];
  if (readings.some(({ isMig }) => isMig))
    findings.push({
      status: 'look',
      message: 'MIG is enabled: nvidia-smi reports no utilisation for its slices',
      remedy: 'collect DCGM metrics through Prometheus instead',
    });
  return findings;
}
