import type {
  AllocationFact,
  Attributes,
  CapacityFact,
  CheckpointFact,
  Lifecycle,
  RunFact,
  WorkloadFact,
} from '../../domain/facts/facts.ts';
import { lostFrom } from '../../domain/facts/lost-work.ts';
import { fingerprintRun } from '../../domain/facts/run-fingerprint.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import { digest } from '../../files/digest.ts';
import type { GpuDevice } from './gpu-samples.ts';
import type { MlflowExperiment, MlflowRun } from './parse-run.ts';
import type { RunTimes } from './run-times.ts';

/** What MLflow does not know about the machines its runs log GPU metrics of. */
export type MachineSettings = Readonly<{
  gpuModel: string;
  lifecycle: Lifecycle;
  provider: string | null;
  region: string | null;
  instanceType: string | null;
}>;

/** Tags that Tare reads for itself, and those of MLflow, are no owners. */
const NOT_AN_OWNER = /^(mlflow\.|tare\.|slurm[._]|k8s\.|pod_)/i;
const SYSTEM = 'system/';
const COMMIT = 'mlflow.source.git.commit';

export function ownRunId(runId: string): string {
  return `mlflow:${runId}`;
}

export function asRunFact(
  run: MlflowRun,
  times: RunTimes,
  experiment: MlflowExperiment | undefined,
  workloadId: string | null,
): RunFact {
  const { state, stateDetail, queuedMs, startMs, endMs } = times;
  const parent = run.tags['mlflow.parentRunId'];
  const metrics = run.metrics.filter(({ key }) => !key.startsWith(SYSTEM));
  return {
    runId: ownRunId(run.runId),
    attempt: 1,
    name: run.name,
    experiment: experiment?.name ?? run.experimentId,
    state,
    stateDetail,
    queue: null,
    queuedMs,
    startMs,
    endMs,
    workloadId,
    parentRunId: parent ? ownRunId(parent) : null,
    fingerprint: fingerprintRun(
      {
        codeVersion: run.tags[COMMIT] ?? null,
        data: run.dataDigests.length === 0 ? null : run.dataDigests.join(' '),
        // A run without parameters is one whose parameters nobody logged.
        parameters: Object.keys(run.parameters).length === 0 ? null : run.parameters,
      },
      digest,
    ),
    parameters: run.parameters,
    metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, value])),
    attributes: attributesOf(run, times, experiment),
  };
}

export type OwnDevices = Readonly<{
  workloads: readonly WorkloadFact[];
  allocations: readonly AllocationFact[];
  capacity: readonly CapacityFact[];
}>;

/** The GPUs that a run logged metrics of, as devices of its own that it held from start to end and that were paid for as long. */
export function ownDevices(
  run: RunFact,
  devices: readonly GpuDevice[],
  checkpoints: readonly EpochMs[],
  machine: MachineSettings,
): OwnDevices {
  const { runId: workloadId, name, attributes, state, startMs, endMs } = run;
  const workloads = [{ workloadId, kind: 'training' as const, name, attributes }];
  if (startMs === null || startMs === endMs) return { workloads, allocations: [], capacity: [] };
  const lostFromMs = lostFrom({ state, kind: 'training', startMs, endMs, checkpoints });
  return {
    workloads,
    allocations: devices.map(({ deviceId }) => ({
      workloadId,
      deviceId,
      shareParts: PARTS_PER_GPU,
      startMs,
      endMs,
      lostFromMs,
    })),
    capacity: devices.map(({ deviceId, node }) => ({
      deviceId,
      gpuParts: PARTS_PER_GPU,
      node: node === null ? workloadId : `${workloadId}:${node}`,
      nodeLife: null,
      gpuModel: machine.gpuModel,
      memoryMib: null,
      lifecycle: machine.lifecycle,
      provider: machine.provider,
      region: machine.region,
      instanceType: machine.instanceType,
      pool: null,
      resourceKey: null,
      attributes: {},
      startMs,
      endMs,
    })),
  };
}

export function asCheckpoints(workloadId: string | null, times: readonly EpochMs[]): CheckpointFact[] {
  return workloadId === null ? [] : times.map((atMs) => ({ workloadId, atMs }));
}

/** Tags of the run, and those of its experiment where the run has none of that name. */
function attributesOf(
  run: MlflowRun,
  { isEndEstimated }: RunTimes,
  experiment: MlflowExperiment | undefined,
): Attributes {
  const tags = Object.entries({ ...experiment?.tags, ...run.tags })
    .filter(([name, value]) => value !== '' && !NOT_AN_OWNER.test(name))
    .map(([name, value]) => [`label:${name}`, value] as const);
  const own = {
    'mlflow:experiment': experiment?.name,
    'mlflow:user': run.userId ?? undefined,
    'mlflow:source': run.tags['mlflow.source.name'],
    'mlflow:lifecycle': run.isDeleted ? 'deleted' : undefined,
    'mlflow:end': isEndEstimated ? 'estimated' : undefined,
  };
  const known = Object.entries(own).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return Object.fromEntries([...tags, ...known]);
}
