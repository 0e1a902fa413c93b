import { SECOND_MS } from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import type { DeviceHolder, GpuProbe, SightedDevice } from '../../ports/gpu-probe.ts';
import type { MeteredRun } from '../../ports/run-meter.ts';
import type { ProcessTree } from './process-tree.ts';
import type { DeviceSample, RecordLine } from './record-line.ts';
import { holdersInterval, samplingInterval } from './sampling-pace.ts';
import { visibleDevices } from './visible-devices.ts';
import { waitFor } from './wait-for.ts';

export type GpuWatchParts = Readonly<{
  run: MeteredRun;
  probe: GpuProbe;
  clock: Clock;
  tree: ProcessTree;
  write: (line: RecordLine) => void;
}>;

/** Below this no CUDA context is on a device; a driver keeps some MiB for itself. */
const CONTEXT_MIB = 16;
/** In a container all processes have to be searched for open devices, which is done this often. */
const SEARCH_EVERY_MS = 10 * SECOND_MS;
const FAILED_PAUSE_MS = 10 * SECOND_MS;

/** Processes on one device: of the run, and of others (`null` when those cannot be seen). */
type Holders = Readonly<{ own: number; others: number | null }>;

/**
 * Samples the GPUs that a run holds. Those that were given to it are sampled from the start; without that, the processes on all GPUs are
 * asked for, and a GPU is sampled from the moment on at which one of the run's is among them.
 */
export class GpuWatch {
  readonly #parts: GpuWatchParts;
  readonly #followed = new Set<string>();
  readonly #described = new Set<string>();
  #isGiven = false;
  #seesAllProcesses = true;
  #searchedMs = Number.NEGATIVE_INFINITY;
  #openGpus: ReadonlySet<number> = new Set();
  #askedHoldersMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(parts: GpuWatchParts) {
    this.#parts = parts;
  }

  /** @param seesAllProcesses whether the process numbers of the driver are those that are seen here; not so in most containers */
  async until(stop: AbortSignal, seesAllProcesses: boolean): Promise<void> {
    this.#seesAllProcesses = seesAllProcesses;
    if (!(await this.#begin(stop))) return;
    for (;;) {
      const pauseMs = await this.#sampleOnce(stop);
      if (!(await waitFor(pauseMs, stop))) break;
    }
    if (this.#failures > 0)
      this.#note('samples-missing', `nvidia-smi did not answer ${this.#failures} times`);
  }

  /** Processes that outlive the command may go on to use its GPUs, and nobody meters that. */
  async noteSurvivors(): Promise<void> {
    const left = await this.#parts.tree.survivors();
    if (left.length === 0) return;
    const which = left.length === 1 ? `process ${left[0]}` : `processes ${left.join(', ')}`;
    this.#note(
      'still-running',
      `${which} of it still ran on a GPU when the command ended, and is not metered any more`,
    );
  }

  async #begin(stop: AbortSignal): Promise<boolean> {
    const { probe, run, write } = this.#parts;
    try {
      const devices = await probe.look(stop);
      if (devices.length === 0) {
        write({ kind: 'blind', message: 'no GPU is visible on this machine: time alone was metered' });
        return false;
      }
      const visible = visibleDevices(run.visibleDevices ?? undefined, devices);
      if (visible.kind === 'unset') return true;
      this.#isGiven = true;
      write({ ...visible, kind: 'visible' });
      for (const deviceId of visible.deviceIds) {
        this.#followed.add(deviceId);
        this.#describe(deviceId, devices);
      }
      return visible.deviceIds.length > 0;
    } catch (error) {
      const reason = error instanceof OutsideFailure ? error.message : String(error);
      const message = stop.aborted
        ? 'the command ended before its GPUs could be looked at: time alone was metered'
        : `no GPU is visible: time alone was metered (${reason})`;
      write({ kind: 'blind', message });
      return false;
    }
  }

  /** Returns how long to wait for the next one. */
  async #sampleOnce(stop: AbortSignal): Promise<number> {
    const { clock, run } = this.#parts;
    const atMs = clock.nowMs();
    const ageMs = atMs - run.startMs;
    try {
      const seen = await this.#lookAt(stop);
      const holders = await this.#askHolders(seen, atMs, stop);
      const isFresh = this.#startFollowing(holders);
      const devices = isFresh && seen.length === 0 ? await this.#parts.probe.look(stop) : seen;
      for (const deviceId of this.#followed) this.#describe(deviceId, devices);
      const tookMs = clock.nowMs() - atMs;
      const intervalMs = samplingInterval(ageMs, tookMs, run.intervalMs);
      this.#writeSample(devices, holders, atMs, intervalMs);
      return Math.max(0, intervalMs - tookMs);
    } catch (error) {
      if (stop.aborted) return 0;
      if (!(error instanceof OutsideFailure)) throw error;
      this.#failures += 1;
      return FAILED_PAUSE_MS;
    }
  }

  /** While nothing is held there is nothing to measure, and who computes is asked alone. */
  async #lookAt(stop: AbortSignal): Promise<readonly SightedDevice[]> {
    const isNeeded = this.#followed.size > 0 || !this.#seesAllProcesses;
    return isNeeded ? this.#parts.probe.look(stop) : [];
  }

  /** `null` at moments at which nobody asks. */
  async #askHolders(
    devices: readonly SightedDevice[],
    atMs: number,
    stop: AbortSignal,
  ): Promise<ReadonlyMap<string, Holders> | null> {
    const { probe, run } = this.#parts;
    const pauseMs = this.#followed.size === 0 ? 0 : holdersInterval(atMs - run.startMs, run.intervalMs ?? 0);
    if (atMs - this.#askedHoldersMs < pauseMs) return null;
    this.#askedHoldersMs = atMs;
    const found = await this.#countHolders(await probe.holders(stop));
    return this.#seesAllProcesses ? found : this.#countByOpenFiles(found, devices, atMs);
  }

  async #countHolders(holders: readonly DeviceHolder[]): Promise<ReadonlyMap<string, Holders>> {
    const own = await this.#parts.tree.ownOf([...new Set(holders.map(({ pid }) => pid))]);
    const counts = new Map<string, Holders>();
    for (const deviceId of [...this.#followed, ...holders.map((holder) => holder.deviceId)]) {
      const pids = new Set(holders.filter((holder) => holder.deviceId === deviceId).map(({ pid }) => pid));
      const ownPids = [...pids].filter((pid) => own.has(pid));
      counts.set(deviceId, { own: ownPids.length, others: pids.size - ownPids.length });
    }
    return counts;
  }

  /**
   * In a container the driver's process numbers mean nothing, or are hidden. A device counts as used then when a process of the run
   * has it open, computes at all (`/dev/nvidia-uvm`), and memory of it is in use.
   */
  async #countByOpenFiles(
    found: ReadonlyMap<string, Holders>,
    devices: readonly SightedDevice[],
    atMs: number,
  ): Promise<ReadonlyMap<string, Holders>> {
    if ([...found.values()].some(({ own }) => own > 0)) return found;
    if (atMs - this.#searchedMs >= SEARCH_EVERY_MS) {
      this.#searchedMs = atMs;
      this.#openGpus = await this.#parts.tree.openGpus();
    }
    const isOpen = ({ index, memoryUsedMib }: SightedDevice) =>
      index !== null && this.#openGpus.has(index) && (memoryUsedMib ?? 0) >= CONTEXT_MIB;
    return new Map(devices.map((device) => [device.deviceId, { own: isOpen(device) ? 1 : 0, others: null }]));
  }

  /** Whether a device came to those that are followed. */
  #startFollowing(holders: ReadonlyMap<string, Holders> | null): boolean {
    if (this.#isGiven) return false;
    const before = this.#followed.size;
    for (const [deviceId, { own }] of holders ?? []) if (own > 0) this.#followed.add(deviceId);
    return this.#followed.size > before;
  }

  #describe(deviceId: string, devices: readonly SightedDevice[]): void {
    const device = devices.find((candidate) => candidate.deviceId === deviceId);
    if (device === undefined || this.#described.has(deviceId)) return;
    this.#described.add(deviceId);
    const { gpuModel, gpuParts, memoryMib, isSlice } = device;
    this.#parts.write({ kind: 'device', deviceId, gpuModel, gpuParts, memoryMib, isSlice });
  }

  #writeSample(
    devices: readonly SightedDevice[],
    holders: ReadonlyMap<string, Holders> | null,
    atMs: number,
    intervalMs: number,
  ): void {
    const samples = [...this.#followed].flatMap((deviceId): DeviceSample[] => {
      const device = devices.find((candidate) => candidate.deviceId === deviceId);
      const held = holders?.get(deviceId);
      const counts = { own: held?.own ?? null, others: held?.others ?? null };
      const { gpuUtil = null, memoryUsedMib = null, powerWatts = null } = device ?? {};
      return [{ deviceId, gpuUtil, memoryUsedMib, powerWatts, ...counts }];
    });
    if (samples.length > 0) this.#parts.write({ kind: 'sample', atMs, intervalMs, devices: samples });
  }

  #note(code: string, message: string): void {
    this.#parts.write({ kind: 'note', code, message });
  }
}
