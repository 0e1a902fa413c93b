import { createHash } from 'node:crypto';
import type {
  AllocationFact,
  CapacityFact,
  CheckpointFact,
  FactBatch,
  RunFact,
  UsageFact,
  WorkloadFact,
} from '../../domain/facts/facts.ts';
import { readActivity } from '../../domain/facts/read-activity.ts';
import { resourceKey } from '../../domain/fleet/resource-key.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { MeteredRun, RunEnd } from '../../ports/run-meter.ts';
import { HeldDevices, type HeldSpan } from './held-devices.ts';
import type { DeviceLine, DeviceSample, RecordLine, SampleLine } from './record-line.ts';
import { type EndState, stateOf } from './run-state.ts';

type Code = Readonly<{ commit: string; isDirty: boolean }>;

/** Takes the lines of one record in their order; samples come out as they go in, everything else at the end. */
export class RunFacts {
  readonly run: MeteredRun;
  end: RunEnd | null = null;
  lastMs: EpochMs;
  readonly notes: { code: string; message: string }[] = [];
  readonly #held: HeldDevices;
  readonly #devices = new Map<string, DeviceLine>();
  readonly #processes = new Map<string, number>();
  readonly #shared = new Map<string, number>();
  readonly #checkpoints = new Set<EpochMs>();
  #code: Code | null = null;
  #isBlind = false;
  #sawMig = false;

  constructor(run: MeteredRun) {
    this.run = run;
    this.lastMs = run.startMs;
    this.#held = new HeldDevices(run.startMs);
  }

  /** The samples of the line. */
  add(line: RecordLine): readonly UsageFact[] {
    if ('atMs' in line && line.kind !== 'checkpoint') this.lastMs = Math.max(this.lastMs, line.atMs);
    if (line.kind === 'sample') return this.#addSample(line);
    if (line.kind === 'device') this.#addDevice(line);
    else if (line.kind === 'visible') this.#give(line.deviceIds, line.unknown);
    else if (line.kind === 'code') this.#code = line;
    else if (line.kind === 'checkpoint') this.#checkpoints.add(line.atMs);
    else if (line.kind === 'blind') this.#addBlind(line.message);
    else if (line.kind === 'note') this.notes.push(line);
    else if (line.kind === 'end') this.end = line;
    return [];
  }

  /**
   * @param isRunning whether the meter still writes; a record without an end whose meter is gone ends, as far as anyone knows, with
   * its last line
   */
  finish(isRunning: boolean): FactBatch {
    const endMs = this.end?.atMs ?? (isRunning ? null : this.lastMs);
    const state = this.#state(isRunning);
    const spans = this.#held.spans(endMs).filter((span) => span.endMs === null || span.startMs < span.endMs);
    const workload = this.#workload();
    return {
      workloads: workload === null ? [] : [workload],
      allocations: spans.map((span) => this.#allocation(span, state)),
      capacity: this.run.isHeldOnly ? [] : spans.flatMap((span) => this.#capacity(span)),
      runs: [this.#runFact(state, endMs, workload?.workloadId ?? null)],
      checkpoints: workload === null ? [] : this.#checkpointFacts(endMs),
    };
  }

  #addSample({ atMs, intervalMs, devices }: SampleLine): readonly UsageFact[] {
    for (const sample of devices) {
      this.#held.see(sample.deviceId, atMs, sample.own);
      this.#countHolders(sample);
    }
    if (this.run.isHeldOnly) return [];
    return devices.map(({ deviceId, gpuUtil, memoryUsedMib, powerWatts }) => {
      const processes = this.#processes.get(deviceId) ?? null;
      const measured = { smActive: null, engineActive: null, gpuUtil, memoryUsedMib, processes };
      return { deviceId, atMs, intervalMs, activity: readActivity(measured), memoryUsedMib, powerWatts };
    });
  }

  #countHolders({ deviceId, own, others }: DeviceSample): void {
    if (own === null || others === null) return;
    this.#processes.set(deviceId, own + others);
    if (others === 0) return;
    const most = Math.max(others, this.#shared.get(deviceId) ?? 0);
    if (!this.#shared.has(deviceId))
      this.notes.push({
        code: 'gpu-shared',
        message: `other processes computed on ${deviceId} too: what it did and drew is not this run's alone`,
      });
    this.#shared.set(deviceId, most);
  }

  #addDevice(line: DeviceLine): void {
    this.#devices.set(line.deviceId, line);
    if (!line.isSlice || this.#sawMig) return;
    this.#sawMig = true;
    this.notes.push({
      code: 'mig-hides-utilization',
      message:
        'nvidia-smi reports no utilisation of MIG slices: what they did is unknown, and DCGM reports it',
    });
  }

  #give(deviceIds: readonly string[], unknown: string | null): void {
    this.#held.give(deviceIds);
    if (unknown === null) return;
    this.notes.push({
      code: 'device-unknown',
      message: `CUDA_VISIBLE_DEVICES names \`${unknown}\`, which is no GPU here; CUDA takes the entries before it alone`,
    });
  }

  #addBlind(message: string): void {
    this.#isBlind = true;
    this.notes.push({ code: 'no-gpu', message });
  }

  #state(isRunning: boolean): EndState {
    if (this.end) return stateOf(this.end);
    return isRunning
      ? { state: 'running', stateDetail: null }
      : { state: 'unknown', stateDetail: 'the meter ended before the run' };
  }

  /** `null` when no GPU could be seen: then what the run held is unknown, not nothing. */
  #workload(): WorkloadFact | null {
    const { runId, name, attributes } = this.run;
    return this.#isBlind ? null : { workloadId: runId, kind: 'training', name, attributes };
  }

  #allocation({ deviceId, startMs, endMs }: HeldSpan, { state }: EndState): AllocationFact {
    const isLost = state === 'failed' || state === 'cancelled';
    const lostFromMs = isLost ? Math.max(startMs, this.#lastCheckpoint(endMs) ?? startMs) : null;
    return {
      workloadId: this.run.runId,
      deviceId,
      shareParts: PARTS_PER_GPU,
      startMs,
      endMs,
      lostFromMs: lostFromMs !== null && endMs !== null && lostFromMs >= endMs ? null : lostFromMs,
    };
  }

  #lastCheckpoint(endMs: EpochMs | null): EpochMs | null {
    const safe = this.#checkpointFacts(endMs).map(({ atMs }) => atMs);
    return safe.length === 0 ? null : Math.max(...safe);
  }

  #capacity({ deviceId, startMs, endMs }: HeldSpan): CapacityFact[] {
    const device = this.#devices.get(deviceId);
    if (device === undefined) return [];
    const { resourceId, ...machine } = this.run.machine;
    return [
      {
        ...machine,
        deviceId,
        gpuParts: device.gpuParts,
        // Only the time that the run saw is known to be paid.
        nodeLife: null,
        gpuModel: device.gpuModel,
        memoryMib: device.memoryMib,
        resourceKey: resourceId === null ? null : resourceKey(resourceId),
        attributes: {},
        startMs,
        endMs,
      },
    ];
  }

  #runFact({ state, stateDetail }: EndState, endMs: EpochMs | null, workloadId: string | null): RunFact {
    const { runId, parentRunId, name, experiment, startMs, attributes, command, directory } = this.run;
    return {
      runId,
      attempt: 1,
      name,
      experiment,
      state,
      stateDetail,
      queue: null,
      queuedMs: null,
      startMs,
      endMs,
      workloadId,
      parentRunId,
      fingerprint: this.#fingerprint(),
      parameters: { command, directory, ...this.#codeParameters(), ...this.run.parameters },
      metrics: {},
      attributes,
    };
  }

  #codeParameters(): Readonly<Record<string, string>> {
    const { dataVersion } = this.run;
    return {
      ...(this.#code && { gitCommit: `${this.#code.commit}${this.#code.isDirty ? ' (changed)' : ''}` }),
      ...(dataVersion !== null && { data: dataVersion }),
    };
  }

  /** Only where code, data and parameters are all known: a nightly run of the same code on new data is no repetition. */
  #fingerprint(): string | null {
    const { dataVersion, command, parameters } = this.run;
    if (!this.#code || this.#code.isDirty || dataVersion === null) return null;
    const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify([this.#code.commit, dataVersion, command, sorted]);
    return createHash('sha256').update(text).digest('hex');
  }

  #checkpointFacts(endMs: EpochMs | null): CheckpointFact[] {
    const { runId, startMs } = this.run;
    return [...this.#checkpoints]
      .filter((atMs) => atMs >= startMs && (endMs === null || atMs <= endMs))
      .sort((a, b) => a - b)
      .map((atMs) => ({ workloadId: runId, atMs }));
  }
}
